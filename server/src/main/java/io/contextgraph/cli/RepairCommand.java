// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.projection.Difference;
import io.contextgraph.projection.Repaired;
import io.contextgraph.projection.ReportJson;
import io.contextgraph.projection.Verifier;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code repair}: makes the graph what the ledger says. */
@CommandLine.Command(
        name = "repair",
        description = {
            "Makes the graph what the ledger says: projects what is missing, corrects what differs, takes out what is foreign.",
            "",
            "Only sessions that differ are touched; each is compared again afterwards. Servers may run meanwhile."
        })
final class RepairCommand extends Command {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Option(names = "--deep", description = "Compares all sessions event by event to find what differs.")
    private boolean deep;

    @Option(names = "--max", paramLabel = "N", description = "Most differences to name (default: ${DEFAULT-VALUE}).")
    private int max = 100;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    RepairCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws IOException {
        try (Workspace workspace = openGraph()) {
            List<Difference> named = new ArrayList<>();
            Verifier.Depth depth = deep ? Verifier.Depth.EXACT : Verifier.Depth.DIGEST;
            Repaired result;
            try (ProgressBar bar = Progress.bar(console(), "repairing", -1, "")) {
                result = workspace.repair().run(depth, PATIENCE, Progress.watcher(bar), difference -> {
                    if (named.size() < max) {
                        named.add(difference);
                    }
                });
            }
            if (json) {
                printJson(ReportJson.of(result, named));
            } else {
                Differences.print(console(), named);
                print(console(), result);
            }
            return result.complete() ? ExitCode.OK : ExitCode.FINDINGS;
        }
    }

    /** What was done, in a line, and what is left. */
    static void print(Console console, Repaired result) {
        long left = result.left().values().stream().mapToLong(Long::longValue).sum();
        console.out()
                .printf(
                        "graph: %s (%d sessions put right, %d events projected, %d strays taken out, as of %s)%n",
                        result.complete() ? "right" : left + " differences left",
                        result.sessions(),
                        result.projected(),
                        result.tidied(),
                        result.asOf().position());
        if (!result.refused().isEmpty()) {
            console.note("the graph refuses " + result.refused().size() + " events, such as "
                    + result.refused().getFirst());
        }
        if (result.unsettled() > 0) {
            console.note(result.unsettled() + " sessions changed while they were compared: repair again");
        }
    }
}
