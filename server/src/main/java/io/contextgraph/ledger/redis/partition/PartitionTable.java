// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.partition;

import io.contextgraph.event.Json;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.router.Partitioning;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.stream.IntStream;
import redis.clients.jedis.util.JedisClusterCRC16;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which partitions a ledger has: fixed when it is founded, kept in each of its servers, and the same for ever.
 *
 * @param ledger the id of the ledger
 * @param tags the hash tag of each partition: what stands between braces in the names of its keys
 * @param slots how many slots sessions are told apart by
 * @param hash how they are
 */
record PartitionTable(UUID ledger, List<String> tags, int slots, String hash) {
    private static final int CLUSTER_SLOTS = 16_384;

    PartitionTable {
        tags = List.copyOf(tags);
    }

    /** That of a ledger that begins. */
    static PartitionTable founded(UUID ledger, int partitions) {
        return new PartitionTable(
                ledger,
                IntStream.range(0, partitions)
                        .mapToObj(partition -> tag(partition, partitions))
                        .toList(),
                Partitioning.SLOTS,
                Partitioning.HASH);
    }

    /**
     * The hash tag of a partition. In a cluster of as many masters as there are partitions, whose slots were shared out evenly,
     * each master has one.
     */
    private static String tag(int partition, int partitions) {
        String plain = "p" + partition;
        for (int i = 0; ; i++) {
            String tag = i == 0 ? plain : plain + "." + i;
            if ((long) JedisClusterCRC16.getSlot(tag) * partitions / CLUSTER_SLOTS == partition) {
                return tag;
            }
        }
    }

    /** As it is kept; with the number of the partition that is in the same server, where each has its own. */
    String text(OptionalInt partition) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("ledger_id", ledger.toString());
        json.put("partitions", tags.size());
        partition.ifPresent(number -> json.put("partition", number));
        json.put("slots", slots);
        json.put("hash", hash);
        ArrayNode names = json.putArray("tags");
        tags.forEach(names::add);
        return json.toString();
    }

    /**
     * What is kept.
     *
     * @param partition that is in the same server; empty where the text does not say it
     */
    record Kept(PartitionTable table, OptionalInt partition) {
        /**
         * Why a deployment cannot go on with it; empty where it can.
         *
         * @param partitions how many it has
         * @param wanted that must be in this server; empty where all are
         * @param others what the servers before it say
         */
        Optional<String> obstacle(int partitions, OptionalInt wanted, Optional<PartitionTable> others) {
            return table.obstacle(partitions)
                    .or(() -> Optional.of("it has " + named(partition, "all partitions") + ", not "
                                    + named(wanted, "all of them")
                                    + ": the addresses must stand in the order of the partitions")
                            .filter(ignored -> !partition.equals(wanted)))
                    .or(() -> others.filter(other -> !other.equals(table))
                            .map(other ->
                                    "it has a partition of ledger " + table.ledger() + ", not of " + other.ledger()));
        }

        private static String named(OptionalInt partition, String all) {
            return partition.isPresent() ? "partition " + partition.getAsInt() : all;
        }
    }

    /**
     * Reads what {@link #text} wrote.
     *
     * @param where for the error
     * @throws LedgerException when it is damaged
     */
    static Kept parse(String text, String where) {
        try {
            JsonNode json = Json.MAPPER.readTree(text);
            List<String> tags = new ArrayList<>();
            json.required("tags").forEach(tag -> tags.add(tag.stringValue()));
            JsonNode partition = json.path("partition");
            PartitionTable table = new PartitionTable(
                    UUID.fromString(json.required("ledger_id").stringValue()),
                    tags,
                    json.required("slots").intValue(),
                    json.required("hash").stringValue());
            if (json.required("partitions").intValue() != tags.size()) {
                throw new IllegalArgumentException("it has " + tags.size() + " tags");
            }
            return new Kept(table, partition.isInt() ? OptionalInt.of(partition.intValue()) : OptionalInt.empty());
        } catch (JacksonException | IllegalArgumentException damaged) {
            throw LedgerException.telling(
                    LedgerException.Reason.CORRUPT,
                    "what " + where + " says of the partitions of its ledger is damaged",
                    damaged);
        }
    }

    /** Why a deployment with so many partitions cannot go on with it; empty where it can. */
    Optional<String> obstacle(int partitions) {
        if (tags.size() != partitions) {
            return Optional.of(
                    "the ledger has " + tags.size() + " partitions, not " + partitions
                            + ": their number is fixed when a ledger begins. Set redis.partitions to " + tags.size()
                            + "; or move it into a new one with " + partitions
                            + ": contextgraph export --by-partition FOLDER from this one, contextgraph import FOLDER into that one");
        }
        if (slots != Partitioning.SLOTS || !hash.equals(Partitioning.HASH)) {
            return Optional.of("the ledger shares out its sessions by " + hash + " to " + slots
                    + " slots, which this version does not: use the one that founded it");
        }
        return Optional.empty();
    }
}
