// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.archive;

import io.contextgraph.archive.ArchiveFault.Kind;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.Sha256;
import io.contextgraph.ledger.PersonalPayloads;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Holds the files of a segment against its manifest and against each other. */
final class SegmentAudit {
    /** What is wrong with one event is wrong with many. */
    private static final int MOST_FAULTS = 100;

    private final Segment segment;
    private final SegmentSums sums;
    private final Consumer<RecordedEvent> told;
    private final List<ArchiveFault> faults = new ArrayList<>();
    private boolean whole = true;
    private boolean mixedUp;

    /** @param told each event that can be read */
    SegmentAudit(Segment segment, Consumer<RecordedEvent> told) {
        this.segment = segment;
        this.told = told;
        this.sums = new SegmentSums(segment.ledger());
    }

    /**
     * What there is in a line.
     *
     * @param fits whether the content of the event fits its hash
     */
    private record Judged(Optional<RecordedEvent> event, int bytes, boolean fits, Optional<ArchiveFault> fault) {
        static Judged of(SegmentReader events, SegmentReader.Line line) {
            try {
                RecordedEvent event = events.event(line);
                boolean fits = PersonalPayloads.isGenuine(event);
                return new Judged(Optional.of(event), line.bytes(), fits, Optional.empty());
            } catch (ArchiveException broken) {
                return new Judged(Optional.empty(), line.bytes(), false, Optional.of(broken.fault()));
            }
        }
    }

    void readEvents(SegmentReader events) {
        try {
            List<SegmentReader.Line> lines = events.nextLines();
            while (whole && !lines.isEmpty()) {
                // To parse and to hash is all the work: on all processors that are free.
                lines.parallelStream()
                        .map(line -> Judged.of(events, line))
                        .toList()
                        .forEach(this::event);
                lines = events.nextLines();
            }
            if (whole && !events.sha256().equals(segment.hashes().data())) {
                fault(Kind.EDITED, "the file of events is not what was written: its SHA-256 is another");
            }
        } catch (ArchiveException broken) {
            whole = false;
            faults.add(broken.fault());
        }
    }

    private void event(Judged judged) {
        judged.fault().ifPresent(fault -> {
            whole = false;
            fault(fault.kind(), fault.message());
        });
        judged.event().ifPresent(event -> event(event, judged));
    }

    private void event(RecordedEvent event, Judged judged) {
        told.accept(event);
        if (!isExpected(event.seq()) && !mixedUp) {
            mixedUp = true;
            fault(Kind.MIXED_UP, "the events of another segment are in it: seq " + event.seq());
        }
        if (!judged.fits()) {
            fault(Kind.HASH, "the content of event " + event.event().id() + " does not fit its hash");
        }
        try {
            sums.add(event);
            sums.addBytes(judged.bytes());
        } catch (IllegalArgumentException disorder) {
            whole = false;
            fault(Kind.ORDER, "event " + event.event().id() + ": " + disorder.getMessage());
        }
    }

    private boolean isExpected(long seq) {
        return segment.first().seq() <= seq && seq <= segment.last().seq();
    }

    /** After the events. */
    void compare(InputStream idFile) throws IOException {
        if (sums.events() == 0) {
            if (whole) {
                fault(Kind.SUMS, "there is no event in it");
            }
            return;
        }
        compareIds(idFile);
        if (whole) {
            compareSums();
        }
    }

    private void compareIds(InputStream idFile) throws IOException {
        long length = IdTable.HEAD + segment.counts().events() * IdTable.ROW;
        byte[] there = idFile.readNBytes(Math.toIntExact(length) + 1);
        if (there.length != length) {
            fault(
                    Kind.CUT,
                    "the file of ids has not the " + length + " bytes of "
                            + segment.counts().events() + " ids");
        } else if (!Sha256.hex(there).equals(segment.hashes().ids())) {
            fault(Kind.EDITED, "the file of ids is not what was written: its SHA-256 is another");
        }
        if (whole) {
            try {
                if (!Arrays.equals(there, sums.ids())) {
                    fault(Kind.IDS, "the file of ids has not the ids, numbers and hashes of the events");
                }
            } catch (IllegalArgumentException twice) {
                fault(Kind.IDS, String.valueOf(twice.getMessage()));
            }
        }
    }

    private void compareSums() {
        compare("runs", segment.runs(), sums.runs());
        compare("first event", segment.first(), sums.first());
        compare("last event", segment.last(), sums.last());
        compare("counts", segment.counts(), sums.counts(segment.counts().packedBytes()));
        compare("sum of content hashes", segment.hashes().contents(), sums.contents());
    }

    private void compare(String what, Object manifest, Object events) {
        if (!manifest.equals(events)) {
            fault(Kind.SUMS, "the " + what + " of the manifest are not those of the events");
        }
    }

    private void fault(Kind kind, String message) {
        if (faults.size() < MOST_FAULTS) {
            faults.add(new ArchiveFault(kind, segment.id().toString(), message));
        }
    }

    List<ArchiveFault> faults() {
        return List.copyOf(faults);
    }
}
