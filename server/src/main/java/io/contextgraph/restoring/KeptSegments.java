// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.restoring;

import io.contextgraph.archive.SegmentId;
import io.contextgraph.event.Times;
import io.contextgraph.ledger.trim.RetentionNotes;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The segments whose events were brought back: these leave the ledger again as a segment that the archive has, never as a part
 * of another one, and not before a time.
 *
 * <p><b>Shape.</b> For each a note {@code restored:<segment>} of retention, with that time.
 *
 * @param until by segment
 */
public record KeptSegments(Map<SegmentId, Instant> until) {
    private static final String NOTE = "restored:";

    public KeptSegments {
        until = new TreeMap<>(until);
    }

    /** All; a note that cannot be read keeps nothing. */
    public static KeptSegments read(RetentionNotes notes) {
        Map<SegmentId, Instant> until = new TreeMap<>();
        notes.all().forEach((name, text) -> {
            Optional<SegmentId> id =
                    name.startsWith(NOTE) ? SegmentId.parse(name.substring(NOTE.length())) : Optional.empty();
            Optional<Instant> time = Times.parse(text);
            if (id.isPresent() && time.isPresent()) {
                Object ignored = until.put(id.get(), time.get());
            }
        });
        return new KeptSegments(until);
    }

    /** Keeps the events of a segment until a time, in place of what was said of it before. */
    static void put(RetentionNotes notes, SegmentId segment, Instant until) {
        notes.put(NOTE + segment, Times.format(until));
    }

    /** Nothing of a segment is there any more. */
    public static void remove(RetentionNotes notes, SegmentId segment) {
        notes.remove(NOTE + segment);
    }

    /** Those that have been kept for long enough. */
    public List<SegmentId> ended(Instant now) {
        return until.entrySet().stream()
                .filter(kept -> !now.isBefore(kept.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Whether an event is between the ends of one of them. */
    public boolean has(long seq) {
        return until.keySet().stream().anyMatch(id -> id.firstSeq() <= seq && seq <= id.lastSeq());
    }
}
