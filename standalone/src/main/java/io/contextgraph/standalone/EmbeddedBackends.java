// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.standalone;

import io.contextgraph.app.Backends;
import io.contextgraph.app.Backends.Neo4jAddress;
import io.contextgraph.app.Backends.Wanted;
import io.contextgraph.cli.workspace.Workspace.StartReport;
import io.contextgraph.ledger.snapshot.Snapshots.Store;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;

/**
 * Starts Redis and Neo4j over a data folder, or attaches to what another process runs there.
 *
 * <p><b>Shape.</b> {@code <data.dir>/redis}, {@code <data.dir>/neo4j}, and beside them {@code lock} and
 * {@code endpoints.json}.
 */
public final class EmbeddedBackends implements Backends.Factory {
    /** An owner that is starting will publish its endpoints soon. */
    private static final Duration ATTACH_PATIENCE = Duration.ofSeconds(60);

    private static final Duration ATTACH_POLL = Duration.ofMillis(100);

    private final EmbeddedSettings settings;

    /** Starts nothing. */
    public EmbeddedBackends(EmbeddedSettings settings) {
        this.settings = settings;
    }

    @Override
    public Backends open(Wanted wanted, StartReport report) throws IOException {
        var folder = wanted.dataDir().toAbsolutePath().normalize();
        var deadline = System.nanoTime() + ATTACH_PATIENCE.toNanos();
        while (true) {
            var claimed = DataFolder.claim(folder);
            if (claimed.isPresent()) {
                return own(claimed.get(), wanted, report);
            }
            var endpoints = Endpoints.find(folder);
            if (endpoints.isPresent()) {
                return attach(folder, endpoints.get(), wanted, report);
            }
            if (System.nanoTime() > deadline) {
                throw new IOException(
                        folder + " is in use by " + DataFolder.claimant(folder)
                                + ", which does not say where its Redis and Neo4j are: stop it, or set data.dir (CG_DATA_DIR) to another folder");
            }
            pause();
        }
    }

    @Override
    public void plant(Path dataDir, Path snapshot, Store store) throws IOException {
        var folder = dataDir.toAbsolutePath().normalize();
        var claimed = DataFolder.claim(folder)
                .orElseThrow(() -> new IOException(
                        folder + " is in use: stop the server there, or name an empty folder with" + " --data-dir"));
        try (claimed) {
            PlantedSnapshot.plant(folder.resolve("redis"), snapshot, store);
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(ATTACH_POLL);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for the data folder", e);
        }
    }

    private static Backends attach(Path folder, Endpoints found, Wanted wanted, StartReport report) throws IOException {
        var owner = "process " + found.owner().pid();
        if ((wanted.redis() && found.redisUrl().isEmpty())
                || (wanted.neo4j() && found.neo4j().isEmpty())) {
            throw new IOException(folder + " is in use by " + owner + ", which does not run "
                    + (wanted.redis() && found.redisUrl().isEmpty() ? "Redis" : "Neo4j")
                    + " there: give this command the same redis.url and neo4j.uri as that process");
        }
        report.say("using Redis and Neo4j of " + owner);
        return new Opened(
                wanted.redis() ? found.redisUrl() : Optional.empty(),
                wanted.neo4j() ? found.neo4j() : Optional.empty(),
                false,
                new CompletableFuture<>(),
                new ArrayDeque<>());
    }

    private Backends own(DataFolder claimed, Wanted wanted, StartReport report) throws IOException {
        Deque<AutoCloseable> started = new ArrayDeque<>();
        started.push(claimed);
        try {
            Endpoints.withdraw(claimed.path());
            var redis = new Part<>(
                    "redis",
                    wanted.redis(),
                    () -> EmbeddedRedis.start(claimed.path().resolve("redis"), wanted.embedded(), settings, report));
            var neo4j = new Part<>(
                    "neo4j",
                    wanted.neo4j(),
                    () -> EmbeddedNeo4j.start(claimed.path().resolve("neo4j"), settings, report::say));
            // Both are joined before either failure is thrown, so that nothing is left running behind it.
            redis.join(started);
            neo4j.join(started);
            var endpoints = new Endpoints(
                    ProcessMark.ofThisProcess(),
                    redis.result().map(EmbeddedRedis::url),
                    neo4j.result().map(EmbeddedNeo4j.Running::address));
            endpoints.publish(claimed.path());
            started.push(() -> Endpoints.withdraw(claimed.path()));
            return new Opened(
                    endpoints.redisUrl(), endpoints.neo4j(), true, lost(redis.result(), neo4j.result()), started);
        } catch (IOException | RuntimeException e) {
            closeAll(started).forEach(e::addSuppressed);
            throw e;
        }
    }

    /** Neither comes back by itself: whoever works with them must start again, and the next start recovers. */
    private static CompletableFuture<String> lost(
            Optional<EmbeddedRedis> redis, Optional<EmbeddedNeo4j.Running> neo4j) {
        CompletableFuture<String> redisEnded = redis.map(part -> part.process().onExit())
                .map(exit -> exit.thenApply(process -> ended("Redis")))
                .orElseGet(CompletableFuture::new);
        CompletableFuture<String> neo4jEnded = neo4j.map(
                        part -> part.server().process().onExit())
                .map(exit -> exit.thenApply(process -> ended("Neo4j")))
                .orElseGet(CompletableFuture::new);
        return redisEnded.applyToEither(neo4jEnded, Function.identity());
    }

    private static String ended(String part) {
        return "the embedded " + part + " has ended by itself (its log is in the data folder): start again, the next"
                + " start recovers what it had";
    }

    private static Deque<Exception> closeAll(Deque<AutoCloseable> started) {
        Deque<Exception> failures = new ArrayDeque<>();
        while (!started.isEmpty()) {
            try {
                started.pop().close();
            } catch (Exception e) {
                failures.add(e);
            }
        }
        return failures;
    }

    /** A part that starts beside the other one. */
    private static final class Part<T extends AutoCloseable> {
        private final FutureTask<T> task;
        private final boolean wanted;

        Part(String name, boolean wanted, Callable<T> start) {
            this.wanted = wanted;
            task = new FutureTask<>(start);
            if (wanted) {
                Thread.ofVirtual().name("start-" + name).start(task);
            }
        }

        void join(Deque<AutoCloseable> started) {
            if (wanted) {
                try {
                    started.push(task.get());
                } catch (ExecutionException | CancellationException e) {
                    // Thrown by result().
                } catch (InterruptedException e) {
                    task.cancel(true);
                    Thread.currentThread().interrupt();
                }
            }
        }

        Optional<T> result() throws IOException {
            if (!wanted) {
                return Optional.empty();
            }
            try {
                return Optional.of(task.get());
            } catch (ExecutionException e) {
                throw e.getCause() instanceof IOException known
                        ? known
                        : new IOException("cannot start: " + e.getCause(), e.getCause());
            } catch (InterruptedException | CancellationException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while Redis and Neo4j were starting", e);
            }
        }
    }

    private record Opened(
            Optional<String> redisUrl,
            Optional<Neo4jAddress> neo4j,
            boolean owned,
            CompletableFuture<String> lost,
            Deque<AutoCloseable> started)
            implements Backends {
        @Override
        public void close() {
            var failures = closeAll(started);
            if (!failures.isEmpty()) {
                var all = new IllegalStateException("not everything could be stopped", failures.pop());
                failures.forEach(all::addSuppressed);
                throw all;
            }
        }

        /** Leaves the passwords out. */
        @Override
        public String toString() {
            return "Opened[redis=" + redisUrl.isPresent() + ", neo4j=" + neo4j + ", owned=" + owned + "]";
        }
    }
}
