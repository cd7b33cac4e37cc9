// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.record;

import io.contextgraph.capture.text.Replaced;
import io.contextgraph.event.Event;
import io.contextgraph.event.Original;
import java.util.Optional;

/** Takes what is read from a file, in order. */
public interface CaptureSink {
    /** For a first walk, which has no events: the second tells what is refused. */
    CaptureSink FIRST_WALK = new CaptureSink() {
        @Override
        public void event(Event event, Optional<Original> original, Optional<Mark> mark, String place) {
            throw new IllegalStateException("a first walk has no events: " + place);
        }

        @Override
        public void refused(Refusal refusal) {
            // The second walk tells it.
        }
    };

    /**
     * A valid event.
     *
     * @param original what the ledger that it was exported from knew of it
     * @param mark of which record it was made; empty for the project's own events, which are their own records
     * @param place where in the file it came from
     */
    void event(Event event, Optional<Original> original, Optional<Mark> mark, String place);

    /** Something that could not be read; reading goes on behind it. */
    void refused(Refusal refusal);

    /** Several things that could not be read, for one reason; the refusal has the place of the first. */
    default void refused(Refusal first, long count) {
        refused(first.of(count));
    }

    /** Things that are on purpose no events; {@code what} names their kind, in the plural. */
    default void skipped(String what, long count) {}

    /** What is not as it was written, as neither JSON nor Unicode has it. */
    default void replaced(Replaced replaced) {}

    /**
     * Events that are part of a longer run of the same import, and come from there.
     *
     * @param personal whether they are about a person
     */
    default void repeated(int events, boolean personal) {}
}
