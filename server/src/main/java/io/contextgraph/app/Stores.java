// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import static java.util.stream.Collectors.joining;

import io.contextgraph.cli.workspace.Workspace.Needs;
import io.contextgraph.cli.workspace.Workspace.StartReport;
import io.contextgraph.config.ConfigurationException;
import io.contextgraph.config.Settings;
import io.contextgraph.event.SessionId;
import io.contextgraph.forgetting.ForgettingSettings;
import io.contextgraph.forgetting.GraphForgetting;
import io.contextgraph.graph.neo4j.Neo4jGraph;
import io.contextgraph.graph.neo4j.Neo4jRepair;
import io.contextgraph.graph.neo4j.Neo4jSettings;
import io.contextgraph.graph.neo4j.Neo4jTiers;
import io.contextgraph.ledger.DurabilitySettings;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.mend.Damage;
import io.contextgraph.ledger.mend.Examined;
import io.contextgraph.ledger.mend.LedgerMender;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.partition.PartitionScope;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.cluster.ClusterSettings;
import io.contextgraph.ledger.redis.mend.RedisMender;
import io.contextgraph.ledger.redis.partition.PartitionSettings;
import io.contextgraph.ledger.redis.partition.RedisPartitions;
import io.contextgraph.ledger.router.PartitionedLedger;
import io.contextgraph.tls.ClientTls;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.IntUnaryOperator;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Ledger and graph of a deployment, open: what is not configured is started, or found running on the same folder. */
final class Stores implements AutoCloseable {
    private final ClosingStack parts;
    private final List<StoredPartition> partitions;
    private final Ledger ledger;
    private final @Nullable Neo4jGraph graph;
    private final boolean alone;
    private final boolean feeds;
    private final boolean oneServer;
    private final CompletableFuture<String> lost;

    private Stores(
            ClosingStack parts,
            List<StoredPartition> partitions,
            @Nullable Neo4jGraph graph,
            boolean alone,
            boolean feeds,
            boolean oneServer,
            Optional<Backends> backends) {
        this.parts = parts;
        this.partitions = List.copyOf(partitions);
        this.ledger = joined(partitions.stream().map(StoredPartition::ledger).toList(), parts);
        this.graph = graph;
        this.alone = alone;
        this.feeds = feeds;
        this.oneServer = oneServer;
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
            List<StoredPartition> partitions = new ArrayList<>();
            List<RedisSettings> places = StartWait.forRedis(patience, report, () -> partitions(settings, redis));
            for (RedisSettings place : places) {
                RedisLedger ledger = parts.push(StartWait.forRedis(patience, report, () -> RedisLedger.connect(place)));
                partitions.add(
                        new StoredPartition(partitions.size(), places.size(), place, ledger, place(settings, place)));
            }
            Neo4jGraph graph = needs.graph() ? parts.push(new Neo4jGraph(neo4j(settings, backends))) : null;
            boolean alone = backends.map(Backends::owned).orElse(false)
                    && settings.get(RedisSettings.URL).isEmpty();
            boolean oneServer =
                    settings.get(PartitionSettings.NODES).isEmpty() && !settings.get(ClusterSettings.CLUSTER);
            return new Stores(parts, partitions, graph, alone, alone || needs.exclusive(), oneServer, backends);
        } catch (IOException | RuntimeException | Error e) {
            close(parts, e);
            throw e;
        }
    }

    /** How each partition is reached, in the order of their numbers. */
    private static List<RedisSettings> partitions(Settings settings, RedisSettings redis) {
        int count = settings.get(PartitionSettings.PARTITIONS);
        return count == 1
                ? List.of(redis)
                : RedisPartitions.of(redis, PartitionSettings.urls(settings, redis.url()), count);
    }

    /** One ledger in front of its partitions; where there is one, that itself. */
    static Ledger joined(List<? extends Partition> partitions, ClosingStack parts) {
        return partitions.size() == 1 ? partitions.getFirst() : parts.push(new PartitionedLedger(partitions));
    }

    /**
     * A partition alone, whatever is in it.
     *
     * @param which says which one
     */
    static LedgerMender openToMend(
            Settings settings, Backends.Factory factory, IntUnaryOperator which, StartReport report)
            throws IOException {
        ClosingStack parts = new ClosingStack();
        try {
            Optional<Backends> backends = backends(settings, Needs.LEDGER, factory, report, parts);
            int partition = which.applyAsInt(settings.get(PartitionSettings.PARTITIONS));
            RedisSettings redis =
                    partitions(settings, redis(settings, backends)).get(partition);
            LedgerMender mender = parts.push(RedisMender.open(redis));
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

    /** The ledger, as it is stored. */
    Ledger ledger() {
        return ledger;
    }

    /** Its partitions, each as it is to itself, in the order of their numbers. */
    List<StoredPartition> partitions() {
        return partitions;
    }

    /** The partition in which it is recorded what is administrative, as it is to itself. */
    Partition trail() {
        return partitions.get(ledger.partitionOf(SessionId.AUDIT).number()).ledger();
    }

    /** Whether all partitions are in one Redis server. */
    boolean isOneServer() {
        return oneServer;
    }

    /** Where what is of no partition is kept. */
    StoredPartition home() {
        return partitions.getFirst();
    }

    /** For people, as {@code Redis 8.2.3, engine search}. */
    String describe() {
        String described = partitions.stream()
                .map(partition -> partition.ledger().describe())
                .distinct()
                .collect(joining("; "));
        return partitions.size() == 1 ? described : partitions.size() + " partitions: " + described;
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

    /** Whether a command brings the graph up to the ledger by itself: where nobody else does, or it is about to serve. */
    boolean feeds() {
        return feeds;
    }

    /** Completed when a part that was started here has ended by itself. */
    CompletableFuture<String> lost() {
        return lost;
    }

    /** What of the graph is of a partition. */
    PartitionScope scope(StoredPartition partition) {
        return partitions.size() == 1
                ? PartitionScope.ALL
                : PartitionScope.of(ledger.partitions().get(partition.number()), ledger);
    }

    /** Takes out of the graph what has left a partition for long. */
    GraphForgetting forgetting(Partition measured, PartitionScope scope, Settings settings) {
        Neo4jGraph all = graph();
        return new GraphForgetting(
                measured,
                scope,
                ForgettingSettings.from(settings),
                new GraphForgetting.Graph(all, all, new Neo4jRepair(all), new Neo4jTiers(all)));
    }

    @Override
    public void close() {
        parts.close();
    }
}
