// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.capture.file.ExportFile;
import io.contextgraph.capture.file.ExportProgress;
import io.contextgraph.capture.file.ExportRun;
import io.contextgraph.capture.file.ExportSummary;
import io.contextgraph.cli.console.ConsoleStream;
import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.cli.console.ProgressBars;
import io.contextgraph.cli.option.EventFilters;
import io.contextgraph.cli.workspace.Surroundings;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.Json;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.epoch.PositionPrunedException;
import io.contextgraph.wire.PageJson;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code export}: the ledger, or a selection, as lines that {@code import} takes. */
@CommandLine.Command(
        name = "export",
        description = {
            "Writes events as NDJSON, one a line, with their payloads and their places in the ledger, in commit order.",
            "",
            "Without filters the whole ledger; every filter given must match. What is appended meanwhile is left out."
                    + " contextgraph import takes the lines into any ledger, and keeps there what this one had assigned."
        })
final class ExportCommand extends Command {
    @Mixin
    private EventFilters filters = new EventFilters();

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "Writes to this file, which must be new, instead of standard output.")
    private @Nullable Path output;

    @Option(
            names = "--resume",
            description = "Goes on in a file that an interrupted export of the same selection has left.")
    private boolean resume;

    @Option(
            names = "--skip-pruned",
            description =
                    "Passes over events that are pruned before they are exported, and goes on with those that are left.")
    private boolean skipPruned;

    @Option(names = "--json", description = "Tells at the end what was done as JSON, on standard error.")
    private boolean json;

    ExportCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws IOException {
        EventQuery wanted = filters.query().build();
        Path file = output;
        if (resume && file == null) {
            throw usage("--resume needs --output: only a file can be gone on with");
        }
        try (Workspace workspace = open(Workspace.Needs.LEDGER)) {
            return file == null ? print(wanted, workspace) : write(wanted, file, workspace);
        }
    }

    private int print(EventQuery wanted, Workspace workspace) throws IOException {
        ExportRun run = new ExportRun(workspace.ledger(), wanted, skipPruned);
        OutputStream out = new ConsoleStream(console().out());
        try {
            // On a terminal the lines themselves show how it gets on.
            ExportSummary done = console().isTerminal()
                    ? run.run(Optional.empty(), out, ExportProgress.NONE)
                    : underBar(run, Optional.empty(), out);
            return tell(done, "");
        } catch (PositionPrunedException gone) {
            throw gone.with("; stopped " + place(run) + ": with --skip-pruned what is left is exported");
        } catch (IOException closed) {
            throw new IOException(closed.getMessage() + ": stopped " + place(run), closed);
        } catch (LedgerException failed) {
            throw new LedgerException(failed.reason(), failed.getMessage() + "; stopped " + place(run), failed);
        }
    }

    private int write(EventQuery wanted, Path file, Workspace workspace) throws IOException {
        String goOn = "the same command with --resume goes on in " + file;
        Thread interrupted = new Thread(() -> console().note("interrupted: " + goOn), "export-interrupted");
        try (ExportFile target =
                resume ? ExportFile.resume(file, workspace.ledger(), wanted, skipPruned) : ExportFile.create(file)) {
            ExportRun run = new ExportRun(workspace.ledger(), wanted, skipPruned);
            Runtime.getRuntime().addShutdownHook(interrupted);
            try {
                ExportSummary done = underBar(run, target.last(), target.out());
                target.sync();
                return tell(done, (target.last().isPresent() ? " more" : "") + " to " + file);
            } catch (PositionPrunedException gone) {
                keep(target);
                throw gone.with("; stopped " + place(run) + ": the same command with --resume --skip-pruned goes on in "
                        + file + " with what is left");
            } catch (IOException failed) {
                keep(target);
                throw new IOException(failed.getMessage() + "; stopped " + place(run) + ": " + goOn, failed);
            } catch (LedgerException failed) {
                keep(target);
                throw new LedgerException(
                        failed.reason(), failed.getMessage() + "; stopped " + place(run) + ": " + goOn, failed);
            } finally {
                forget(interrupted);
            }
        }
    }

    private ExportSummary underBar(ExportRun run, Optional<RecordedEvent> after, OutputStream out) throws IOException {
        try (ProgressBar bar = ProgressBars.bar(console(), "exporting", -1, "")) {
            return run.run(after, out, (seq, ofSeq, events) -> {
                bar.maxHint(ofSeq);
                bar.stepTo(seq);
                bar.setExtraMessage(events + " events");
            });
        }
    }

    /** What has been written is worth keeping, whatever went wrong. */
    private static void keep(ExportFile target) {
        try {
            target.sync();
        } catch (IOException full) {
            // The last line may be cut: whoever goes on finds that out.
        }
    }

    private static void forget(Thread hook) {
        try {
            boolean ignored = Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException endingAlready) {
            // It is running.
        }
    }

    private static String place(ExportRun run) {
        ExportSummary done = run.soFar();
        return done.events() == 0 ? "before the first event" : "after seq " + done.lastSeq();
    }

    private int tell(ExportSummary done, String where) {
        if (json) {
            console().note(toJson(done).toString());
        } else {
            for (EventId id : done.damaged()) {
                console().note("damaged  " + id + ": the ledger holds it with other content than its hash says");
            }
            if (done.damagedTotal() > done.damaged().size()) {
                console()
                        .note("damaged  only the first " + done.damaged().size() + " of " + done.damagedTotal()
                                + " are shown");
            }
            console()
                    .note("exported " + done.events() + " events" + where + range(done) + ", as of "
                            + done.asOf().position());
            PageJson.gone(done.pruned()).ifPresent(console()::note);
        }
        return done.damagedTotal() > 0 ? ExitCode.FINDINGS : ExitCode.OK;
    }

    private static String range(ExportSummary done) {
        return done.events() == 0
                ? ""
                : ": seq " + done.firstSeq() + " to " + done.lastSeq() + ", " + done.bytes() + " bytes";
    }

    private static ObjectNode toJson(ExportSummary done) {
        ObjectNode answer = Json.MAPPER
                .createObjectNode()
                .put("events", done.events())
                .put("first_seq", done.firstSeq())
                .put("last_seq", done.lastSeq())
                .put("bytes", done.bytes())
                .put("as_of", done.asOf().position().toString());
        done.source().ifPresent(source -> EventJson.source(answer, source));
        PageJson.tell(done.pruned(), answer);
        answer.put("damaged", done.damagedTotal());
        ArrayNode damaged = answer.putArray("damaged_events");
        done.damaged().forEach(id -> damaged.add(id.toString()));
        return answer;
    }
}
