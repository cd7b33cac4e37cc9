// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import java.util.List;
import java.util.Optional;

/**
 * Some sessions of the graph, added up.
 *
 * @param sessions in an order of the store's own; a session with many events comes in parts, on pages that follow each other
 * @param next where to go on; empty at the end
 */
public record DigestPage(List<SessionDigest> sessions, Optional<Place> next) {
    public DigestPage {
        sessions = List.copyOf(sessions);
    }

    /**
     * The event that a page ended with.
     *
     * @param millis its {@code occurred_at}
     * @param seq its number
     */
    public record Place(SessionId session, long millis, long seq) {
        /** The place of an event. */
        public static Place of(RecordedEvent event) {
            return new Place(
                    event.event().sessionId(), event.event().occurredAt().toEpochMilli(), event.seq());
        }

        /** Whether an event of the same session stands behind it, or is of another session. */
        public boolean isBefore(RecordedEvent event) {
            Place other = of(event);
            return !other.session.equals(session)
                    || other.millis > millis
                    || (other.millis == millis && other.seq > seq);
        }
    }
}
