// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.append;

import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.redis.client.RedisErrors;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.exceptions.JedisMovedDataException;

/** The events of one caller. */
final class AppendBatch extends GroupCommit.Request {
    private static final Logger LOG = LoggerFactory.getLogger(AppendBatch.class);

    private final int size;
    private final String after;
    private volatile List<AppendItem> items;
    private volatile String history = "";
    private volatile @Nullable RuntimeException failure;

    /** @param after the history that has what must stand before these events; empty where that is confirmed */
    AppendBatch(List<AppendItem> items, String after) {
        this.size = items.size();
        this.items = items;
        this.after = after;
    }

    @Override
    int size() {
        return size;
    }

    @Override
    void fail(RuntimeException error) {
        failure = error;
    }

    /** Whether it may be written to a Redis with this history; where not, it has failed. */
    boolean goesTo(String historyThere) {
        if (after.isEmpty() || after.equals(historyThere)) {
            history = historyThere;
            return true;
        }
        fail(new LedgerException(
                Reason.UNAVAILABLE,
                "Redis may not have what stands before these events: another one has taken over, or it has restarted"));
        return false;
    }

    /** That of the Redis to which it was written. */
    String history() {
        return history;
    }

    /** Whether nothing of it was written, because another node of a cluster has the ledger. */
    boolean isElsewhere() {
        List<AppendItem> all = items;
        return all.stream()
                .allMatch(item -> item.error()
                        .filter(JedisMovedDataException.class::isInstance)
                        .isPresent());
    }

    List<AppendItem> items() {
        return items;
    }

    /**
     * What is to be sent again, as it was held behind an event of somebody else. What is behind an event of its own whose session
     * has lost its entry waits for its caller.
     */
    Stream<AppendItem> heldByOthers() {
        return items.stream().anyMatch(AppendItem::isOfLostSession)
                ? Stream.empty()
                : items.stream().filter(AppendItem::isHeld);
    }

    /** Keeps no more of the events than how many they are. */
    void forgetItems() {
        items = List.of();
    }

    /** @throws LedgerException where it has failed as a whole */
    void requireWhole() {
        RuntimeException failed = failure;
        if (failed instanceof LedgerException known) {
            throw LedgerException.again(known);
        }
        if (failed != null) {
            throw new LedgerException(Reason.DEFECT, "appending failed: " + failed.getMessage(), failed);
        }
    }

    /**
     * One answer for each event. What has no answer because the ledger as a whole refuses, or does not answer, is an
     * error, and so is what passes by itself: all of it is repeated then.
     */
    List<AppendOutcome> outcomes() {
        requireWhole();
        if (items.stream().allMatch(item -> item.error().isPresent())) {
            throw RedisErrors.classify(items.getFirst().error().orElseThrow());
        }
        return items.stream().map(AppendBatch::told).toList();
    }

    private static AppendOutcome told(AppendItem item) {
        AppendOutcome outcome = item.outcome();
        if (outcome instanceof AppendOutcome.Refused
                && !Appender.isOfLostSession(outcome)
                && !Appender.isHeld(outcome)) {
            LOG.error("Event {} of session {} is refused: {}", outcome.eventId(), item.session(), item.told());
        }
        return outcome;
    }
}
