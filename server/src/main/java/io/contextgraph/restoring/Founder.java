// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.restoring;

import io.contextgraph.archive.Archive;
import io.contextgraph.archive.ArchiveException;
import io.contextgraph.archive.ArchiveFault;
import io.contextgraph.archive.Catalog;
import io.contextgraph.archive.Segment;
import io.contextgraph.archive.SegmentReader;
import io.contextgraph.event.EventType;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.SessionTally;
import io.contextgraph.ledger.Epochs;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.ledger.SessionSummary;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.prune.Founding;
import io.contextgraph.ledger.prune.Pruned;
import io.contextgraph.ledger.prune.Pruning;
import io.contextgraph.ledger.prune.SeqRun;
import io.contextgraph.operation.Watcher;
import io.contextgraph.operation.WorkFailedException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Brings a ledger back whose store was lost and of which the archive alone is left: all of its segments, with their old numbers
 * and positions, in a store that has no event.
 *
 * <p><b>Guarantees.</b> All segments are read and found whole before anything is written. The epoch that the archive has last
 * has ended then, and the next one begins behind the last event of the archive: what came after it is lost. What lies between
 * its numbers is lost, too, and stands in the ledger as gone. Whoever is killed has left a ledger to which nothing can be
 * appended, or to which everything comes back when it is begun again.
 *
 * <p><b>Units and bounds.</b> Holds about a kilobyte for each session of the archive.
 *
 * <p><b>Errors.</b> {@link WorkFailedException} where the store has events of its own, the archive has none, or retention is at
 * work elsewhere; those of ledger and archive.
 */
public final class Founder {
    /** Under which rule that is gone which the archive does not have. */
    private static final String RULE = "lost with the store of the ledger";

    private final Partition ledger;
    private final Archive archive;
    private final UUID id;
    private final Restorer restorer;
    private final InstantSource clock;

    /** @param restorer the same for the ledger as it will be */
    Founder(Restorer restorer, Partition ledger, Archive archive, UUID id, InstantSource clock) {
        this.ledger = ledger;
        this.archive = archive;
        this.id = id;
        this.clock = clock;
        this.restorer = restorer;
    }

    /**
     * Brings it back, or what is still missing of it.
     *
     * @param keep how long the ceiling leaves the events alone
     * @param dryRun whether it is only said what would come back
     */
    public RestoreReport run(Duration keep, boolean dryRun, Watcher watcher) {
        requireNoOther();
        Instant until = clock.instant().plus(keep).truncatedTo(ChronoUnit.MILLIS);
        Catalog catalog = archive.list();
        List<ArchiveFault> faults = new ArrayList<>(catalog.faults());
        for (Segment segment : catalog.segments()) {
            watcher.at(Restorer.Phase.VERIFYING, 0, catalog.segments().size());
            faults.addAll(archive.verify(segment.id()));
        }
        int segments = catalog.segments().size();
        if (!faults.isEmpty()) {
            return new RestoreReport(dryRun, segments, 0, 0, 0, Optional.of(until), faults);
        }
        if (segments == 0) {
            throw new WorkFailedException("the archive has no segment of ledger " + id);
        }
        if (dryRun && isEmpty()) {
            long all = catalog.segments().stream()
                    .mapToLong(segment -> segment.counts().events())
                    .sum();
            return new RestoreReport(true, segments, all, 0, 0, Optional.of(until), List.of());
        }
        if (!dryRun) {
            found(catalog.segments());
        }
        return restorer.bring(catalog.segments(), until, keep.isZero(), dryRun, watcher);
    }

    private boolean isEmpty() {
        return ledger.epochs().now().identity().id().isEmpty();
    }

    /** Whoever was killed has left this ledger itself. */
    private void requireNoOther() {
        Epochs.Standing now = ledger.epochs().now();
        boolean own =
                now.identity().id().map(id.toString()::equals).orElse(now.head().equals(Head.EMPTY));
        if (!own) {
            throw new WorkFailedException(
                    "the store has events of another ledger: a ledger comes back into a store that has"
                            + " none, or is appended anew with --from " + id);
        }
    }

    private void found(List<Segment> segments) {
        Segment newest = segments.stream()
                .max(Comparator.comparingLong(segment -> segment.last().seq()))
                .orElseThrow();
        Head last = new Head(newest.last().seq(), newest.last().position());
        long ended = segments.stream()
                .mapToLong(segment -> segment.ledger().epoch())
                .max()
                .orElseThrow();
        LedgerIdentity identity = new LedgerIdentity(
                Optional.of(id.toString()),
                newest.ledger().partition(),
                ended + 1,
                List.of(new LedgerIdentity.Cut(ended + 1, last)));
        Founding founding = ledger.pruning().founding();
        boolean begun = founding.found(identity, last);
        if (!begun) {
            // Somebody was faster, or was killed.
            requireNoOther();
        }
        if (ledger.pruning().extent().events() == last.seq()) {
            sessions(founding, segments);
            record(last);
        }
    }

    /** What lies between the runs of the segments is gone for good. */
    private void record(Head last) {
        restorer.leased(fence -> {
            Pruned ignored = ledger.pruning()
                    .begin(fence, new Pruning.Plan("none", RULE, List.of(new SeqRun(1, last.seq())), false));
        });
    }

    private void sessions(Founding founding, List<Segment> segments) {
        Map<SessionId, Known> sessions = new LinkedHashMap<>();
        Set<EventType> types = new HashSet<>();
        for (Segment segment : segments) {
            try (SegmentReader events = archive.read(segment)) {
                for (Optional<RecordedEvent> next = events.next(); next.isPresent(); next = events.next()) {
                    RecordedEvent event = next.get();
                    boolean ignored = types.add(event.event().type());
                    sessions.computeIfAbsent(event.event().sessionId(), session -> new Known())
                            .add(event);
                }
            } catch (ArchiveException changed) {
                throw new WorkFailedException(
                        "the segment has changed since it was verified: " + changed.getMessage(), changed);
            }
        }
        Map<SessionSummary, String> step = new HashMap<>();
        for (Known session : sessions.values()) {
            step.put(session.summary(), session.tally.toString());
            if (step.size() == Pruning.MAX_STEP) {
                founding.sessions(step, Set.of());
                step = new HashMap<>();
            }
        }
        founding.sessions(step, types);
    }

    /** What the events of a session add up to, in whatever order they come. */
    private static final class Known {
        private final SessionTally tally = new SessionTally();
        private Optional<RecordedEvent> first = Optional.empty();
        private Optional<RecordedEvent> last = Optional.empty();
        private Instant from = Instant.MAX;
        private Instant to = Instant.MIN;

        void add(RecordedEvent event) {
            tally.add(event);
            first = first.filter(known -> known.seq() < event.seq()).or(() -> Optional.of(event));
            last = last.filter(known -> known.seq() > event.seq()).or(() -> Optional.of(event));
            Instant at = event.event().occurredAt();
            from = at.isBefore(from) ? at : from;
            to = at.isAfter(to) ? at : to;
        }

        SessionSummary summary() {
            RecordedEvent newest = last.orElseThrow();
            return new SessionSummary(
                    newest.event().sessionId(),
                    first.orElseThrow().seq(),
                    from,
                    to,
                    newest.event().id(),
                    newest.sessionSeq(),
                    List.of(),
                    newest.event().status());
        }
    }
}
