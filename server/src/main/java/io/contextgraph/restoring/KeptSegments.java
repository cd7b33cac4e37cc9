// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.restoring;

import io.contextgraph.archive.Segment;
import io.contextgraph.archive.SegmentId;
import io.contextgraph.event.Times;
import io.contextgraph.ledger.prune.SeqRun;
import io.contextgraph.ledger.trim.RetentionNotes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The segments whose events were brought back: these leave the ledger again as a segment that the archive has, never as a part
 * of another one, and not before a time.
 *
 * <p><b>Shape.</b> For each a note {@code restored:<segment>} of retention: that time, and behind a blank the runs of its
 * numbers, {@code <from>-<to>} between commas. Where these are more than {@value #MOST_RUNS}, only their ends.
 *
 * @param segments by id
 */
public record KeptSegments(Map<SegmentId, Kept> segments) {
    private static final String NOTE = "restored:";

    /** The notes are read as a whole, and often. */
    static final int MOST_RUNS = 100;

    public KeptSegments {
        segments = new TreeMap<>(segments);
    }

    /**
     * One of them.
     *
     * @param until before then it stays
     * @param runs what stays
     */
    public record Kept(Instant until, List<SeqRun> runs) {
        public Kept {
            runs = List.copyOf(runs);
        }

        private static Optional<Kept> parse(SegmentId id, String text) {
            int blank = text.indexOf(' ');
            return Times.parse(blank < 0 ? text : text.substring(0, blank))
                    .map(until -> new Kept(
                            until,
                            runs(blank < 0 ? "" : text.substring(blank + 1))
                                    .orElse(List.of(new SeqRun(id.firstSeq(), id.lastSeq())))));
        }

        private static Optional<List<SeqRun>> runs(String text) {
            List<SeqRun> runs = new ArrayList<>();
            for (String run : text.split(",", -1)) {
                if (!run.matches("[1-9]\\d{0,15}-[1-9]\\d{0,15}")) {
                    return Optional.empty();
                }
                int to = run.indexOf('-') + 1;
                runs.add(new SeqRun(Long.parseLong(run.substring(0, to - 1)), Long.parseLong(run.substring(to))));
            }
            return Optional.of(runs);
        }

        private String text() {
            StringBuilder text = new StringBuilder(Times.format(until));
            if (runs.size() <= MOST_RUNS) {
                char before = ' ';
                for (SeqRun run : runs) {
                    text.append(before).append(run.from()).append('-').append(run.to());
                    before = ',';
                }
            }
            return text.toString();
        }
    }

    /** All; a note that cannot be read keeps nothing. */
    public static KeptSegments read(RetentionNotes notes) {
        Map<SegmentId, Kept> kept = new TreeMap<>();
        notes.all().forEach((name, text) -> {
            Optional<SegmentId> id =
                    name.startsWith(NOTE) ? SegmentId.parse(name.substring(NOTE.length())) : Optional.empty();
            id.flatMap(segment -> Kept.parse(segment, text)).ifPresent(one -> kept.put(id.orElseThrow(), one));
        });
        return new KeptSegments(kept);
    }

    /**
     * Keeps the events of a segment until a time, or for longer where that was said before.
     *
     * @param shorter whether that counts no more
     */
    static void put(RetentionNotes notes, Segment segment, Instant until, boolean shorter) {
        Optional<Instant> before =
                Optional.ofNullable(read(notes).segments().get(segment.id())).map(Kept::until);
        Instant latest = before.filter(said -> !shorter && said.isAfter(until)).orElse(until);
        notes.put(NOTE + segment.id(), new Kept(latest, segment.runs()).text());
    }

    /** Nothing of a segment is there any more. */
    public static void remove(RetentionNotes notes, SegmentId segment) {
        notes.remove(NOTE + segment);
    }

    /** Those that have been kept for long enough. */
    public List<SegmentId> ended(Instant now) {
        return segments.entrySet().stream()
                .filter(kept -> !now.isBefore(kept.getValue().until()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Those that have not. */
    public KeptSegments at(Instant now) {
        Map<SegmentId, Kept> rest = new TreeMap<>(segments);
        ended(now).forEach(rest::remove);
        return new KeptSegments(rest);
    }

    /** The numbers of their events. */
    public SeqNumbers numbers() {
        return SeqNumbers.of(
                segments.values().stream().flatMap(kept -> kept.runs().stream()).toList());
    }
}
