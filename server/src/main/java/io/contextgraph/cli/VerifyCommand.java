// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.audit.Findings;
import io.contextgraph.audit.Verification;
import io.contextgraph.audit.Verifier;
import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.cli.console.Table;
import io.contextgraph.cli.workspace.Surroundings;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.event.Position;
import io.contextgraph.operation.Watcher;
import io.contextgraph.wire.ReportJson;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** {@code verify}: is the graph what the ledger says? */
@CommandLine.Command(
        name = "verify",
        description = {
            "Compares ledger and graph, and names each event, property and edge that differs.",
            "",
            "Sessions are added up on both sides, from a digest that stands beside each event in the graph; those that differ",
            "are compared event by event. What somebody has changed past the digests shows only with --deep.",
            "",
            "Servers may run and writers write meanwhile: a session that the graph has not seen all of yet, or that changes each",
            "time it is looked at, is not settled, and no difference. Where nothing differs but some are not settled, the exit",
            "code is 7."
        })
final class VerifyCommand extends ComparingCommand<Verification> {
    @Option(names = "--deep", description = "Compares all sessions event by event, however long it takes.")
    private boolean deep;

    VerifyCommand(Surroundings surroundings) {
        super(surroundings, "verifying");
    }

    @Override
    Workspace.Audited<Verification> compare(Workspace workspace, int max, Watcher watcher) {
        return workspace.verify(deep ? Verifier.Depth.EXACT : Verifier.Depth.DIGEST, max, watcher);
    }

    @Override
    ObjectNode report(Verification result, Findings found) {
        return ReportJson.of(result, found);
    }

    @Override
    int exitCode(Verification result) {
        return switch (result.verdict()) {
            case EQUAL -> ExitCode.OK;
            case UNSETTLED -> ExitCode.UNSETTLED;
            case DIFFERENT -> ExitCode.FINDINGS;
        };
    }

    @Override
    void print(Verification result) {
        if (!result.strays().isEmpty()) {
            Table table = new Table("STRAY", "ID");
            result.strays().forEach(stray -> table.add(stray.kind().wireName(), stray.id()));
            table.print(console());
        }
        console()
                .out()
                .printf(
                        "ledger and graph: %s (%d events in %d sessions, as of %s)%n",
                        verdict(result), result.events(), result.sessions(), Position.text(result.asOf()));
        if (result.behind() > 0) {
            console().note("the graph was " + result.behind() + " events behind when the comparison began");
        }
        if (result.unsettled() > 0) {
            console()
                    .note(result.unsettled()
                            + " sessions are not settled: the graph had not seen all of them, or they changed while they were"
                            + " compared; verify again");
        }
    }

    private static String verdict(Verification result) {
        return switch (result.verdict()) {
            case EQUAL -> "equal";
            case UNSETTLED -> "not settled: " + result.unsettled() + " sessions";
            case DIFFERENT ->
                "differences: " + count(result.differences()) + ", strays: "
                        + result.strays().size();
        };
    }
}
