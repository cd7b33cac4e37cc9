// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import io.contextgraph.bench.load.Load;
import io.contextgraph.bench.server.OwnProcess;
import io.contextgraph.bench.server.RedisServer;
import io.contextgraph.bench.server.ServerProcess;
import java.time.Duration;
import java.util.function.Supplier;

/** Processor time of server, Redis, Neo4j and load generator while a load counts. */
final class Usage implements Load.Watch {
    private final Supplier<Duration> server;
    private final RedisServer redis;
    private final Supplier<Duration> neo4j;
    private Micros used = new Micros(0, 0, 0, 0);

    /** Without a graph. */
    Usage(ServerProcess server, RedisServer redis) {
        this(server::cpu, redis, () -> Duration.ZERO);
    }

    /** Processor time so far of all servers together, and of Neo4j. */
    Usage(Supplier<Duration> server, RedisServer redis, Supplier<Duration> neo4j) {
        this.server = server;
        this.redis = redis;
        this.neo4j = neo4j;
    }

    /** Processor time in microseconds. */
    record Micros(double server, double redis, double neo4j, double generator) {}

    private Micros now() {
        return new Micros(
                server.get().toNanos() / 1e3,
                redis.cpu().process(),
                neo4j.get().toNanos() / 1e3,
                OwnProcess.cpuNanos() / 1e3);
    }

    @Override
    public void begin() {
        used = now();
    }

    @Override
    public void end() {
        Micros now = now();
        used = new Micros(
                now.server() - used.server(),
                now.redis() - used.redis(),
                now.neo4j() - used.neo4j(),
                now.generator() - used.generator());
    }

    /** What was used in between. */
    Micros used() {
        return used;
    }
}
