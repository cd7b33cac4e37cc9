// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.Page;
import io.contextgraph.event.SessionId;
import java.util.List;
import java.util.Optional;

/** The directory of sessions. Safe for threads. */
public interface Sessions {
    /** Most sessions on one page. */
    int MAX_LIMIT = 1000;

    /** What the cursors of {@link #list} are of. */
    String CURSOR = "sessions";

    /** One session; empty when no event names it. */
    Optional<SessionSummary> find(SessionId id);

    /**
     * One page, newest first: by the {@code seq} of a session's first event, which never changes.
     *
     * @param limit most sessions on the page, 1 to {@value #MAX_LIMIT}
     * @param cursor where the last page ended
     * @throws io.contextgraph.event.InvalidInputException when limit or cursor cannot be used
     */
    Page<SessionSummary> list(int limit, Optional<Cursor> cursor);

    /** The cursor of the page behind a session. */
    static Cursor after(SessionSummary last) {
        return Cursor.of(CURSOR, List.of(Long.toString(last.firstSeq())));
    }

    /**
     * The number of the first event of the session that {@link #after} was told.
     *
     * @throws io.contextgraph.event.InvalidInputException when it is no such cursor
     */
    static long firstSeq(Cursor cursor) {
        try {
            return Long.parseLong(cursor.open(CURSOR, 1).getFirst());
        } catch (NumberFormatException damaged) {
            throw Cursor.invalid("is damaged");
        }
    }
}
