// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.format;

import io.contextgraph.event.Event;
import io.contextgraph.event.Original;
import java.util.Optional;

/** Takes what is read from a file, in order. */
public interface CaptureSink {
    /** A valid event, what the ledger that it was exported from knew of it, and where in the file it came from. */
    void event(Event event, Optional<Original> original, String place);

    /** Something that could not be read; reading goes on behind it. */
    void refused(Refusal refusal);

    /** Something that is on purpose no event: a span that is no agent work, a demonstration. */
    default void passedOver() {}
}
