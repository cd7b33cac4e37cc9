// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.cluster;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.util.KeyValue;

/**
 * Who has which slots, as one node knows it.
 *
 * <p><b>Source.</b> {@code CLUSTER SHARDS}, as RESP2 and as RESP3 have it.
 */
record ShardMap(List<Shard> shards) {
    /**
     * Nodes that have the same slots.
     *
     * @param slots first and last of each range, one behind the other
     */
    record Shard(List<Long> slots, List<Member> members) {
        boolean has(int slot) {
            boolean has = false;
            for (int i = 0; i + 1 < slots.size(); i += 2) {
                has |= slots.get(i) <= slot && slot <= slots.get(i + 1);
            }
            return has;
        }
    }

    /**
     * A node.
     *
     * @param health {@code online}, {@code loading} or {@code failed}
     */
    record Member(HostAndPort address, boolean master, String health) {}

    /**
     * Reads an answer.
     *
     * @param asked the host that gave it: a node that names none is where that is
     * @param secured whether connections are, for which nodes have ports of their own
     */
    static ShardMap of(Object reply, String asked, boolean secured) {
        List<Shard> shards = new ArrayList<>();
        for (Object each : (Iterable<?>) reply) {
            Map<String, Object> shard = map(each);
            List<Long> slots = new ArrayList<>();
            ((Iterable<?>) shard.getOrDefault("slots", List.of())).forEach(slot -> slots.add((Long) slot));
            List<Member> members = new ArrayList<>();
            for (Object node : (Iterable<?>) shard.getOrDefault("nodes", List.of())) {
                member(map(node), asked, secured).ifPresent(members::add);
            }
            shards.add(new Shard(slots, members));
        }
        return new ShardMap(shards);
    }

    private static Optional<Member> member(Map<String, Object> node, String asked, boolean secured) {
        Object port = node.getOrDefault(secured ? "tls-port" : "port", 0L);
        if (!(port instanceof Long number) || number == 0) {
            return Optional.empty();
        }
        String endpoint = text(node.getOrDefault("endpoint", ""));
        String host = switch (endpoint) {
            // A name was to be told, and there is none.
            case "?" -> text(node.getOrDefault("ip", ""));
            default -> endpoint;
        };
        return Optional.of(new Member(
                new HostAndPort(host.isEmpty() ? asked : host, Math.toIntExact(number)),
                text(node.getOrDefault("role", "")).equals("master"),
                text(node.getOrDefault("health", ""))));
    }

    private static Map<String, Object> map(Object reply) {
        Map<String, Object> map = new HashMap<>();
        Iterator<?> entries = ((Iterable<?>) reply).iterator();
        while (entries.hasNext()) {
            Object next = entries.next();
            Object name = next instanceof KeyValue<?, ?> pair ? pair.getKey() : next;
            Object value = next instanceof KeyValue<?, ?> pair ? pair.getValue() : entries.next();
            if (value != null) {
                map.put(text(name), value);
            }
        }
        return map;
    }

    private static String text(Object value) {
        return value instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : String.valueOf(value);
    }

    /** The master that has a slot; empty where nobody has it, or where its master is down and no other has taken over. */
    Optional<HostAndPort> owner(int slot) {
        return master(slot, "online").or(() -> master(slot, "loading"));
    }

    private Optional<HostAndPort> master(int slot, String health) {
        return shards.stream()
                .filter(shard -> shard.has(slot))
                .flatMap(shard -> shard.members().stream())
                .filter(member -> member.master() && member.health().equals(health))
                .map(Member::address)
                .findFirst();
    }

    /** All nodes, masters or not. */
    List<HostAndPort> nodes() {
        return shards.stream()
                .flatMap(shard -> shard.members().stream())
                .map(Member::address)
                .distinct()
                .toList();
    }
}
