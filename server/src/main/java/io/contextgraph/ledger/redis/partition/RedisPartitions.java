// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.partition;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.redis.client.LedgerHeader;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.RedisSettings;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import redis.clients.jedis.params.SetParams;

/**
 * Where the partitions of a ledger are. Founds the ledger where there is none yet.
 *
 * <p><b>Guarantees.</b> Of several servers that found it at once one does. A server that has another partition, or one of another
 * ledger, is refused before anything is written to it.
 */
public final class RedisPartitions {
    /** The name of the table, behind the prefix of all that is not of one partition. */
    private static final String TABLE = "partitions";

    private RedisPartitions() {}

    /**
     * How each partition is reached, in the order of their numbers.
     *
     * @param settings of the deployment, with a prefix that has no hash tag
     * @param urls of one server for each partition; empty where all are in that of the settings, or in its cluster
     * @param partitions how many there are, at least 2
     * @throws LedgerException when a server does not answer, or what is there does not fit
     */
    public static List<RedisSettings> of(RedisSettings settings, List<URI> urls, int partitions) {
        boolean apart = !urls.isEmpty();
        if (apart && urls.size() != partitions) {
            throw new LedgerException(
                    Reason.DEFECT, partitions + " partitions need as many addresses, there are " + urls.size());
        }
        List<RedisSettings> homes = apart
                ? urls.stream()
                        .map(url -> home(settings.withUrl(url), settings.prefix()))
                        .toList()
                : List.of(home(settings, settings.prefix()));
        PartitionTable table = null;
        for (int i = 0; i < homes.size(); i++) {
            table = table(
                    homes.get(i),
                    apart ? OptionalInt.of(i) : OptionalInt.empty(),
                    Optional.ofNullable(table),
                    partitions);
        }
        List<RedisSettings> all = new ArrayList<>();
        for (int i = 0; i < partitions; i++) {
            PartitionTable known = Objects.requireNonNull(table);
            all.add((apart ? settings.withUrl(urls.get(i)) : settings)
                    .withPrefix(settings.prefix() + "{" + known.tags().get(i) + "}")
                    .withShare(new LedgerHeader.Share(i, partitions, Optional.of(known.ledger()))));
        }
        return all;
    }

    /** Where a server keeps what is of no partition. */
    private static RedisSettings home(RedisSettings settings, String prefix) {
        return settings.withPrefix("{" + prefix + "home}").withPoolSize(1);
    }

    /**
     * What a server says, or is told to keep.
     *
     * @param partition that it must have; empty where it is the server of all
     * @param first what the servers before it say
     */
    private static PartitionTable table(
            RedisSettings home, OptionalInt partition, Optional<PartitionTable> first, int partitions) {
        String key = home.prefix() + TABLE;
        PartitionTable wanted = first.orElseGet(() -> PartitionTable.founded(UUID.randomUUID(), partitions));
        try (Redis redis = new Redis(home)) {
            String kept = redis.call(client -> client.get(key));
            if (kept == null) {
                String ignored = redis.call(client -> client.set(
                        key, wanted.text(partition), SetParams.setParams().nx()));
                kept = redis.call(client -> client.get(key));
            }
            PartitionTable.Kept there = PartitionTable.parse(String.valueOf(kept), home.address());
            Optional<String> obstacle = there.table().obstacle(partitions);
            if (obstacle.isEmpty() && !there.partition().equals(partition)) {
                obstacle = Optional.of("it has "
                        + (there.partition().isPresent()
                                ? "partition " + there.partition().getAsInt()
                                : "all partitions")
                        + ", not "
                        + (partition.isPresent() ? "partition " + partition.getAsInt() : "all of them")
                        + ": the addresses must stand in the order of the partitions");
            }
            if (obstacle.isEmpty() && first.isPresent() && !there.table().equals(first.get())) {
                obstacle = Optional.of("it has a partition of ledger "
                        + there.table().ledger() + ", not of " + first.get().ledger());
            }
            if (obstacle.isPresent()) {
                throw LedgerException.telling(Reason.CORRUPT, home.address() + ": " + obstacle.get());
            }
            return there.table();
        }
    }
}
