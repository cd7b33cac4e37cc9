// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.audit.Findings;
import io.contextgraph.audit.Repaired;
import io.contextgraph.audit.Verifier;
import io.contextgraph.cli.console.Console;
import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.cli.workspace.Surroundings;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.event.Position;
import io.contextgraph.operation.Watcher;
import io.contextgraph.wire.ReportJson;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** {@code repair}: makes the graph what the ledger says. */
@CommandLine.Command(
        name = "repair",
        description = {
            "Makes the graph what the ledger says: projects what is missing, corrects what differs, takes out what is foreign.",
            "",
            "Only sessions that differ are touched; each is compared again afterwards. Servers may run meanwhile."
        })
final class RepairCommand extends ComparingCommand<Repaired> {
    @Option(names = "--deep", description = "Compares all sessions event by event to find what differs.")
    private boolean deep;

    RepairCommand(Surroundings surroundings) {
        super(surroundings, "repairing");
    }

    @Override
    Workspace.Audited<Repaired> compare(Workspace workspace, int max, Watcher watcher) {
        return workspace.repair(deep ? Verifier.Depth.EXACT : Verifier.Depth.DIGEST, max, watcher);
    }

    @Override
    ObjectNode report(Repaired result, Findings found) {
        return ReportJson.of(result, found);
    }

    @Override
    int exitCode(Repaired result) {
        return codeOf(result);
    }

    static int codeOf(Repaired result) {
        if (result.complete()) {
            return ExitCode.OK;
        }
        return result.left().isEmpty() ? ExitCode.UNSETTLED : ExitCode.FINDINGS;
    }

    @Override
    void print(Repaired result) {
        print(console(), result);
    }

    /** What was done, in a line, and what is left. */
    static void print(Console console, Repaired result) {
        console.out()
                .printf(
                        "graph: %s (%d sessions put right, %d events projected, %d strays taken out, as of %s)%n",
                        verdict(result),
                        result.sessions(),
                        result.projected(),
                        result.tidied(),
                        Position.text(result.asOf()));
        if (!result.refused().isEmpty()) {
            console.note("the graph refuses " + result.refused().size() + " events, such as "
                    + result.refused().getFirst());
        }
        if (result.unsettled() > 0) {
            console.note(result.unsettled() + " sessions changed while they were compared: repair again");
        }
    }

    private static String verdict(Repaired result) {
        if (result.complete()) {
            return "right";
        }
        return result.left().isEmpty() ? "not settled" : count(result.left()) + " differences left";
    }
}
