// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.record;

import io.contextgraph.event.EventLimits;
import java.time.Instant;
import java.util.Optional;

/**
 * How foreign traces become events. The same files with the same options give the same events, hash for hash; with other
 * options, events of the same records.
 *
 * @param syntheticStart the time of the first message where a format has no times
 * @param sessionPrefix goes before the session ids of runs, whose formats have none that are unique; empty: nothing does
 * @param agentId who acted, where the file does not say
 * @param errorTextFails whether a tool result that begins with {@code Error} counts as failed where the format has no
 *     error flag
 * @param skip which spans that are no work of an agent, a model or a tool are left out
 * @param maxDocumentBytes largest JSON document, unpacked: a document is held in memory whole, lines are not
 * @param maxLineBytes longest line of a file of lines
 * @param whom the events are about
 * @param limits what an event may be; longer foreign payloads are cut, the project's own events are refused
 */
public record CaptureOptions(
        Instant syntheticStart,
        Optional<String> sessionPrefix,
        Optional<String> agentId,
        boolean errorTextFails,
        SkipPatterns skip,
        long maxDocumentBytes,
        int maxLineBytes,
        Whom whom,
        EventLimits limits) {

    /** Room that the envelope of an event may need besides its payload. */
    private static final int MIN_EVENT_BYTES = 32 * 1024;

    /** From 2025-01-01T00:00Z, nothing left out, about nobody, documents up to 128 MiB, lines up to 16 MiB. */
    public static final CaptureOptions DEFAULTS = new CaptureOptions(
            Instant.parse("2025-01-01T00:00:00Z"),
            Optional.empty(),
            Optional.empty(),
            true,
            SkipPatterns.NONE,
            128L << 20,
            16 << 20,
            Whom.NOBODY,
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
