// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.app.ProductSettings;
import io.contextgraph.app.RedisUsers;
import io.contextgraph.cli.console.Console;
import io.contextgraph.cli.workspace.Surroundings;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.proof.ProofKeys;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/** Where commands run that do not mend a ledger. */
public final class TestSurroundings {
    private static final Workspace.BackupFactory NO_BACKUPS = (settings, partition) -> {
        throw new AssertionError("no backup is to be made");
    };

    private TestSurroundings() {}

    /** Commands that ask no server, and find nothing in the environment. */
    public static Surroundings local(
            StringWriter out, StringWriter err, InMemoryWorkspace workspace, Clock clock, Path home) {
        return of(
                out, err, Map.of(), (settings, needs, progress) -> workspace, InMemoryWorkspace.NO_SERVER, clock, home);
    }

    /** Commands that find variables in the environment, and open no store. */
    public static Surroundings withoutStores(
            StringWriter out, StringWriter err, Map<String, String> variables, Path home) {
        return of(
                out,
                err,
                variables,
                (settings, needs, progress) -> {
                    throw new AssertionError("no store is to be opened");
                },
                InMemoryWorkspace.NO_SERVER,
                Clock.systemUTC(),
                home);
    }

    /** Commands that find variables in the environment, with the stores and the server that they ask. */
    public static Surroundings of(
            StringWriter out,
            StringWriter err,
            Map<String, String> variables,
            Workspace.Factory workspaces,
            Workspace.ServerFactory servers,
            Clock clock,
            Path home) {
        return of(out, err, variables, workspaces, servers, NO_BACKUPS, clock, home);
    }

    /** The same, with backups. */
    public static Surroundings of(
            StringWriter out,
            StringWriter err,
            Map<String, String> variables,
            Workspace.Factory workspaces,
            Workspace.ServerFactory servers,
            Workspace.BackupFactory backups,
            Clock clock,
            Path home) {
        return new Surroundings(
                new Console(new PrintWriter(out, true), new PrintWriter(err, true), 0),
                variables,
                ProductSettings.CATALOG,
                workspaces,
                servers,
                (settings, partition, progress) -> {
                    throw new AssertionError("no ledger is to be mended");
                },
                backups,
                new RedisUsers(),
                settings -> new ProofKeys(home.resolve("proof.key")),
                Surroundings.Logs.NONE,
                clock,
                home);
    }
}
