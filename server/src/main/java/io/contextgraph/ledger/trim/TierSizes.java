// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.trim;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is there. Counts are exact; bytes are estimates, empty where the store does not tell.
 *
 * @param oldestEntry when the oldest entry of the global stream was recorded
 * @param index the events that the index has
 * @param cold those that it does not have any more, and what leads to them by session
 */
public record TierSizes(
        Optional<Instant> oldestEntry,
        Tier stream,
        Tier sessionStreams,
        Tier documents,
        Tier payloads,
        Tier index,
        Tier cold,
        Tier sessions,
        List<Group> groups) {
    public TierSizes {
        groups = List.copyOf(groups);
    }

    /**
     * One kind of thing.
     *
     * @param count exact; empty where that would cost a walk over all of them
     * @param bytes an estimate
     */
    public record Tier(OptionalLong count, OptionalLong bytes) {
        /** Nothing is known. */
        public static final Tier UNKNOWN = new Tier(OptionalLong.empty(), OptionalLong.empty());

        /** So many, of unknown size. */
        public static Tier of(long count) {
            return new Tier(OptionalLong.of(count), OptionalLong.empty());
        }

        /** So many, of about this size. */
        public static Tier of(long count, long bytes) {
            return new Tier(OptionalLong.of(count), OptionalLong.of(bytes));
        }
    }

    /**
     * A consumer group.
     *
     * @param pending delivered and not acknowledged
     */
    public record Group(String name, long consumers, long pending) {}
}
