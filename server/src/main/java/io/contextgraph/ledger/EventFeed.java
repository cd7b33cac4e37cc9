// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.event.Position;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * Delivers every event to one of a group's consumers, at least once.
 *
 * <p><b>Guarantees.</b> An event is delivered again until a consumer has acknowledged it: to the same consumer after
 * a restart under the same name, to another once its consumer has been idle for long enough.
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

        @Override
        void close();
    }

    /**
     * How far a group has come.
     *
     * @param seenThrough every event up to this position has been acknowledged
     * @param seenThroughSeq the number of that event; 0 before the first
     * @param pending delivered and not yet acknowledged
     * @param head the end of the ledger
     */
    record Progress(Position seenThrough, long seenThroughSeq, long pending, Head head) {
        /** Events that the group has not finished: 0 when it has seen everything. */
        public long lag() {
            return head.seq() - seenThroughSeq;
        }
    }
}
