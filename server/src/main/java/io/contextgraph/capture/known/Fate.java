// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.known;

import io.contextgraph.event.EventId;
import io.contextgraph.event.Fault;
import java.util.List;

/** What became of the event of a record that was offered to a ledger. */
public sealed interface Fate {
    /** It is new there. */
    Fate ADDED = new Added();

    /** The ledger has the same record already. */
    Fate KNOWN = new Known();

    /** See {@link Fate#ADDED}. */
    record Added() implements Fate {}

    /** See {@link Fate#KNOWN}. */
    record Known() implements Fate {}

    /** Something else has its id. */
    record Conflict(String why) implements Fate {}

    /** The ledger cannot take it. */
    record Refused(String why, List<Fault> faults) implements Fate {
        public Refused {
            faults = List.copyOf(faults);
        }
    }

    /** Whom it is about was erased. */
    record Erased(String why) implements Fate {
        static Erased of(EventId event) {
            return new Erased("the subject of event " + event + " was erased: nothing of it is taken any more");
        }
    }
}
