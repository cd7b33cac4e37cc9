// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.event.Position;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Delivers every event to one of a group's consumers, at least once.
 *
 * <p><b>Guarantees.</b> An event is delivered again until a consumer has acknowledged it: to the same consumer after
 * a restart under the same name, to another once its consumer has been idle for long enough. An event that leaves the
 * ledger before that is delivered no more, and holds nobody up.
 *
 * <p><b>Threads.</b> The feed is safe for threads; a {@link Consumer} belongs to one.
 */
public interface EventFeed {
    /** Opens a consumer with a connection of its own; a name is used by one consumer at a time. */
    Consumer open(String consumerName);

    /** How far the whole group has come. */
    Progress progress();

    /** One reader of the group. */
    interface Consumer extends AutoCloseable {
        /**
         * What to work on next: first what this consumer was given before and has not acknowledged, then what idle
         * consumers of the group left behind, then what is new.
         *
         * @param max most deliveries, at least 1
         * @param wait how long to block when there is nothing; zero: not at all
         * @return in ledger order within each of the three kinds; empty when there is nothing
         */
        List<Delivery> poll(int max, Duration wait);

        /** Marks deliveries as done; done ones are never delivered again. Repeating it is harmless. */
        void acknowledge(Collection<Position> positions);

        /**
         * Sets a delivery aside for an operator and acknowledges it, in one step: it is found in {@link Parking}, and is not
         * delivered again.
         *
         * @return whether this call parked it; false where somebody has acknowledged or parked it before
         */
        boolean park(Delivery delivery, Failure failure);

        @Override
        void close();
    }

    /**
     * How far a group has come.
     *
     * @param seenThrough every event up to this position has been acknowledged or parked
     * @param seenThroughSeq the number of that event; 0 before the first
     * @param pending delivered and not yet acknowledged
     * @param parked set aside for an operator: what the group made of the ledger lacks these
     * @param waitingSince when the first event that the group has not finished was recorded; empty when there is none
     * @param head the end of the ledger
     */
    record Progress(
            Position seenThrough,
            long seenThroughSeq,
            long pending,
            long parked,
            Optional<Instant> waitingSince,
            Head head) {
        /** Events that the group has not finished: 0 when it has seen everything. */
        public long lag() {
            return head.seq() - seenThroughSeq;
        }

        /** How long the first of these has been in the ledger; zero when there is none. */
        public Duration lagTime(Instant now) {
            return waitingSince
                    .filter(since -> since.isBefore(now))
                    .map(since -> Duration.between(since, now))
                    .orElse(Duration.ZERO);
        }

        /** How long the oldest event that was delivered and not acknowledged has been in the ledger; zero without any. */
        public Duration pendingAge(Instant now) {
            return pending == 0 ? Duration.ZERO : lagTime(now);
        }
    }
}
