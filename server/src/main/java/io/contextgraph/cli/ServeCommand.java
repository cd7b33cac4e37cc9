// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.cli.Workspace.Serving;
import io.contextgraph.cli.console.Console;
import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.cli.console.Table;
import io.contextgraph.config.ConfigurationException;
import io.contextgraph.config.Settings;
import io.contextgraph.ops.HangUp;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** {@code serve}: the server, until it is told to stop. */
@CommandLine.Command(
        name = "serve",
        description = "Starts the server: HTTP, projection, and an embedded Redis and Neo4j where none is configured.")
final class ServeCommand extends Command {
    private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);
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
        Reloading reloading = new Reloading();
        HangUp.listen(reloading::run);
        Settings settings = allSettings();
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
                Serving serving = workspace.serve()) {
            reloading.begin(serving);
            console().note("listening on " + serving.address() + "  (Ctrl-C stops)");
            console().note("the console is at " + serving.address() + "/");
            return stop.await(serving, console());
        } finally {
            stop.done();
        }
    }

    private Settings allSettings() {
        return settings(dev ? Map.of(DEV, "true") : Map.of());
    }

    /** Reads the settings again when SIGHUP asks for it. */
    private final class Reloading {
        private @Nullable Serving serving;

        synchronized void begin(Serving running) {
            serving = running;
        }

        synchronized void run() {
            Serving running = serving;
            if (running == null) {
                LOG.warn("reload: this server is still starting; ask again when it listens");
                return;
            }
            try {
                Settings settings = allSettings();
                reloadLog(settings);
                running.reload(settings);
            } catch (ConfigurationException invalid) {
                LOG.warn(
                        "reload: these settings cannot be used, and everything stays as it was: {}",
                        String.join("; ", invalid.problems()));
            } catch (RuntimeException defect) {
                LOG.error("reload: failed unexpectedly", defect);
            }
        }
    }

    /** Turns SIGINT and SIGTERM into an orderly end: the JVM leaves once everything is closed. */
    static final class Stop {
        private static final long CLOSE_SECONDS = 120;

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
        int await(Serving serving, Console console) throws InterruptedException {
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
