// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.archive.ArchiveException;
import io.contextgraph.cli.console.Console;
import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.cli.console.ProgressBars;
import io.contextgraph.cli.console.Table;
import io.contextgraph.cli.option.PartitionOption;
import io.contextgraph.cli.workspace.Surroundings;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.event.EventId;
import io.contextgraph.proof.ProofException;
import io.contextgraph.proof.audit.AuditFault;
import io.contextgraph.proof.audit.AuditJson;
import io.contextgraph.proof.audit.AuditReport;
import io.contextgraph.proof.audit.Auditor;
import io.contextgraph.proof.note.LogCheckpoint;
import io.contextgraph.proof.note.SignedNote;
import io.contextgraph.proof.note.VerifierKey;
import io.contextgraph.proof.tree.TileException;
import io.contextgraph.storage.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code audit}: whether everything is as it was signed for. */
@CommandLine.Command(
        name = "audit",
        description = {
            "Holds everything there is of the ledger against what was signed for it: events in every tier, what was archived and"
                    + " taken out, what was erased, all that Redis holds beside, and the log itself. Names the first event that is"
                    + " wrong, and what is wrong with it. Writes nothing; servers may run.",
            "",
            "With --from it holds the log against a checkpoint that was exported before, and kept where nobody who works here could"
                    + " change it: only that shows a log that was written anew, and signed again."
        })
final class AuditCommand extends Command {
    @Option(names = "--from", paramLabel = "FILE", description = "A checkpoint that was exported before.")
    private @Nullable Path from;

    @Option(
            names = "--key",
            paramLabel = "VKEY",
            description =
                    "A key that the checkpoint must be signed by, as checkpoint show printed it then (default: those of"
                            + " this deployment).")
    private List<String> keys = List.of();

    @Option(names = "--max", paramLabel = "N", description = "Most faults to name (default: ${DEFAULT-VALUE}).")
    private int max = 100;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Mixin
    private final PartitionOption partition = new PartitionOption();

    AuditCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws IOException {
        if (max < 1) {
            throw usage("--max must be 1 or more: " + max);
        }
        if (from == null && !keys.isEmpty()) {
            throw usage("--key goes with --from");
        }
        Auditor.Request request = new Auditor.Request(kept(), trusted(), max);
        AuditReport report;
        try (Workspace workspace = open(Workspace.Needs.LEDGER);
                ProgressBar bar = ProgressBars.bar(console(), "auditing", -1, "")) {
            report = partition.of(workspace.partitions()).proving().audit(request, ProgressBars.watcher(bar));
        } catch (ProofException | StorageException | TileException | ArchiveException | UncheckedIOException unusable) {
            return failed(ExitCode.UNAVAILABLE, "proof_failing", String.valueOf(unusable.getMessage()));
        }
        if (json) {
            printJson(AuditJson.of(report));
        } else {
            print(report);
        }
        return switch (report.verdict()) {
            case WHOLE -> ExitCode.OK;
            case INCOMPLETE -> ExitCode.UNSETTLED;
            case FAULTY -> ExitCode.FINDINGS;
        };
    }

    private Optional<SignedNote> kept() throws IOException {
        if (from == null) {
            return Optional.empty();
        }
        try {
            SignedNote note = SignedNote.parse(Files.readString(from, StandardCharsets.UTF_8));
            LogCheckpoint ignored = LogCheckpoint.parse(note.text());
            return Optional.of(note);
        } catch (NoSuchFileException missing) {
            throw usage("there is no file " + from);
        } catch (IllegalArgumentException | CharacterCodingException other) {
            throw usage(from + " is no checkpoint: " + other.getMessage());
        }
    }

    private List<VerifierKey> trusted() {
        List<VerifierKey> trusted = new ArrayList<>();
        for (String key : keys) {
            try {
                trusted.add(VerifierKey.parse(key));
            } catch (IllegalArgumentException none) {
                throw usage(String.valueOf(none.getMessage()));
            }
        }
        return trusted;
    }

    private void print(AuditReport report) {
        if (!report.faults().isEmpty()) {
            Table table = new Table("FAULT", "SEQ", "EVENT", "WHAT");
            for (AuditFault fault : report.faults()) {
                table.add(
                        fault.kind().wireName(),
                        fault.seq() == 0 ? "" : Long.toString(fault.seq()),
                        fault.event().map(EventId::toString).orElse(""),
                        fault.message());
            }
            table.print(console());
            if (report.total() > report.faults().size()) {
                console().note("only the first " + report.faults().size() + " of " + report.total() + " are shown");
            }
        }
        report.unchecked().forEach(what -> line("not looked at", what));
        report.cuts().forEach(cut -> line("lost", lost(cut)));
        report.history().ifPresent(told -> line("kept checkpoint", told));
        AuditReport.Counts counts = report.counts();
        report.origin().ifPresent(origin -> line("log", origin));
        line(
                "signed for",
                counts.sealed() + " events: " + counts.hot() + " hot, " + counts.cold() + " cold, " + counts.archived()
                        + " archived, " + counts.hashOnly() + " by hash only, " + counts.unknown() + " gone before; "
                        + counts.erased() + " erased by receipt");
        line("not signed for", counts.unsealed() + " events behind these, of which nothing is said");
        line(
                "verdict",
                switch (report.verdict()) {
                    case WHOLE -> "everything that was signed for is as it was";
                    case INCOMPLETE -> "nothing wrong was found, and not everything could be looked at";
                    case FAULTY -> report.total() + (report.total() == 1 ? " fault" : " faults");
                });
        console()
                .note(
                        "what stands beside events is not covered: what other ledgers had assigned to imported ones; see docs/proof.md");
    }

    static String lost(AuditReport.Cut cut) {
        String signed = " of the " + cut.signed() + " events that were signed for in " + cut.origin();
        return cut.lost() == 0
                ? "none" + signed + ": a new epoch has begun behind them, and what was lost, if anything, no checkpoint"
                        + " covered"
                : cut.lost() + signed + ": the ledger has lost its end, in a restore or a failover";
    }

    private void line(String name, String what) {
        console().out().printf("%-16s %s%n", name, Console.safe(what));
    }
}
