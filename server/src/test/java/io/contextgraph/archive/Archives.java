// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.archive;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.Original;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.storage.Storage;
import io.contextgraph.testing.Events;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.LongStream;

/** A ledger, and segments of it, for tests. */
final class Archives {
    static final UUID LEDGER = UUID.fromString("11111111-2222-4333-8444-555555555555");
    static final Original.Source SOURCE = new Original.Source(LEDGER, 0, 1);
    static final Instant NOW = Instant.parse("2026-06-01T12:00:00.123Z");

    private Archives() {}

    /** The event that has a number in the ledger: every second with a payload, every fifth with an original. */
    static RecordedEvent event(long seq) {
        Event event = seq % 2 == 0 ? Events.full(seq, "session-" + seq % 3) : Events.event(seq, "session-" + seq % 3);
        Optional<Original> original = seq % 5 == 0
                ? Optional.of(new Original(
                        new Position(7, seq),
                        seq,
                        1,
                        Events.BASE,
                        Optional.of(new Original.Source(new UUID(1, 2), 3, 4))))
                : Optional.empty();
        return recorded(event, seq).withOriginal(original);
    }

    static RecordedEvent recorded(Event event, long seq) {
        return new RecordedEvent(
                event, new Position(1000 + seq, 0), seq, 1, Events.BASE.plusSeconds(seq), EventJson.hash(event));
    }

    static List<RecordedEvent> events(long first, long last) {
        return LongStream.rangeClosed(first, last).mapToObj(Archives::event).toList();
    }

    static Segment write(Storage storage, Path scratch, List<RecordedEvent> events) throws IOException {
        return write(storage, scratch, SOURCE, events);
    }

    static Segment write(Storage storage, Path scratch, Original.Source source, List<RecordedEvent> events)
            throws IOException {
        try (SegmentWriter writer = new SegmentWriter(storage, source, "3", scratch, () -> NOW)) {
            for (RecordedEvent event : events) {
                writer.add(event);
            }
            return writer.finish(id -> 1);
        }
    }

    static Archive archive(Storage storage) {
        return new Archive(storage, LEDGER, 0);
    }

    static List<RecordedEvent> read(Archive archive, Segment segment) {
        List<RecordedEvent> all = new ArrayList<>();
        try (SegmentReader reader = archive.read(segment)) {
            for (Optional<RecordedEvent> next = reader.next(); next.isPresent(); next = reader.next()) {
                all.add(next.get());
            }
        }
        return all;
    }
}
