// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.audit.Findings;
import io.contextgraph.audit.Rebuild;
import io.contextgraph.audit.RebuildRunningException;
import io.contextgraph.audit.Rebuilt;
import io.contextgraph.cli.workspace.Surroundings;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.operation.Watcher;
import io.contextgraph.operation.WorkFailedException;
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
            "was. What has gone from the ledger by retention stays in the graph."
        })
final class RebuildCommand extends ComparingCommand<Rebuilt> {
    @Option(names = "--anew", description = "Begins anew even where an interrupted rebuild could go on.")
    private boolean anew;

    @Option(
            names = "--from-archive",
            description = {
                "Begins with the archive: brings back what the graph has lost of events that have gone from the ledger, then",
                "replays the ledger from its beginning."
            })
    private boolean fromArchive;

    RebuildCommand(Surroundings surroundings) {
        super(surroundings, "rebuilding");
    }

    @Override
    public Integer call() throws IOException {
        try {
            return super.call();
        } catch (RebuildRunningException other) {
            return refused("operation_running", String.valueOf(other.getMessage()));
        } catch (WorkFailedException failed) {
            return refused("archive_failing", String.valueOf(failed.getMessage()));
        }
    }

    @Override
    Workspace.Audited<Rebuilt> compare(Workspace workspace, int max, Watcher watcher) {
        return workspace.rebuild(start(), max, watcher);
    }

    private Rebuild.Start start() {
        if (fromArchive) {
            return Rebuild.Start.ARCHIVE;
        }
        return anew ? Rebuild.Start.ANEW : Rebuild.Start.RESUME;
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
