// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.partition;

import io.contextgraph.bench.server.RedisServer;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.partition.RedisPartitions;
import io.contextgraph.ledger.router.PartitionedLedger;
import io.contextgraph.ledger.router.Partitioning;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** A ledger whose partitions have a Redis each. With one it is a ledger as everybody has it, without a router. */
final class Nodes implements AutoCloseable {
    private final List<RedisServer> servers;
    private final List<RedisLedger> partitions;
    private final Optional<PartitionedLedger> router;
    private final AtomicLong numbers = new AtomicLong();

    private Nodes(List<RedisServer> servers, List<RedisLedger> partitions, Optional<PartitionedLedger> router) {
        this.servers = List.copyOf(servers);
        this.partitions = List.copyOf(partitions);
        this.router = router;
    }

    static Nodes start(int count, Engine engine) throws IOException {
        List<RedisServer> servers = new ArrayList<>();
        List<RedisLedger> partitions = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                servers.add(RedisServer.start());
            }
            settings(servers, engine).forEach(each -> partitions.add(RedisLedger.connect(each)));
        } catch (IOException | RuntimeException e) {
            new Nodes(servers, partitions, Optional.empty()).close();
            throw e;
        }
        return new Nodes(
                servers, partitions, count == 1 ? Optional.empty() : Optional.of(new PartitionedLedger(partitions)));
    }

    private static List<RedisSettings> settings(List<RedisServer> servers, Engine engine) {
        RedisSettings first = RedisSettings.defaults(servers.getFirst().url()).withEngine(engine);
        return servers.size() == 1
                ? List.of(first)
                : RedisPartitions.of(
                        first, servers.stream().map(RedisServer::url).toList(), servers.size());
    }

    int count() {
        return servers.size();
    }

    /** The ledger as its clients see it. */
    Ledger ledger() {
        return router.isPresent() ? router.get() : partitions.getFirst();
    }

    /** Where its load goes on. */
    AtomicLong numbers() {
        return numbers;
    }

    Partitioning partitioning() {
        return new Partitioning(count());
    }

    RedisServer server(int node) {
        return servers.get(node);
    }

    List<RedisServer> servers() {
        return servers;
    }

    /** What each has done so far. */
    List<NodeWork> work() {
        List<NodeWork> work = new ArrayList<>();
        for (int node = 0; node < count(); node++) {
            work.add(work(node));
        }
        return work;
    }

    /** What one has done so far. */
    NodeWork work(int node) {
        RedisServer server = servers.get(node);
        long events = partitions.get(node).order().head().seq();
        return new NodeWork(events, server.scriptCalls(), server.cpu().process());
    }

    /** The memory that each uses, when it does not change any more. */
    List<Long> memory(Duration pause) {
        return servers.stream().map(server -> server.settledMemory(pause)).toList();
    }

    @Override
    public void close() throws IOException {
        router.ifPresent(PartitionedLedger::close);
        partitions.forEach(RedisLedger::close);
        for (RedisServer server : servers) {
            server.close();
        }
    }
}
