// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.archive.Archive;
import io.contextgraph.archive.ArchiveFault;
import io.contextgraph.archive.Catalog;
import io.contextgraph.archive.Segment;
import io.contextgraph.archive.SegmentReader;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.Forgetting;
import io.contextgraph.graph.GraphSink;
import io.contextgraph.graph.SessionTally;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.partition.PartitionScope;
import io.contextgraph.ledger.prune.PrunedSession;
import io.contextgraph.operation.Watcher;
import io.contextgraph.operation.WorkFailedException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Writes into the graph what the archive has of events that have gone from the ledger: each event as it was projected, and
 * what the graph {@linkplain Keepsakes keeps} of it.
 *
 * <p><b>Guarantees.</b> Of a segment in which anything is wrong nothing is written. Can be repeated.
 *
 * <p><b>Units and bounds.</b> Holds {@value #AT_ONCE} events and the ids of one segment.
 *
 * <p><b>Errors.</b> {@link WorkFailedException} where the archive is damaged; those of storage, ledger and graph where one of
 * them is away.
 *
 * @param scope how the graph has events of this partition
 * @param said as for {@link Keepsakes}
 */
public record ArchiveReplay(
        Archive archive, Partition ledger, PartitionScope scope, GraphSink graph, Function<Event, String> said) {
    /** What it tells a watcher that it is doing. */
    public static final String PHASE = "reading_archive";

    /** Most events of one call of the projection. */
    private static final int AT_ONCE = 1_000;

    /** What is being done. */
    private enum Reading implements Watcher.Phase {
        ARCHIVE;

        @Override
        public String wireName() {
            return PHASE;
        }
    }

    /** @param project writes events into the graph */
    public void run(Consumer<List<RecordedEvent>> project, Watcher watcher) {
        Catalog catalog = archive.list();
        refuse(catalog.faults());
        long total = catalog.segments().stream()
                .mapToLong(segment -> segment.counts().events())
                .sum();
        long done = 0;
        for (Segment segment : catalog.segments()) {
            refuse(archive.verify(segment.id()));
            replay(segment, project, done, total, watcher);
            done += segment.counts().events();
        }
        watcher.at(Reading.ARCHIVE, done, total);
    }

    private static void refuse(List<ArchiveFault> faults) {
        if (!faults.isEmpty()) {
            throw new WorkFailedException(
                    "the archive is damaged, so the graph cannot be made from it: " + faults.getFirst()
                            + (faults.size() > 1 ? " and " + (faults.size() - 1) + " more" : "")
                            + "; contextgraph archives verify names everything");
        }
    }

    private void replay(
            Segment segment, Consumer<List<RecordedEvent>> project, long before, long total, Watcher watcher) {
        Set<EventId> there = left(segment);
        List<RecordedEvent> page = new ArrayList<>();
        long read = 0;
        try (SegmentReader events = archive.read(segment)) {
            for (Optional<RecordedEvent> next = events.next(); next.isPresent(); next = events.next()) {
                read++;
                RecordedEvent event = next.get();
                if (!there.contains(event.event().id())) {
                    page.add(scope.named(event).withPayload(Optional.empty()).withOriginal(Optional.empty()));
                }
                if (page.size() == AT_ONCE) {
                    project.accept(remembered(page));
                    page = new ArrayList<>();
                    watcher.at(Reading.ARCHIVE, before + read, total);
                }
            }
        }
        if (!page.isEmpty()) {
            project.accept(remembered(page));
        }
        long through = before + read;
        new Keepsakes(graph, said)
                .keep(archive, segment, id -> !there.contains(id), () -> watcher.at(Reading.ARCHIVE, through, total));
    }

    /** Without what the graph has forgotten. */
    private List<RecordedEvent> remembered(List<RecordedEvent> page) {
        Map<SessionId, PrunedSession> kept = ledger.pruning()
                .sessions(page.stream()
                        .map(event -> event.event().sessionId())
                        .distinct()
                        .toList());
        Map<SessionId, Forgetting> forgetting = new HashMap<>();
        // Of a sum that is damaged nothing is known.
        kept.forEach((session, known) ->
                SessionTally.known(known.tally()).ifPresent(tally -> forgetting.put(session, tally.forgetting())));
        return page.stream()
                .filter(event -> !forgetting
                        .getOrDefault(event.event().sessionId(), Forgetting.NONE)
                        .covers(event))
                .toList();
    }

    /** Events between the ends of a segment that the ledger has. */
    private Set<EventId> left(Segment segment) {
        Set<EventId> there = new HashSet<>();
        long after = segment.first().seq() - 1;
        while (after < segment.last().seq()) {
            List<RecordedEvent> events = ledger.order()
                    .read(after, (int) Math.min(AT_ONCE, segment.last().seq() - after));
            if (events.isEmpty()) {
                break;
            }
            events.forEach(event -> there.add(event.event().id()));
            after = events.getLast().seq();
        }
        return there;
    }
}
