// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.audit.Findings;
import io.contextgraph.audit.RebuildRunningException;
import io.contextgraph.audit.Rebuilt;
import io.contextgraph.operation.Watcher;
import io.contextgraph.wire.ReportJson;
import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** {@code rebuild}: replays the ledger into the graph. */
@CommandLine.Command(
        name = "rebuild",
        description = {
            "Replays the whole ledger into the graph that is there, then takes out what is foreign.",
            "",
            "Readers never see less than before, and servers may run meanwhile. A rebuild that was interrupted goes on where it",
            "was."
        })
final class RebuildCommand extends ComparingCommand<Rebuilt> {
    @Option(names = "--anew", description = "Begins anew even where an interrupted rebuild could go on.")
    private boolean anew;

    RebuildCommand(Surroundings surroundings) {
        super(surroundings, "rebuilding");
    }

    @Override
    public Integer call() throws IOException {
        try {
            return super.call();
        } catch (RebuildRunningException other) {
            return refused("operation_running", String.valueOf(other.getMessage()));
        }
    }

    @Override
    Workspace.Audited<Rebuilt> compare(Workspace workspace, int max, Watcher watcher) {
        return workspace.rebuild(anew, max, watcher);
    }

    @Override
    ObjectNode report(Rebuilt result, Findings found) {
        return ReportJson.of(result, found);
    }

    @Override
    int exitCode(Rebuilt result) {
        return RepairCommand.codeOf(result.repaired());
    }

    @Override
    void print(Rebuilt result) {
        console().out().printf("replayed %d events%n", result.replayed());
        RepairCommand.print(console(), result.repaired());
    }
}
