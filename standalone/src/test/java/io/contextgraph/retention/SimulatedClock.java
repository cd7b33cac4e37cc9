// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import redis.clients.jedis.Jedis;

/** One time for Java and for the scripts in Redis, which goes on when a test says so: a key of Redis. */
final class SimulatedClock implements InstantSource {
    static final String KEY = "simulated-clock";

    /** In place of the scripts' own clock. */
    static final String LUA = "local now = tonumber(call('GET', '" + KEY + "'))";

    /** Time goes on also where Redis has no memory left. */
    private static final String SET = "#!lua flags=allow-oom\nreturn redis.call('SET', KEYS[1], ARGV[1])";

    private final URI redis;

    /** @param redis where the time is kept */
    SimulatedClock(URI redis) {
        this.redis = redis;
    }

    void set(Instant now) {
        try (Jedis jedis = new Jedis(redis)) {
            Object ignored = jedis.eval(SET, List.of(KEY), List.of(Long.toString(now.toEpochMilli())));
        }
    }

    void advance(Duration by) {
        set(instant().plus(by));
    }

    @Override
    public Instant instant() {
        try (Jedis jedis = new Jedis(redis)) {
            return Instant.ofEpochMilli(Long.parseLong(jedis.get(KEY)));
        }
    }
}
