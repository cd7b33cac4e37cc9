// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.partition;

import io.contextgraph.config.Login;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.redis.client.LedgerHeader;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.client.Role;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
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
        PartitionTable table = urls.isEmpty() ? table(settings, partitions) : table(settings, urls, partitions);
        List<RedisSettings> all = new ArrayList<>();
        for (int i = 0; i < partitions; i++) {
            all.add((urls.isEmpty() ? settings : settings.withUrl(urls.get(i)))
                    .withPrefix(prefix(settings.prefix(), table.tags().get(i)))
                    .withShare(new LedgerHeader.Share(i, partitions, Optional.of(table.ledger()))));
        }
        return all;
    }

    /** That of a server, or a cluster, which has them all. */
    private static PartitionTable table(RedisSettings settings, int partitions) {
        return table(home(settings), OptionalInt.empty(), Optional.empty(), partitions);
    }

    /** That of servers which have one each. */
    private static PartitionTable table(RedisSettings settings, List<URI> urls, int partitions) {
        if (urls.size() != partitions) {
            throw new LedgerException(
                    Reason.DEFECT, partitions + " partitions need as many addresses, there are " + urls.size());
        }
        Optional<PartitionTable> known = Optional.empty();
        for (int i = 0; i < partitions; i++) {
            known = Optional.of(table(home(settings.withUrl(urls.get(i))), OptionalInt.of(i), known, partitions));
        }
        return known.orElseThrow();
    }

    /** Where a server keeps what is of no partition. */
    private static RedisSettings home(RedisSettings settings) {
        return settings.withPrefix(homePrefix(settings.prefix())).withPoolSize(1);
    }

    private static String homePrefix(String prefix) {
        return "{" + prefix + "home}";
    }

    private static Redis operator(RedisSettings home) {
        Login own = home.logins().get(Role.OPERATOR);
        return own == null ? new Redis(home) : new Redis(home, own);
    }

    /** Which keys a ledger keeps that are of no partition, by the prefix of its deployment. */
    public static List<String> shared(String prefix) {
        return List.of(homePrefix(prefix) + TABLE);
    }

    /** The prefixes of the keys of each partition of a ledger that this version founds. */
    public static List<String> prefixes(String prefix, int partitions) {
        return PartitionTable.founded(new UUID(0, 0), partitions).tags().stream()
                .map(tag -> prefix(prefix, tag))
                .toList();
    }

    private static String prefix(String prefix, String tag) {
        return prefix + "{" + tag + "}";
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
        try (Redis redis = operator(home)) {
            String kept = redis.call(client -> client.get(key));
            if (kept == null) {
                String ignored = redis.call(client -> client.set(
                        key, wanted.text(partition), SetParams.setParams().nx()));
                kept = redis.call(client -> client.get(key));
            }
            PartitionTable.Kept there = PartitionTable.parse(String.valueOf(kept), home.address());
            there.obstacle(partitions, partition, first).ifPresent(why -> {
                throw LedgerException.telling(Reason.CORRUPT, home.address() + ": " + why);
            });
            return there.table();
        }
    }
}
