// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import io.contextgraph.event.Ids;
import java.util.Optional;

/**
 * Whom an event is about, as whoever sends it says it. It never leaves the process: everything else knows a {@link Pseudonym}.
 *
 * <p><b>Units and bounds.</b> 1 to {@value Ids#MAX_LENGTH} characters, as {@link Ids} has it. Nothing is made the same: other
 * case, spaces, or another composition of an accent are another subject.
 *
 * @param value not to be written, logged or shown
 */
public record SubjectId(String value) {
    /** @throws IllegalArgumentException with a message that does not quote it */
    public SubjectId {
        Optional<String> fault = Ids.fault(value);
        if (fault.isPresent()) {
            throw new IllegalArgumentException("a data subject's id " + fault.get());
        }
    }

    /** Says nothing of it, so that it cannot get into a log by mistake. */
    @Override
    public String toString() {
        return "(data subject)";
    }
}
