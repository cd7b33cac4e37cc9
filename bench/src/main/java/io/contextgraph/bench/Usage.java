// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

/** Processor time of server, Redis and load generator while a load counts. */
final class Usage implements Load.Watch {
    private final ServerProcess server;
    private final RedisServer redis;
    private Micros used = new Micros(0, 0, 0);

    Usage(ServerProcess server, RedisServer redis) {
        this.server = server;
        this.redis = redis;
    }

    /** Processor time in microseconds. */
    record Micros(double server, double redis, double generator) {}

    private Micros now() {
        return new Micros(server.cpu().toNanos() / 1e3, redis.cpu().process(), CeilingBenchmark.ownCpuNanos() / 1e3);
    }

    @Override
    public void begin() {
        used = now();
    }

    @Override
    public void end() {
        Micros now = now();
        used = new Micros(now.server() - used.server(), now.redis() - used.redis(), now.generator() - used.generator());
    }

    /** What was used in between. */
    Micros used() {
        return used;
    }
}
