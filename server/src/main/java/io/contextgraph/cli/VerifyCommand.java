// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.projection.Difference;
import io.contextgraph.projection.ReportJson;
import io.contextgraph.projection.Verification;
import io.contextgraph.projection.Verifier;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code verify}: is the graph what the ledger says? */
@CommandLine.Command(
        name = "verify",
        description = {
            "Compares ledger and graph, and names each event, property and edge that differs.",
            "",
            "Sessions are added up on both sides, from a digest that stands beside each event in the graph; those that differ",
            "are compared event by event. What somebody has changed past the digests shows only with --deep."
        })
final class VerifyCommand extends Command {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Option(names = "--deep", description = "Compares all sessions event by event, however long it takes.")
    private boolean deep;

    @Option(names = "--max", paramLabel = "N", description = "Most differences to name (default: ${DEFAULT-VALUE}).")
    private int max = 100;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    VerifyCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws IOException {
        try (Workspace workspace = openGraph()) {
            List<Difference> named = new ArrayList<>();
            Verification result;
            Verifier.Depth depth = deep ? Verifier.Depth.EXACT : Verifier.Depth.DIGEST;
            try (ProgressBar bar =
                    Progress.bar(console(), "verifying", workspace.log().head().seq(), " events")) {
                result = workspace.verifier().verify(depth, PATIENCE, bar::stepTo, difference -> {
                    if (named.size() < max) {
                        named.add(difference);
                    }
                });
            }
            if (json) {
                printJson(ReportJson.of(result, named));
            } else {
                print(result, named);
            }
            return result.equal() ? ExitCode.OK : ExitCode.FINDINGS;
        }
    }

    private void print(Verification result, List<Difference> named) {
        Differences.print(console(), named);
        if (!result.strays().isEmpty()) {
            Table table = new Table("STRAY", "ID");
            result.strays().forEach(stray -> table.add(stray.kind().wireName(), stray.id()));
            table.print(console());
        }
        long differences = result.differences().values().stream()
                .mapToLong(Long::longValue)
                .sum();
        String verdict = result.equal()
                ? "equal"
                : "differences: " + differences + ", strays: " + result.strays().size();
        console()
                .out()
                .printf(
                        "ledger and graph: %s (%d events in %d sessions, as of %s)%n",
                        verdict,
                        result.events(),
                        result.sessions(),
                        result.asOf().position());
        if (result.behind() > 0) {
            console().note("the graph was " + result.behind() + " events behind: verify again when it has caught up");
        }
        if (result.unsettled() > 0) {
            console().note(result.unsettled() + " sessions changed while they were compared: verify again");
        }
    }
}
