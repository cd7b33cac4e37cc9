// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import io.contextgraph.ledger.redis.client.ServerFacts;
import io.contextgraph.ledger.redis.client.Unseen;
import io.contextgraph.ops.Metrics;
import io.contextgraph.ops.Metrics.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What can be watched of Redis itself: its memory, its files, those that follow it. NaN where it does not say. */
final class RedisMetrics {
    /** The statuses that {@code INFO} has, by what they are about. */
    private static final Map<String, String> FILES = Map.of(
            "append_write", "aof_last_write_status",
            "append_rewrite", "aof_last_bgrewrite_status",
            "snapshot", "rdb_last_bgsave_status");

    private static final double MICROS = 1_000_000;

    private RedisMetrics() {}

    /** @param facts asks the server */
    static void standing(Metrics metrics, Supplier<ServerFacts> facts) {
        List<Reading<ServerFacts>> readings = new ArrayList<>();
        readings.add(field("redis.memory.used.bytes", "Memory that Redis uses", "used_memory"));
        readings.add(field("redis.memory.max.bytes", "maxmemory of Redis; 0: no limit", "maxmemory"));
        FILES.forEach((file, status) -> readings.add(new Reading<>(
                "redis.file.ok",
                "1 while the last write, rewrite or snapshot of a file of Redis went well",
                List.of("file", file),
                server -> status(server, status))));
        readings.add(field("redis.append.file.bytes", "Size of the append-only file", "aof_current_size"));
        readings.add(field(
                "redis.append.file.base.bytes",
                "Size of the append-only file when it was last written anew",
                "aof_base_size"));
        readings.add(new Reading<>(
                "redis.snapshot.age.seconds",
                "How long ago the last snapshot was taken, or Redis was started",
                RedisMetrics::snapshotAge));
        readings.add(new Reading<>(
                "redis.replicas.online",
                "Replicas that follow, none that is being filled",
                server -> server.unseen().contains(Unseen.REPLICAS)
                        ? Double.NaN
                        : Replicas.of(server.info()).online()));
        readings.add(new Reading<>(
                "redis.replica.lag.bytes",
                "How far the replica that is the farthest behind is behind; 0: there is none",
                server -> Metrics.orNaN(Replicas.of(server.info()).mostBytesBehind())));
        readings.add(new Reading<>(
                "redis.replica.silent.seconds",
                "For how long the most silent replica has not been heard of; 0: there is none",
                server -> Metrics.orNaN(Replicas.of(server.info()).longestSilence())));
        readings.add(field("redis.clients.connected", "Connections that Redis has", "connected_clients"));
        readings.add(field("redis.keys.evicted", "Keys that Redis has thrown away for want of memory", "evicted_keys"));
        metrics.store(facts, readings);
    }

    private static Reading<ServerFacts> field(String name, String description, String field) {
        return new Reading<>(name, description, server -> Metrics.orNaN(server.number(field)));
    }

    private static double status(ServerFacts server, String name) {
        String status = server.persistenceStatuses().get(name);
        return status == null ? Double.NaN : status.equals("ok") ? 1 : 0;
    }

    /** By the clock of Redis, where it tells the time. */
    private static double snapshotAge(ServerFacts server) {
        return Metrics.orNaN(server.number("server_time_usec")) / MICROS
                - Metrics.orNaN(server.number("rdb_last_save_time"));
    }
}
