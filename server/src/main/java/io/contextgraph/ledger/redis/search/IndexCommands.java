// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.search;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.RedisErrors;
import io.contextgraph.ledger.redis.client.Replies;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.search.SearchProtocol.SearchCommand;

/** What any search index of a ledger is told and asked. */
final class IndexCommands {
    private static final Duration BUILD_TIMEOUT = Duration.ofMinutes(30);
    private static final Logger LOG = LoggerFactory.getLogger(IndexCommands.class);

    private final Redis redis;

    IndexCommands(Redis redis) {
        this.redis = redis;
    }

    List<String> names() {
        List<String> names = new ArrayList<>();
        for (Object name : (Iterable<?>) command(SearchCommand._LIST)) {
            names.add(Keys.text((byte[]) name));
        }
        return names;
    }

    boolean exists(String index) {
        return names().contains(index);
    }

    /** @param arguments behind the name of the index */
    void create(String index, List<String> arguments) {
        List<String> all = new ArrayList<>(List.of(index));
        all.addAll(arguments);
        try {
            Object ignored = command(SearchCommand.CREATE, all.toArray(String[]::new));
        } catch (LedgerException e) {
            // Another process may have been faster.
            if (!exists(index)) {
                throw e;
            }
        }
    }

    /** Points an alias to an index, unless it leads there. */
    void serve(String alias, String index) {
        // A replica has the index and takes no writes: whoever starts there can read.
        if (!isServing(alias, index)) {
            Object ignored = command(SearchCommand.ALIASUPDATE, alias, index);
        }
    }

    boolean isServing(String alias, String index) {
        try {
            return Replies.text(info(alias).getOrDefault("index_name", "")).equals(index);
        } catch (LedgerException unknown) {
            return false;
        }
    }

    void awaitComplete(String index) {
        long deadline = System.nanoTime() + BUILD_TIMEOUT.toNanos();
        Map<String, Object> info = info(index);
        while (!isComplete(info)) {
            if (System.nanoTime() - deadline > 0) {
                throw new LedgerException(Reason.UNAVAILABLE, "the index was not complete within " + BUILD_TIMEOUT);
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new LedgerException(Reason.UNAVAILABLE, "stopped while the index is being built");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            info = info(index);
        }
    }

    static boolean isComplete(Map<String, Object> info) {
        if (SearchIndex.number(info, "hash_indexing_failures") > 0) {
            throw RedisErrors.corrupt("the search index has refused documents: "
                    + Replies.text(info.getOrDefault("hash_indexing_failures", "")));
        }
        return SearchIndex.number(info, "indexing") == 0 && SearchIndex.number(info, "percent_indexed") >= 1;
    }

    Map<String, Object> info(String name) {
        return Replies.map(command(SearchCommand.INFO, name));
    }

    /** Drops one that is not used any more, where that is allowed. */
    void drop(String name) {
        try {
            dropped(name);
            LOG.info("Dropped index {}", name);
        } catch (LedgerException refused) {
            // Who may drop an index may also delete its documents: an operator need not be able to.
            LOG.warn(
                    "Index {} is no longer used and costs memory: drop it with FT.DROPINDEX ({})",
                    name,
                    refused.getMessage());
        }
    }

    /** Drops one that is there. */
    void dropped(String name) {
        Object ignored = command(SearchCommand.DROPINDEX, name);
    }

    private Object command(SearchCommand command, String... arguments) {
        byte[][] bytes = EventCodec.keys(List.of(arguments));
        return redis.<Object>pipelined(p -> p.sendCommand(command, bytes));
    }
}
