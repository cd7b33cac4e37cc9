// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * What the ledger that first recorded an event had assigned to it. A ledger into which the event is imported keeps it
 * beside the event, outside content and hash; where an event moves on, the first ledger's words stay.
 *
 * <p><b>Units and bounds.</b> Numbers up to {@link #MAX_NUMBER}, {@code 1 <= sessionSeq <= seq}.
 *
 * @param position its place in that ledger, as that ledger named it: where it had several partitions, with the number of its
 *     own, which is then that of {@code ledger}
 * @param seq its number in that ledger
 * @param sessionSeq its number in its session there
 * @param recordedAt when that ledger took it, to the millisecond
 * @param ledger which ledger that was; empty where nobody wrote it down, as exports once did not
 */
public record Original(Position position, long seq, long sessionSeq, Instant recordedAt, Optional<Source> ledger) {
    /**
     * A ledger at the time when an event of it was written down.
     *
     * @param id of the ledger
     * @param partition which part of it
     * @param epoch in which it was
     */
    public record Source(UUID id, int partition, long epoch) {
        /** @throws IllegalArgumentException when a number is out of bounds */
        public Source {
            if (partition < 0 || partition > MAX_PARTITION || epoch < 1 || epoch > MAX_NUMBER) {
                throw new IllegalArgumentException("needs 0 <= partition <= " + MAX_PARTITION
                        + " and 1 <= epoch <= 2^53: partition " + partition + ", epoch " + epoch);
            }
        }

        /** Whether a position may be one of it: it names this partition, or none. */
        public boolean has(Position position) {
            return position.partition() == Position.WHOLE || position.partition() == partition;
        }
    }

    /** The largest number of a partition. */
    public static final int MAX_PARTITION = 16_383;

    /** The largest number, also within a position: up to it every program that reads JSON is exact. */
    public static final long MAX_NUMBER = 1L << 53;

    /** @throws IllegalArgumentException when a number is out of bounds, or position and ledger name two partitions */
    public Original {
        if (sessionSeq < 1 || sessionSeq > seq || seq > MAX_NUMBER) {
            throw new IllegalArgumentException(
                    "needs 1 <= session_seq <= seq <= 2^53: session_seq " + sessionSeq + ", seq " + seq);
        }
        if (position.millis() > MAX_NUMBER || position.sequence() > MAX_NUMBER) {
            throw new IllegalArgumentException("numbers of a position end at 2^53: " + position);
        }
        if (ledger.filter(source -> !source.has(position)).isPresent()) {
            throw new IllegalArgumentException("needs one partition: position " + position + ", partition "
                    + ledger.get().partition());
        }
    }
}
