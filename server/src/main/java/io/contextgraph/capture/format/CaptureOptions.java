// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.format;

import io.contextgraph.event.EventLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How foreign traces become events. The same file with the same options gives the same events, hash for hash.
 *
 * @param syntheticStart the time of the first message where a format has no times
 * @param sessionStagger how much later each further session of such a file begins
 * @param sessionPrefix begins the session ids of formats that have none; empty: the file's name without its endings
 * @param agentId who acted, where it is not taken from the file; empty: what the file says
 * @param errorTextFails whether a tool result that begins with {@code Error} counts as failed where the format has no
 *     error flag
 * @param keepAllSpans whether spans that are no agent, model or tool work are kept as {@code system.span}
 * @param maxDocumentBytes largest JSON document, unpacked: a document is held in memory whole, lines are not
 * @param maxLineBytes longest line of a file of lines
 * @param limits what an event may be; longer foreign payloads are cut, the project's own events are refused
 */
public record CaptureOptions(
        Instant syntheticStart,
        Duration sessionStagger,
        Optional<String> sessionPrefix,
        Optional<String> agentId,
        boolean errorTextFails,
        boolean keepAllSpans,
        long maxDocumentBytes,
        int maxLineBytes,
        EventLimits limits) {

    /** Room that the envelope of an event may need besides its payload. */
    private static final int MIN_EVENT_BYTES = 32 * 1024;

    /** From 2025-01-01T00:00Z, a minute between sessions, documents up to 128 MiB, lines up to 16 MiB. */
    public static final CaptureOptions DEFAULTS = new CaptureOptions(
            Instant.parse("2025-01-01T00:00:00Z"),
            Duration.ofMinutes(1),
            Optional.empty(),
            Optional.empty(),
            true,
            false,
            128L << 20,
            16 << 20,
            EventLimits.DEFAULTS);

    /** @throws IllegalArgumentException when a limit is too small to work with */
    public CaptureOptions {
        if (limits.maxEventBytes() < MIN_EVENT_BYTES || maxLineBytes < 1 || maxDocumentBytes < 1) {
            throw new IllegalArgumentException("an event must be allowed at least " + MIN_EVENT_BYTES
                    + " bytes, a line and a document at least 1: " + limits.maxEventBytes() + ", " + maxLineBytes + ", "
                    + maxDocumentBytes);
        }
    }
}
