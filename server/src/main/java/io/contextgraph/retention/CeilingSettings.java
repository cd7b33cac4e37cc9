// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.config.Forms;
import java.time.Duration;
import java.time.Instant;

/**
 * When events leave the ledger for the archive.
 *
 * @param ceiling how long an event stays, from when the ledger took it
 * @param span events leave together whose times of recording are in the same span, counted from 1970
 * @param segmentEvents most events of a segment of the archive
 */
record CeilingSettings(Duration ceiling, Duration span, int segmentEvents) {
    /** What was recorded before this may leave now. */
    Instant before(Instant now) {
        long millis = span.toMillis();
        return Instant.ofEpochMilli(Math.floorDiv(now.minus(ceiling).toEpochMilli(), millis) * millis);
    }

    /** Why events leave, for people. */
    String rule() {
        return "ceiling " + Forms.text(ceiling);
    }
}
