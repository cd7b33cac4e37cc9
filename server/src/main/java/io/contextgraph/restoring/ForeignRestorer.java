// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.restoring;

import io.contextgraph.archive.Archive;
import io.contextgraph.archive.ArchiveException;
import io.contextgraph.archive.ArchiveFault;
import io.contextgraph.archive.Segment;
import io.contextgraph.archive.SegmentId;
import io.contextgraph.archive.SegmentReader;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Original;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.operation.Watcher;
import io.contextgraph.operation.WorkFailedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Appends the events of another ledger's archive anew: each with what that ledger had assigned to it beside.
 *
 * <p><b>Guarantees.</b> All segments are read and found whole before the first event is written. They are appended in the order
 * of their numbers. What is there already is left alone, so that a run that broke off can be repeated.
 *
 * <p><b>Units and bounds.</b> Holds {@value #AT_ONCE} events, or a million characters of payloads and one event more.
 *
 * <p><b>Errors.</b> {@link WorkFailedException} where a segment changes meanwhile; those of ledger and archive.
 *
 * @param atLeast how safe an event must be before the next ones are read
 */
public record ForeignRestorer(EventLog log, Archive archive, Durability atLeast) {
    private static final int AT_ONCE = 100;
    private static final int MOST_CHARS = 1 << 20;

    /**
     * Appends.
     *
     * @param dryRun whether it is only said what would be
     */
    public RestoreReport run(List<SegmentId> ids, boolean dryRun, Watcher watcher) {
        List<ArchiveFault> faults = new ArrayList<>();
        List<Segment> segments = new ArrayList<>();
        for (SegmentId id : ids.stream().sorted().distinct().toList()) {
            watcher.at(Restorer.Phase.VERIFYING, segments.size(), ids.size());
            List<ArchiveFault> wrong = archive.verify(id);
            faults.addAll(wrong);
            if (wrong.isEmpty()) {
                segments.add(archive.segment(id));
            }
        }
        Counts counts = new Counts();
        if (faults.isEmpty()) {
            long total = segments.stream()
                    .mapToLong(segment -> segment.counts().events())
                    .sum();
            segments.forEach(segment -> append(segment, dryRun, counts, total, watcher));
        }
        return new RestoreReport(
                dryRun, segments.size(), counts.appended, counts.there, counts.refused, Optional.empty(), faults);
    }

    private static final class Counts {
        private long appended;
        private long there;
        private long refused;

        private long all() {
            return appended + there + refused;
        }

        private void add(AppendOutcome outcome) {
            switch (outcome) {
                case AppendOutcome.Appended ignored -> appended++;
                case AppendOutcome.Duplicate ignored -> there++;
                default -> refused++;
            }
        }

        /** What would come of an append. */
        private void add(RecordedEvent event, Lookup found) {
            switch (found) {
                case Lookup.Found known -> {
                    if (known.event().contentHash().equals(event.contentHash())) {
                        there++;
                    } else {
                        refused++;
                    }
                }
                case Lookup.Gone ignored -> refused++;
                case Lookup.Unknown ignored -> appended++;
            }
        }
    }

    private void append(Segment segment, boolean dryRun, Counts counts, long total, Watcher watcher) {
        List<RecordedEvent> step = new ArrayList<>();
        long chars = 0;
        try (SegmentReader events = archive.read(segment)) {
            Optional<RecordedEvent> next = events.next();
            while (next.isPresent()) {
                RecordedEvent event = next.get();
                step.add(event);
                chars += event.event()
                        .payload()
                        .map(payload -> payload.json().length())
                        .orElse(0);
                next = events.next();
                if (next.isEmpty() || step.size() == AT_ONCE || chars > MOST_CHARS) {
                    step(segment, step, dryRun, counts);
                    watcher.at(Restorer.Phase.RESTORING, counts.all(), total);
                    step = new ArrayList<>();
                    chars = 0;
                }
            }
        } catch (ArchiveException changed) {
            throw new WorkFailedException(
                    "the segment has changed since it was verified: " + changed.getMessage(), changed);
        }
    }

    private void step(Segment segment, List<RecordedEvent> events, boolean dryRun, Counts counts) {
        if (dryRun) {
            for (RecordedEvent event : events) {
                EventId id = event.event().id();
                counts.add(event, log.find(id));
            }
            return;
        }
        List<Append> appends = events.stream()
                .map(event -> Append.imported(event.event(), Optional.of(original(segment, event))))
                .toList();
        log.append(appends, atLeast).outcomes().forEach(counts::add);
    }

    /** Where an event has moved before, the first ledger's words stay. */
    private static Original original(Segment segment, RecordedEvent event) {
        return event.original()
                .orElseGet(() -> new Original(
                        event.position(),
                        event.seq(),
                        event.sessionSeq(),
                        event.recordedAt(),
                        Optional.of(segment.ledger())));
    }
}
