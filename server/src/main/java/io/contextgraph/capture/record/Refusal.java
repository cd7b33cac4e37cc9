// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.record;

import io.contextgraph.event.Fault;
import java.util.List;

/**
 * Something in a file that did not become an event.
 *
 * @param file the file, as it was named to the importer
 * @param place where in it: {@code line 12}, a JSON pointer, both, or empty for the whole file
 * @param reason why, one sentence
 * @param faults each rule that an event breaks, pointers relative to the event; empty for other reasons
 */
public record Refusal(String file, String place, String reason, List<Fault> faults) {
    public Refusal {
        faults = List.copyOf(faults);
    }

    /** The same, saying of how many it is the first. */
    public Refusal of(long count) {
        return count == 1
                ? this
                : new Refusal(file, place, reason + "; " + count + " such records, this is the first", faults);
    }

    /** The whole file is refused. */
    public static Refusal ofFile(String file, String reason) {
        return new Refusal(file, "", reason, List.of());
    }
}
