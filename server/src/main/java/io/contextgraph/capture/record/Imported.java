// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.record;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/** What a ledger has of earlier imports; all of them answered for what is there now. */
public interface Imported {
    /** A ledger without an event. */
    Imported NOTHING = new Imported() {
        @Override
        public Map<String, Mark> marks(Collection<String> eventIds) {
            return Map.of();
        }

        @Override
        public Optional<Origin> origin(String eventId) {
            return Optional.empty();
        }

        @Override
        public boolean hasSession(String session) {
            return false;
        }

        @Override
        public Optional<String> sessionOfTrace(String traceId) {
            return Optional.empty();
        }

        @Override
        public Optional<String> promptOfTrace(String traceId) {
            return Optional.empty();
        }
    };

    /** Whose event it is. */
    record Origin(String session, String agent) {}

    /** What importers have said of these events; without those that are not there. An event without a mark has an empty record. */
    Map<String, Mark> marks(Collection<String> eventIds);

    /** The same, but it asks for these events only once, and together. */
    default Imported remembering(Collection<String> eventIds) {
        return this;
    }

    /** The same as events about persons say it, outside of what is sealed. */
    default Imported ofPersons() {
        return this;
    }

    /** Whose event this is; empty when it is not there. */
    Optional<Origin> origin(String eventId);

    /** The same, of an event of this trace. */
    default Optional<Origin> origin(String traceId, String eventId) {
        return origin(eventId);
    }

    boolean hasSession(String session);

    /** The session that the first events of a trace belong to, where it has another name than the trace. */
    Optional<String> sessionOfTrace(String traceId);

    /** The first event of a trace that says what a user has asked for. */
    Optional<String> promptOfTrace(String traceId);
}
