// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.cli.console.Console;
import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.cli.console.Table;
import io.contextgraph.cli.workspace.Surroundings;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.cli.workspace.Workspace.Serving;
import io.contextgraph.config.ConfigurationException;
import io.contextgraph.config.Settings;
import io.contextgraph.ops.HangUp;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** What runs until it is told to stop: its settings, its signals, its end. */
abstract class ServingCommand extends Command {
    private static final Logger LOG = LoggerFactory.getLogger(ServingCommand.class);
    private static final String DEV = "access.dev";

    private final Workspace.Needs needs;

    private ServingCommand(Surroundings surroundings, Workspace.Needs needs) {
        super(surroundings);
        this.needs = needs;
    }

    /** What is to run, begun. */
    abstract Serving begin(Workspace workspace);

    /** Says where it is: from then on signals count. */
    abstract void tell(Serving serving);

    /** What options of the command set, by key. */
    Map<String, String> set() {
        return Map.of();
    }

    @Override
    final boolean isServer() {
        return true;
    }

    @Override
    public final Integer call() throws IOException, InterruptedException {
        Reloading reloading = new Reloading();
        HangUp.listen(reloading::run);
        Settings settings = settings(set());
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
        try (Workspace workspace = open(needs, settings, rest -> stop.askedWithin(rest, console()));
                Serving serving = begin(workspace)) {
            reloading.begin(serving);
            tell(serving);
            return stop.await(serving, console());
        } finally {
            stop.done();
        }
    }

    /** {@code serve}: the server. */
    @CommandLine.Command(
            name = "serve",
            description =
                    "Starts the server: HTTP, projection, and an embedded Redis and Neo4j where none is configured.")
    static final class Serve extends ServingCommand {
        @CommandLine.Option(
                names = "--dev",
                description = "Asks nobody for a key, even where there are keys; on loopback only.")
        private boolean dev;

        Serve(Surroundings surroundings) {
            super(surroundings, Workspace.Needs.SERVER);
        }

        @Override
        Map<String, String> set() {
            return dev ? Map.of(DEV, "true") : Map.of();
        }

        @Override
        Serving begin(Workspace workspace) {
            return workspace.serve();
        }

        @Override
        void tell(Serving serving) {
            console().note("listening on " + serving.address() + "  (Ctrl-C stops)");
            console().note("the console is at " + serving.address() + "/");
        }
    }

    /** {@code project}: a worker. */
    @CommandLine.Command(
            name = "project",
            description = {
                "Feeds the graph, and does nothing else: any number of such processes share the work. Whatever projection.enabled says.",
                "Answers /metrics and /v1/health, to this machine alone and without a key, on metrics.port."
            })
    static final class Project extends ServingCommand {
        Project(Surroundings surroundings) {
            super(surroundings, Workspace.Needs.PROJECTION);
        }

        @Override
        Serving begin(Workspace workspace) {
            return workspace.project();
        }

        @Override
        void tell(Serving serving) {
            console().note("feeding the graph; metrics are at " + serving.address() + "/metrics  (Ctrl-C stops)");
        }
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
                Settings settings = settings(set());
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
        private static final String STOPPING = "stopping";
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

        /** Waits; whether the process has been asked to end, which is said then. */
        boolean askedWithin(Duration rest, Console console) {
            try {
                boolean ends = asked.await(rest.toMillis(), TimeUnit.MILLISECONDS);
                if (ends) {
                    console.note(STOPPING);
                }
                return ends;
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                return true;
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
            console.note(lost.isEmpty() ? STOPPING : lost);
            return lost.isEmpty() ? ExitCode.OK : ExitCode.UNAVAILABLE;
        }

        void done() {
            closed.countDown();
        }
    }
}
