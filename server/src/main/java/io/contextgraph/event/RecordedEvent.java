// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

import java.time.Instant;
import java.util.Optional;

/**
 * An event as the ledger holds it, with what the store assigned.
 *
 * @param event the envelope; its payload is present only where the method that returned it says so
 * @param position place in the total order, opaque
 * @param seq gap-free number in the ledger, from 1
 * @param sessionSeq gap-free number in the session, from 1
 * @param recordedAt when the store took it, to the millisecond
 * @param contentHash hash of envelope and payload, see {@link ContentHash}
 * @param original what the ledger that first recorded it had assigned, where it was imported from there; present only
 *     where the method that returned it says so
 */
public record RecordedEvent(
        Event event,
        Position position,
        long seq,
        long sessionSeq,
        Instant recordedAt,
        ContentHash contentHash,
        Optional<Original> original) {
    /** An event that was first recorded here, or of which that is not known. */
    public RecordedEvent(
            Event event, Position position, long seq, long sessionSeq, Instant recordedAt, ContentHash contentHash) {
        this(event, position, seq, sessionSeq, recordedAt, contentHash, Optional.empty());
    }

    /** This event with another payload, or none. */
    public RecordedEvent withPayload(Optional<Payload> payload) {
        return new RecordedEvent(
                event.withPayload(payload), position, seq, sessionSeq, recordedAt, contentHash, original);
    }

    /** This event at another position. */
    public RecordedEvent at(Position other) {
        return new RecordedEvent(event, other, seq, sessionSeq, recordedAt, contentHash, original);
    }

    /** This event with another original, or none. */
    public RecordedEvent withOriginal(Optional<Original> other) {
        return new RecordedEvent(event, position, seq, sessionSeq, recordedAt, contentHash, other);
    }
}
