// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.projection.Difference;
import io.contextgraph.projection.RebuildRunningException;
import io.contextgraph.projection.Rebuilt;
import io.contextgraph.projection.ReportJson;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import me.tongfei.progressbar.ProgressBar;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code rebuild}: replays the ledger into the graph. */
@CommandLine.Command(
        name = "rebuild",
        description = {
            "Replays the whole ledger into the graph that is there, then takes out what is foreign.",
            "",
            "Readers never see less than before, and servers may run meanwhile. A rebuild that was interrupted goes on where it",
            "was."
        })
final class RebuildCommand extends Command {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int NAMED = 100;

    @Option(names = "--anew", description = "Begins anew even where an interrupted rebuild could go on.")
    private boolean anew;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    RebuildCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws IOException {
        try (Workspace workspace = openGraph()) {
            List<Difference> named = new ArrayList<>();
            Rebuilt result;
            try (ProgressBar bar = Progress.bar(console(), "rebuilding", -1, "")) {
                result = workspace.rebuild().run(anew, PATIENCE, Progress.watcher(bar), difference -> {
                    if (named.size() < NAMED) {
                        named.add(difference);
                    }
                });
            } catch (RebuildRunningException other) {
                console().note(String.valueOf(other.getMessage()));
                return ExitCode.REFUSED;
            }
            if (json) {
                printJson(ReportJson.of(result, named));
            } else {
                Differences.print(console(), named);
                console().out().printf("replayed %d events%n", result.replayed());
                RepairCommand.print(console(), result.repaired());
            }
            return result.repaired().complete() ? ExitCode.OK : ExitCode.FINDINGS;
        }
    }
}
