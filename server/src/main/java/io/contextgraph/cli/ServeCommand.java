// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.cli.console.Console;
import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.cli.console.Table;
import io.contextgraph.config.Settings;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;

/** {@code serve}: the server, until it is told to stop. */
@CommandLine.Command(
        name = "serve",
        description = "Starts the server: HTTP, projection, and an embedded Redis and Neo4j where none is configured.")
final class ServeCommand extends Command {
    private static final String DEV = "access.dev";

    @CommandLine.Option(
            names = "--dev",
            description = "Asks nobody for a key, even where there are keys; on loopback only.")
    private boolean dev;

    ServeCommand(Surroundings surroundings) {
        super(surroundings);
    }

    @Override
    boolean isServer() {
        return true;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Settings settings = settings(dev ? Map.of(DEV, "true") : Map.of());
        if (console().isTerminal()) {
            Table table = new Table("SETTING", "VALUE", "SET BY");
            settings.table().forEach(row -> table.add(row.toArray()));
            table.print(console());
        } else {
            settings.table().stream()
                    .filter(row -> !row.get(2).equals("default"))
                    .forEach(row ->
                            console().note("setting " + row.get(0) + "=" + row.get(1) + " (" + row.get(2) + ")"));
        }
        Stop stop = new Stop();
        if (!stop.listen()) {
            return ExitCode.OK;
        }
        try (Workspace workspace = open(Workspace.Needs.SERVER, settings);
                Workspace.Serving serving = workspace.serve()) {
            console().note("listening on " + serving.address() + "  (Ctrl-C stops)");
            console().note("the console is at " + serving.address() + "/");
            return stop.await(serving, console());
        } finally {
            stop.done();
        }
    }

    /** Turns SIGINT and SIGTERM into an orderly end: the JVM leaves once everything is closed. */
    static final class Stop {
        private static final long CLOSE_SECONDS = 60;

        private final CountDownLatch asked = new CountDownLatch(1);
        private final CountDownLatch closed = new CountDownLatch(1);

        /** Listens for the signals; false when the process has been asked to end already. */
        boolean listen() {
            try {
                Runtime.getRuntime().addShutdownHook(new Thread(this::end, "stop"));
                return true;
            } catch (IllegalStateException ending) {
                return false;
            }
        }

        private void end() {
            asked.countDown();
            try {
                if (!closed.await(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                    System.err.println("not everything could be closed in " + CLOSE_SECONDS + " s");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /** Returns when the process is asked to end, or the server has lost what it works with. */
        int await(Workspace.Serving serving, Console console) throws InterruptedException {
            CompletableFuture<Void> watch = serving.lost().thenRun(asked::countDown);
            try {
                asked.await();
            } finally {
                watch.cancel(false);
            }
            String lost = serving.lost().getNow("");
            console.note(lost.isEmpty() ? "stopping" : lost);
            return lost.isEmpty() ? ExitCode.OK : ExitCode.UNAVAILABLE;
        }

        void done() {
            closed.countDown();
        }
    }
}
