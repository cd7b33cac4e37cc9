// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.util.KeyValue;

class ShardMapTest {
    /** A node as RESP3 has it. */
    private static List<Object> node(Object... namesAndValues) {
        List<Object> pairs = new ArrayList<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            Object value = namesAndValues[i + 1];
            pairs.add(new KeyValue<>(
                    bytes(namesAndValues[i].toString()), value instanceof String text ? bytes(text) : value));
        }
        return pairs;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<Object> master(String endpoint, long port, String health) {
        return node("port", port, "ip", "10.0.0.9", "endpoint", endpoint, "role", "master", "health", health);
    }

    private static List<Object> shard(List<Long> slots, Object... nodes) {
        return List.of(new KeyValue<>(bytes("slots"), slots), new KeyValue<>(bytes("nodes"), List.of(nodes)));
    }

    private static ShardMap map(Object... shards) {
        return ShardMap.of(List.of(shards), "asked", false);
    }

    @Test
    void theMasterOfTheShardHasTheSlot() {
        ShardMap map = map(
                shard(List.of(0L, 99L, 200L, 300L), master("one", 7000, "online")),
                shard(
                        List.of(100L, 199L, 301L, 16383L),
                        node("port", 7003L, "endpoint", "three", "role", "replica", "health", "online"),
                        master("two", 7001, "online")));
        for (int slot : new int[] {0, 99, 200, 300}) {
            assertThat(map.owner(slot)).contains(new HostAndPort("one", 7000));
        }
        for (int slot : new int[] {100, 199, 301, 16383}) {
            assertThat(map.owner(slot)).contains(new HostAndPort("two", 7001));
        }
        assertThat(map.nodes())
                .containsExactly(
                        new HostAndPort("one", 7000), new HostAndPort("three", 7003), new HostAndPort("two", 7001));
    }

    @Test
    void oneThatHasFailedHasNothingAndOneThatLoadsHasItsSlots() {
        assertThat(map(shard(List.of(0L, 16383L), master("one", 7000, "failed"), master("two", 7001, "online")))
                        .owner(5))
                .contains(new HostAndPort("two", 7001));
        assertThat(map(shard(List.of(0L, 16383L), master("one", 7000, "failed")))
                        .owner(5))
                .isEmpty();
        assertThat(map(shard(List.of(0L, 16383L), master("one", 7000, "loading")))
                        .owner(5))
                .contains(new HostAndPort("one", 7000));
        assertThat(map(shard(List.of(0L, 4L, 6L, 16383L), master("one", 7000, "online")))
                        .owner(5))
                .isEmpty();
        assertThat(map().owner(5)).isEmpty();
    }

    @Test
    void aNodeWithoutANameIsWhereItWasAskedOrAtItsAddress() {
        assertThat(map(shard(List.of(0L, 16383L), master("", 7000, "online"))).owner(5))
                .contains(new HostAndPort("asked", 7000));
        assertThat(map(shard(List.of(0L, 16383L), master("?", 7000, "online"))).owner(5))
                .contains(new HostAndPort("10.0.0.9", 7000));
        List<Object> silent = node("port", 7000L, "ip", "10.0.0.9", "role", "master", "health", "online");
        silent.add(new KeyValue<>(bytes("endpoint"), null));
        assertThat(map(shard(List.of(0L, 16383L), silent)).owner(5)).contains(new HostAndPort("asked", 7000));
    }

    @Test
    void securedConnectionsHavePortsOfTheirOwn() {
        List<Object> both =
                node("port", 7000L, "tls-port", 7100L, "endpoint", "one", "role", "master", "health", "online");
        List<Object> all = List.of(shard(List.of(0L, 16383L), both));
        assertThat(ShardMap.of(all, "asked", true).owner(5)).contains(new HostAndPort("one", 7100));
        assertThat(ShardMap.of(all, "asked", false).owner(5)).contains(new HostAndPort("one", 7000));
        List<Object> open = List.of(shard(List.of(0L, 16383L), master("one", 7000, "online")));
        assertThat(ShardMap.of(open, "asked", true).owner(5)).isEmpty();
    }

    /** Names and values one behind the other. */
    @Test
    void anOlderProtocolSaysTheSame() {
        List<Object> node = List.of(
                bytes("port"),
                7000L,
                bytes("endpoint"),
                bytes("one"),
                bytes("role"),
                bytes("master"),
                bytes("health"),
                bytes("online"));
        List<Object> shard = List.of(bytes("slots"), List.of(0L, 16383L), bytes("nodes"), List.of(node));
        assertThat(map(shard).owner(5)).contains(new HostAndPort("one", 7000));
    }
}
