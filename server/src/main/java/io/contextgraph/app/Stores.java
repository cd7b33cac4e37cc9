// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.checkpoint.Checkpoints;
import io.contextgraph.cli.workspace.Workspace.Needs;
import io.contextgraph.cli.workspace.Workspace.StartReport;
import io.contextgraph.config.ConfigurationException;
import io.contextgraph.config.Settings;
import io.contextgraph.forgetting.ForgettingSettings;
import io.contextgraph.forgetting.GraphForgetting;
import io.contextgraph.graph.neo4j.Neo4jGraph;
import io.contextgraph.graph.neo4j.Neo4jRepair;
import io.contextgraph.graph.neo4j.Neo4jSettings;
import io.contextgraph.graph.neo4j.Neo4jTiers;
import io.contextgraph.ledger.DurabilitySettings;
import io.contextgraph.ledger.mend.Damage;
import io.contextgraph.ledger.mend.Examined;
import io.contextgraph.ledger.mend.LedgerMender;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.mend.RedisMender;
import io.contextgraph.tls.ClientTls;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Ledger and graph of a deployment, open: what is not configured is started, or found running on the same folder. */
final class Stores implements AutoCloseable {
    private final ClosingStack parts;
    private final RedisLedger ledger;
    private final @Nullable Neo4jGraph graph;
    private final boolean alone;
    private final CompletableFuture<String> lost;
    private final String place;
    private final RedisSettings redis;

    private Stores(
            ClosingStack parts,
            String place,
            RedisSettings redis,
            RedisLedger ledger,
            @Nullable Neo4jGraph graph,
            boolean alone,
            Optional<Backends> backends) {
        this.parts = parts;
        this.place = place;
        this.redis = redis;
        this.ledger = ledger;
        this.graph = graph;
        this.alone = alone;
        this.lost = backends.map(Backends::lost).orElseGet(CompletableFuture::new);
    }

    /**
     * Connects to what is configured and starts what is not.
     *
     * @throws IOException with a message that says what to do; nothing that was started is left running
     */
    static Stores open(Settings settings, Needs needs, Backends.Factory factory, StartReport report)
            throws IOException {
        ClosingStack parts = new ClosingStack();
        try {
            Optional<Backends> backends = backends(settings, needs, factory, report, parts);
            RedisSettings redis = redis(settings, backends);
            Duration patience = needs.isService() ? settings.get(BackendSettings.START_WAIT) : Duration.ZERO;
            RedisLedger ledger = parts.push(StartWait.forRedis(patience, report, () -> RedisLedger.connect(redis)));
            Neo4jGraph graph = needs.graph() ? parts.push(new Neo4jGraph(neo4j(settings, backends))) : null;
            boolean alone = backends.map(Backends::owned).orElse(false)
                    && settings.get(RedisSettings.URL).isEmpty();
            return new Stores(parts, place(settings, redis), redis, ledger, graph, alone, backends);
        } catch (IOException | RuntimeException | Error e) {
            close(parts, e);
            throw e;
        }
    }

    /** The ledger alone, whatever is in it. */
    static LedgerMender openToMend(Settings settings, Backends.Factory factory, StartReport report) throws IOException {
        ClosingStack parts = new ClosingStack();
        try {
            Optional<Backends> backends = backends(settings, Needs.LEDGER, factory, report, parts);
            LedgerMender mender = parts.push(RedisMender.open(redis(settings, backends)));
            return new ClosingMender(mender, parts);
        } catch (IOException | RuntimeException | Error e) {
            close(parts, e);
            throw e;
        }
    }

    private static void close(ClosingStack parts, Throwable because) {
        try {
            parts.close();
        } catch (RuntimeException alsoFailed) {
            because.addSuppressed(alsoFailed);
        }
    }

    /** Closes what was started for it. */
    private record ClosingMender(LedgerMender mender, ClosingStack parts) implements LedgerMender {
        @Override
        public Examined examine(Consumer<Damage> told, LongConsumer looked) {
            return mender.examine(told, looked);
        }

        @Override
        public Examined mend(Consumer<Damage> told, LongConsumer looked) {
            return mender.mend(told, looked);
        }

        @Override
        public void close() {
            parts.close();
        }
    }

    private static Optional<Backends> backends(
            Settings settings, Needs needs, Backends.Factory factory, StartReport report, ClosingStack parts)
            throws IOException {
        boolean redis = settings.get(RedisSettings.URL).isEmpty();
        boolean neo4j = needs.graph() && settings.get(Neo4jSettings.URI).isEmpty();
        if (!redis && !neo4j) {
            return Optional.empty();
        }
        Path folder = settings.get(BackendSettings.DATA_DIR);
        if (redis && needs.data() && Files.notExists(folder)) {
            throw new IOException(
                    "there is no data in " + folder
                            + ": serve, demo and import begin a ledger there; data.dir names another folder, redis.url a Redis");
        }
        Backends.RedisWishes wishes = new Backends.RedisWishes(
                settings.get(BackendSettings.MAXMEMORY),
                settings.get(RedisSettings.ENGINE),
                settings.get(BackendSettings.FETCH),
                settings.get(DurabilitySettings.DEFAULT));
        Backends backends = parts.push(factory.open(new Backends.Wanted(folder, redis, neo4j, wishes), report));
        if (needs.exclusive() && !backends.owned()) {
            throw new IOException("another process uses the folder " + folder
                    + ": stop it, or set data.dir (CG_DATA_DIR) to another folder");
        }
        return Optional.of(backends);
    }

    private static RedisSettings redis(Settings settings, Optional<Backends> backends) {
        String url = settings.get(RedisSettings.URL)
                .or(() -> backends.flatMap(Backends::redisUrl))
                .orElseThrow(() -> new IllegalStateException("neither a configured nor an embedded Redis"));
        RedisSettings redis = RedisSettings.from(settings, URI.create(url));
        require(redis.tls().problems(), "redis.tls-ca, redis.tls-certificate or redis.tls-key");
        return redis;
    }

    /** An embedded Redis has another address each time it starts. */
    private static String place(Settings settings, RedisSettings redis) {
        return settings.get(RedisSettings.URL).isPresent() ? redis.place() : "embedded " + redis.prefix();
    }

    private static void require(List<String> problems, String settings) {
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems.stream()
                    .map(problem -> settings + " cannot be used: " + problem)
                    .toList());
        }
    }

    private static Neo4jSettings neo4j(Settings settings, Optional<Backends> backends) {
        require(
                new ClientTls(settings.get(Neo4jSettings.TLS_CA), Optional.empty()).problems(),
                Neo4jSettings.TLS_CA.key());
        return backends.flatMap(Backends::neo4j)
                .map(found -> Neo4jSettings.of(found.uri(), found.user(), found.password(), "neo4j"))
                .or(() -> Neo4jSettings.from(settings))
                .orElseThrow(() -> new IllegalStateException("neither a configured nor an embedded Neo4j"));
    }

    RedisLedger ledger() {
        return ledger;
    }

    /** How the Redis of the ledger is reached. */
    RedisSettings redis() {
        return redis;
    }

    /** What is remembered of the ledger outside of it. */
    Checkpoints checkpoints(Settings settings, InstantSource clock) {
        Path folder = settings.get(BackendSettings.DATA_DIR).resolve("checkpoints");
        return new Checkpoints(folder, place, ledger.order(), ledger.epochs(), clock);
    }

    Neo4jGraph graph() {
        if (graph == null) {
            throw new IllegalStateException("this command did not ask for the graph");
        }
        return graph;
    }

    /** Whether no other process works on the ledger. */
    boolean alone() {
        return alone;
    }

    /** Completed when a part that was started here has ended by itself. */
    CompletableFuture<String> lost() {
        return lost;
    }

    /** Takes out of the graph what has left this ledger for long. */
    GraphForgetting forgetting(Partition measured, Settings settings) {
        Neo4jGraph all = graph();
        return new GraphForgetting(
                measured,
                ForgettingSettings.from(settings),
                new GraphForgetting.Graph(all, all, new Neo4jRepair(all), new Neo4jTiers(all)));
    }

    @Override
    public void close() {
        parts.close();
    }
}
