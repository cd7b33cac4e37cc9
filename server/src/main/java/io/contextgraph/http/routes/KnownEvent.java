// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.Times;
import io.contextgraph.http.engine.Problem;
import io.contextgraph.http.engine.ProblemCode;
import io.contextgraph.http.engine.ProblemException;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.Lookup;

/** An event that a request names: it must be there. */
final class KnownEvent {
    private KnownEvent() {}

    /** What is known of an event that is gone. */
    static Problem gone(EventId id, Lookup.Gone gone) {
        return Problem.of(ProblemCode.EVENT_GONE, told(gone) + ".")
                .with("event_id", id.toString())
                .with("gone_at", Times.format(gone.at()))
                .with("reason", gone.why())
                .with("archive", gone.where());
    }

    /** The same in a sentence. */
    static String told(Lookup.Gone gone) {
        return "The ledger had this event until " + Times.format(gone.at()) + ": " + gone.why();
    }

    /**
     * The event.
     *
     * @throws ProblemException 404 where the ledger has never had it, 410 where it is gone
     */
    static RecordedEvent require(Ledger ledger, EventId id) {
        return switch (ledger.log().find(id)) {
            case Lookup.Found found -> found.event();
            case Lookup.Gone gone -> throw gone(id, gone).raised();
            case Lookup.Unknown unknown ->
                throw Problem.of(ProblemCode.EVENT_NOT_FOUND, "The ledger has never had this event.")
                        .with("event_id", id.toString())
                        .raised();
        };
    }
}
