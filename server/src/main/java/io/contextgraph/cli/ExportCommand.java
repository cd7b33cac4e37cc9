// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.capture.file.ExportProgress;
import io.contextgraph.capture.file.ExportRun;
import io.contextgraph.capture.file.ExportSummary;
import io.contextgraph.capture.file.FileExport;
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
import io.contextgraph.event.Position;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.epoch.PositionPrunedException;
import io.contextgraph.ledger.prune.Pruning;
import io.contextgraph.wire.PageJson;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
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
            "Writes events as NDJSON, one a line, with their payloads and their places in the ledger, in commit order; of a"
                    + " ledger of several partitions each in its own order.",
            "",
            "Without filters the whole ledger; every filter given must match. What is appended meanwhile is left out."
                    + " contextgraph import takes the lines into any ledger, and keeps there what this one had assigned."
        })
final class ExportCommand extends Command {
    private static final String BY_PARTITION = "--by-partition";

    @Mixin
    private EventFilters filters = new EventFilters();

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "Writes to this file, which must be new, instead of standard output.")
    private @Nullable Path output;

    @Option(
            names = BY_PARTITION,
            paramLabel = "FOLDER",
            description =
                    "Writes a file for each partition of the ledger, partition-0.ndjson and so on, all at once, into this"
                            + " folder, which must be new. contextgraph import takes the folder, or several of it a file each at once.")
    private @Nullable Path folder;

    @Option(names = "--resume", description = "Goes on in what an interrupted export of the same selection has left.")
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
        Path to = output == null ? folder : output;
        if (output != null && folder != null) {
            throw usage(
                    BY_PARTITION + " writes a file for each partition, and --output one of all: leave one of them out");
        }
        if (resume && to == null) {
            throw usage("--resume needs --output or " + BY_PARTITION + ": only files can be gone on with");
        }
        try (Workspace workspace = open(Workspace.Needs.LEDGER)) {
            return to == null ? print(wanted, workspace) : write(wanted, to, workspace);
        }
    }

    private int print(EventQuery wanted, Workspace workspace) throws IOException {
        ExportRun run = new ExportRun(workspace.ledger(), wanted, skipPruned);
        OutputStream out = new ConsoleStream(console().out());
        try {
            // On a terminal the lines themselves show how it gets on.
            ExportSummary done = console().isTerminal()
                    ? run.run(List.of(), out, ExportProgress.NONE)
                    : underBar(progress -> run.run(List.of(), out, progress));
            return tell(done, "");
        } catch (PositionPrunedException gone) {
            throw gone.with("; stopped " + place(run.soFar()) + ": with --skip-pruned what is left is exported");
        } catch (IOException closed) {
            throw new IOException(closed.getMessage() + ": stopped " + place(run.soFar()), closed);
        } catch (LedgerException failed) {
            throw new LedgerException(failed.reason(), failed.getMessage() + "; stopped " + place(run.soFar()), failed);
        }
    }

    private int write(EventQuery wanted, Path to, Workspace workspace) throws IOException {
        String goOn = "the same command with --resume goes on in " + to;
        Thread interrupted = new Thread(() -> console().note("interrupted: " + goOn), "export-interrupted");
        try (FileExport export = folder == null
                ? FileExport.into(to, workspace.ledger(), wanted, resume, skipPruned)
                : FileExport.byPartition(to, workspace.ledger(), wanted, resume, skipPruned)) {
            Runtime.getRuntime().addShutdownHook(interrupted);
            try {
                return tell(underBar(export::run), (export.isResumed() ? " more" : "") + " to " + to);
            } catch (PositionPrunedException gone) {
                throw gone.with("; stopped " + place(export.soFar())
                        + ": the same command with --resume --skip-pruned goes on in " + to + " with what is left");
            } catch (IOException failed) {
                throw new IOException(failed.getMessage() + "; stopped " + place(export.soFar()) + ": " + goOn, failed);
            } catch (LedgerException failed) {
                throw new LedgerException(
                        failed.reason(),
                        failed.getMessage() + "; stopped " + place(export.soFar()) + ": " + goOn,
                        failed);
            } finally {
                forget(interrupted);
            }
        }
    }

    /** Events on their way. */
    private interface Work {
        ExportSummary run(ExportProgress progress) throws IOException;
    }

    private ExportSummary underBar(Work work) throws IOException {
        try (ProgressBar bar = ProgressBars.bar(console(), "exporting", -1, "")) {
            return work.run((seq, ofSeq, events) -> {
                bar.maxHint(ofSeq);
                bar.stepTo(seq);
                bar.setExtraMessage(events + " events");
            });
        }
    }

    private static void forget(Thread hook) {
        try {
            boolean ignored = Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException endingAlready) {
            // It is running.
        }
    }

    private static String place(ExportSummary done) {
        if (done.events() == 0) {
            return "before the first event";
        }
        return done.parts().size() == 1
                ? "after seq " + done.parts().getFirst().lastSeq()
                : "after " + done.events() + " events";
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
            console().note("exported " + done.events() + " events" + where + range(done) + ", as of " + asOf(done));
            PageJson.gone(pruned(done)).forEach(console()::note);
        }
        return done.damagedTotal() > 0 ? ExitCode.FINDINGS : ExitCode.OK;
    }

    private static String range(ExportSummary done) {
        if (done.events() == 0) {
            return "";
        }
        List<ExportSummary.Part> parts = done.parts();
        String what = parts.size() == 1
                ? "seq " + parts.getFirst().firstSeq() + " to "
                        + parts.getFirst().lastSeq()
                : parts.size() + " partitions";
        return ": " + what + ", " + done.bytes() + " bytes";
    }

    private static String asOf(ExportSummary done) {
        return Position.text(
                done.parts().stream().map(part -> part.asOf().position()).toList());
    }

    private static List<Pruning.Extent> pruned(ExportSummary done) {
        return done.parts().stream().map(ExportSummary.Part::pruned).toList();
    }

    private static ObjectNode toJson(ExportSummary done) {
        ObjectNode answer = Json.MAPPER.createObjectNode();
        List<ExportSummary.Part> parts = done.parts();
        if (parts.size() == 1) {
            count(parts.getFirst(), answer);
        } else {
            answer.put("events", done.events());
        }
        answer.put("bytes", done.bytes()).put("as_of", asOf(done));
        if (parts.size() == 1) {
            parts.getFirst().source().ifPresent(source -> EventJson.source(answer, source));
        } else {
            ArrayNode each = answer.putArray("partitions");
            for (ExportSummary.Part part : parts) {
                ObjectNode item = each.addObject();
                count(part, item);
                part.source().ifPresent(source -> EventJson.source(item, source));
            }
        }
        PageJson.tell(pruned(done), answer);
        answer.put("damaged", done.damagedTotal());
        ArrayNode damaged = answer.putArray("damaged_events");
        done.damaged().forEach(id -> damaged.add(id.toString()));
        return answer;
    }

    private static void count(ExportSummary.Part part, ObjectNode json) {
        ObjectNode ignored = json.put("events", part.events())
                .put("first_seq", part.firstSeq())
                .put("last_seq", part.lastSeq());
    }
}
