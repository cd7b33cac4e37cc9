// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.cli.console.Table;
import io.contextgraph.event.Json;
import io.contextgraph.ops.Finding;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ArrayNode;

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
                ArrayNode answer = Json.MAPPER.createArrayNode();
                findings.forEach(finding -> answer.addObject()
                        .put("level", name(finding))
                        .put("subject", finding.subject())
                        .put("message", finding.message()));
                printJson(answer);
            } else {
                Table table = new Table("LEVEL", "SUBJECT", "FINDING");
                findings.forEach(finding -> table.add(name(finding), finding.subject(), finding.message()));
                table.print(console());
            }
            boolean problems = findings.stream().anyMatch(f -> f.level() == Finding.Level.PROBLEM);
            return problems ? ExitCode.FINDINGS : ExitCode.OK;
        }
    }

    private static String name(Finding finding) {
        return finding.level().name().toLowerCase(Locale.ROOT);
    }
}
