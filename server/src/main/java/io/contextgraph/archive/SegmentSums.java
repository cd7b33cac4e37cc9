// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.archive;

import io.contextgraph.archive.Segment.Mark;
import io.contextgraph.event.Original;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.prune.SeqRun;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a manifest says of events, summed up as they come: by who writes them, and by who reads them back. */
final class SegmentSums {
    private final IdTable ids;
    private final Set<SessionId> sessions = new HashSet<>();
    private final MessageDigest contents = Sums.sha256();
    private final List<SeqRun> runs = new ArrayList<>();
    private @Nullable Mark first;
    private @Nullable Mark last;
    private long runFrom;
    private long payloads;
    private long plainBytes;

    SegmentSums(Original.Source ledger) {
        this.ids = new IdTable(ledger.id());
    }

    /**
     * Counts one.
     *
     * @throws IllegalArgumentException when it does not come after those before it; nothing is counted
     */
    void add(RecordedEvent event) {
        Mark mark = Mark.of(event);
        if (last != null && (mark.seq() <= last.seq() || mark.position().compareTo(last.position()) <= 0)) {
            throw new IllegalArgumentException("seq %d at %s does not come after seq %d at %s"
                    .formatted(mark.seq(), mark.position(), last.seq(), last.position()));
        }
        if (last == null) {
            first = mark;
            runFrom = mark.seq();
        } else if (mark.seq() != last.seq() + 1) {
            runs.add(new SeqRun(runFrom, last.seq()));
            runFrom = mark.seq();
        }
        last = mark;
        ids.add(event);
        boolean ignored = sessions.add(event.event().sessionId());
        contents.update(HexFormat.of().parseHex(event.contentHash().hex()));
        payloads += event.event().payload().isPresent() ? 1 : 0;
    }

    /** Counts the bytes of lines, with their ends. */
    void addBytes(long bytes) {
        plainBytes += bytes;
    }

    int events() {
        return ids.size();
    }

    Mark first() {
        return present(first);
    }

    Mark last() {
        return present(last);
    }

    private static Mark present(@Nullable Mark mark) {
        if (mark == null) {
            throw new IllegalStateException("a segment has at least one event");
        }
        return mark;
    }

    List<SeqRun> runs() {
        List<SeqRun> all = new ArrayList<>(runs);
        all.add(new SeqRun(runFrom, last().seq()));
        return all;
    }

    Segment.Counts counts(long packedBytes) {
        return new Segment.Counts(ids.size(), sessions.size(), payloads, plainBytes, packedBytes);
    }

    /** Ends the sum: to be asked for once. */
    String contents() {
        return HexFormat.of().formatHex(contents.digest());
    }

    /** @throws IllegalArgumentException when two events have the same id */
    byte[] ids() {
        return ids.bytes();
    }
}
