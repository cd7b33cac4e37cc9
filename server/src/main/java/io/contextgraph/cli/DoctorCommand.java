// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.cli.console.Table;
import io.contextgraph.cli.workspace.Surroundings;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.ops.Finding;
import io.contextgraph.wire.FindingJson;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code doctor}: is everything set up so that the promises hold? */
@CommandLine.Command(
        name = "doctor",
        description = "Examines settings, Redis, Neo4j and the ledger, and says what to do about each problem.")
final class DoctorCommand extends Command {
    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    DoctorCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    public Integer call() throws IOException {
        try (Workspace workspace = open(Workspace.Needs.LEDGER_AND_GRAPH)) {
            List<Finding> findings = workspace.examine();
            if (json) {
                printJson(FindingJson.of(findings));
            } else {
                Table table = new Table("LEVEL", "SUBJECT", "FINDING");
                findings.forEach(
                        finding -> table.add(FindingJson.name(finding.level()), finding.subject(), finding.message()));
                table.print(console());
            }
            boolean problems = findings.stream().anyMatch(f -> f.level() == Finding.Level.PROBLEM);
            return problems ? ExitCode.FINDINGS : ExitCode.OK;
        }
    }
}
