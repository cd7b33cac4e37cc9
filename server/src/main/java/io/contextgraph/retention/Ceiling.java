// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.archive.Archive;
import io.contextgraph.archive.ArchiveFault;
import io.contextgraph.archive.Segment;
import io.contextgraph.archive.SegmentId;
import io.contextgraph.archive.SegmentWriter;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Original;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.SessionTally;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.prune.Pruned;
import io.contextgraph.ledger.prune.PrunedSession;
import io.contextgraph.ledger.prune.Pruning;
import io.contextgraph.ledger.prune.SeqRun;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.operation.Prefetch;
import io.contextgraph.operation.Watcher;
import io.contextgraph.operation.WorkFailedException;
import io.contextgraph.restoring.DiscardedSegments;
import io.contextgraph.restoring.KeptSegments;
import io.contextgraph.retention.CeilingUpkeep.Phase;
import io.contextgraph.retention.LeasedWork.Between;
import io.contextgraph.storage.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Takes events out of the ledger that are older than the ceiling, when the archive has them.
 *
 * <p><b>Guarantees.</b> A segment is written, and read back and compared, before the first of its events goes. Whoever is killed
 * has left nothing half done that the next run does not go on with: a segment that nothing refers to is written again to the
 * same effect, and a pruning that was begun is ended first.
 *
 * <p><b>Errors.</b> {@link WorkFailedException} where the archive does not have what was written; {@link
 * io.contextgraph.storage.StorageException} and {@link LedgerException} where one of them cannot be reached. What has gone by
 * then is in the archive.
 */
final class Ceiling {
    /** In which form the ledger's own lines are. */
    private static final String LEDGER_FORMAT = "3";

    /** To read a page of events holds up nobody for long. */
    private static final int PAGES_BETWEEN_RESTS = 4;

    private final Partition ledger;
    private final CeilingSettings settings;
    private final Places places;
    private final Keepsakes keepsakes;
    private final InstantSource clock;
    private final Watcher watcher;
    private long segments;
    private long gone;
    private long total;

    /** @param keepsakes what the graph keeps of what goes */
    Ceiling(
            Partition ledger,
            CeilingSettings settings,
            Places places,
            Keepsakes keepsakes,
            InstantSource clock,
            Watcher watcher) {
        this.watcher = watcher;
        this.ledger = ledger;
        this.settings = settings;
        this.places = places;
        this.keepsakes = keepsakes;
        this.clock = clock;
    }

    /**
     * Where segments are written.
     *
     * @param storage that of whole segments: the archive, or, where {@code ids} is there, one that is emptied again
     * @param ids keeps their files of ids only, where no archive is wanted
     * @param scratch local folder for what is not finished
     */
    record Places(Storage storage, Optional<Storage> ids, Path scratch) {
        /** Where it stands what was archived. */
        Storage records() {
            return ids.orElse(storage);
        }
    }

    /** What may leave now, where these groups must have finished it. */
    Candidates candidates(Set<String> groups) {
        return candidates(settings.before(clock.instant()), groups);
    }

    private Candidates candidates(Instant before, Set<String> groups) {
        return new Candidates(ledger, before, groups, settings.sealedOnly());
    }

    /**
     * Runs.
     *
     * @param groups that must have finished an event before it goes
     * @param first what may leave before anything has; it is read again only where that changes
     */
    CeilingReport run(Fence fence, Set<String> groups, Candidates first, Between between) {
        resume(fence, between);
        DiscardedSegments discarded = new DiscardedSegments(ledger, fence);
        Instant before = first.before();
        ArchivedAlready already = already(fence, between);
        boolean changed = already.broughtBack(clock.instant(), first) || gone > 0;
        Candidates candidates = changed ? candidates(before, groups) : first;
        List<RecordedEvent> page = candidates.next(settings.segmentEvents());
        OptionalLong unfinished = Remembered.unfinished(ledger.tiers().notes());
        // To look for what was left costs: it can wait until there is something to do.
        boolean whole = !page.isEmpty();
        if (whole && unfinished.isPresent()) {
            whole = already.unfinished(source().epoch(), unfinished.getAsLong(), discarded);
            candidates = candidates(before, groups);
            page = candidates.next(settings.segmentEvents());
        }
        total = gone + (page.isEmpty() ? 0 : page.size() + candidates.most());
        while (!page.isEmpty()) {
            if (unfinished.isEmpty() || page.getFirst().seq() < unfinished.getAsLong()) {
                unfinished = OptionalLong.of(page.getFirst().seq());
                Remembered.begun(ledger.tiers().notes(), unfinished.getAsLong());
            }
            Segment segment = archived(page, candidates, discarded, between);
            segments++;
            whole &= prune(fence, ledger.pruning().begin(fence, plan(segment)), candidates, between)
                    == segment.counts().events();
            at(Phase.PRUNING, 0);
            discard(segment);
            page = candidates.next(settings.segmentEvents());
        }
        if (whole) {
            Remembered.finished(ledger.tiers().notes());
        }
        return new CeilingReport(
                settings.ceiling(),
                before,
                segments,
                gone,
                candidates.held(),
                candidates.parked(),
                candidates.waiting(),
                already.problem());
    }

    private ArchivedAlready already(Fence fence, Between between) {
        return new ArchivedAlready(
                ledger,
                () -> {
                    Original.Source source = source();
                    return new Archive(places.records(), source.id(), source.partition());
                },
                Optional.of(keepsakes).filter(all -> places.ids().isEmpty()),
                between,
                segment -> {
                    long ignored = prune(fence, ledger.pruning().begin(fence, plan(segment)), null, between);
                });
    }

    /** @param more events of which as much is done, besides those that have left */
    private void at(Phase phase, long more) {
        watcher.at(phase, gone + more, Math.max(total, gone + more));
    }

    /** How many segments have been written. */
    long segments() {
        return segments;
    }

    /** How many events have left. */
    long gone() {
        return gone;
    }

    private Original.Source source() {
        LedgerIdentity identity = ledger.epochs().now().identity();
        return new Original.Source(
                UUID.fromString(identity.id().orElseThrow()), identity.partition(), identity.epoch());
    }

    /** Writes the next segment and reads it back. */
    private Segment archived(
            List<RecordedEvent> first, Candidates candidates, DiscardedSegments discarded, Between between) {
        Original.Source source = source();
        Archive archive = new Archive(places.storage(), source.id(), source.partition());
        if (places.ids().isPresent()) {
            archive.list().segments().forEach(this::discard);
        }
        try {
            Segment segment = written(source, first, candidates, discarded, between);
            between.steps();
            at(Phase.VERIFYING, 0);
            requireWhole(archive, segment);
            between.steps();
            at(Phase.SUMMARIZING, 0);
            keepsakes.keep(archive, segment, all -> true, between);
            if (places.ids().isPresent()) {
                archive.copyIds(segment, places.ids().get(), places.scratch());
            }
            return segment;
        } catch (IOException noRoom) {
            throw new WorkFailedException("the archive's segment cannot be written: " + noRoom.getMessage(), noRoom);
        }
    }

    /** While a page is written the next one is read. */
    private Segment written(
            Original.Source source,
            List<RecordedEvent> first,
            Candidates candidates,
            DiscardedSegments discarded,
            Between between)
            throws IOException {
        try (SegmentWriter writer =
                        new SegmentWriter(places.storage(), source, LEDGER_FORMAT, places.scratch(), clock);
                Prefetch<List<RecordedEvent>> reader =
                        new Prefetch<>(() -> ledger.log().whole(first))) {
            List<RecordedEvent> page = reader.take();
            int events = 0;
            int pages = 0;
            while (!page.isEmpty()) {
                at(Phase.ARCHIVING, events);
                events += page.size();
                int room = settings.segmentEvents() - events;
                reader.ask(() -> ledger.log().whole(room > 0 ? candidates.next(room) : List.of()));
                for (RecordedEvent event : page) {
                    writer.add(event);
                }
                page = reader.take();
                pages++;
                if (pages % PAGES_BETWEEN_RESTS == 0) {
                    between.steps();
                }
            }
            return writer.finish(discarded::attempt);
        }
    }

    private static void requireWhole(Archive archive, Segment segment) {
        List<ArchiveFault> faults = archive.verify(segment.id());
        if (!faults.isEmpty()) {
            throw new WorkFailedException("segment " + segment.id()
                    + " of the archive is not what was written; nothing of it has left the ledger,"
                    + " and the next run writes its events anew: if that happens again, look at "
                    + "the place of the archive: " + faults);
        }
    }

    /** Of what is not wanted nothing stays. */
    private void discard(Segment segment) {
        if (places.ids().isPresent()) {
            Object ignored = new Archive(
                            places.storage(),
                            segment.ledger().id(),
                            segment.ledger().partition())
                    .delete(segment);
        }
    }

    private Pruning.Plan plan(Segment segment) {
        return new Pruning.Plan(
                segment.id().toString(),
                settings.rule(),
                segment.runs(),
                places.ids().isEmpty());
    }

    /** Ends what was begun last, by whomever; what somebody has brought back since, or wanted to, stays. */
    private void resume(Fence fence, Between between) {
        KeptSegments kept = KeptSegments.read(ledger.tiers().notes());
        ledger.pruning()
                .last()
                .filter(last -> SegmentId.parse(last.plan().segment())
                        .filter(kept.segments()::containsKey)
                        .isEmpty())
                .ifPresent(last -> {
                    long ignored = prune(fence, last, null, between);
                });
    }

    /** @param candidates that the events come from; null where they were found by an earlier run */
    private long prune(Fence fence, Pruned pruned, @Nullable Candidates candidates, Between between) {
        long before = gone;
        // Since that run somebody may have set some aside.
        Set<EventId> parked = candidates == null ? Candidates.parked(ledger) : Set.of();
        for (SeqRun run : pruned.plan().runs()) {
            long after = run.from() - 1;
            while (after < run.to()) {
                List<RecordedEvent> events =
                        ledger.order().read(after, (int) Math.min(Pruning.MAX_STEP, run.to() - after)).stream()
                                .filter(event -> run.has(event.seq()))
                                .toList();
                if (events.isEmpty()) {
                    break;
                }
                after = events.getLast().seq();
                at(Phase.PRUNING, 0);
                gone += step(fence, pruned, without(parked, events), candidates);
                between.steps();
            }
        }
        return gone - before;
    }

    private static List<RecordedEvent> without(Set<EventId> parked, List<RecordedEvent> events) {
        return events.stream()
                .filter(event -> !parked.contains(event.event().id()))
                .toList();
    }

    private long step(Fence fence, Pruned pruned, List<RecordedEvent> events, @Nullable Candidates candidates) {
        List<RecordedEvent> going = events;
        Set<SessionId> held = new HashSet<>(ledger.pruning().holds().all().keySet());
        while (true) {
            List<RecordedEvent> free = new ArrayList<>();
            for (RecordedEvent event : going) {
                if (!held.contains(event.event().sessionId())) {
                    free.add(event);
                } else if (candidates != null) {
                    candidates.keep(event.seq());
                }
            }
            if (free.isEmpty()) {
                return 0;
            }
            long last = free.getLast().seq();
            long first = candidates == null ? ledger.pruning().extent().firstSeq() : candidates.firstBehind(last);
            Optional<SessionId> meanwhile = ledger.pruning().step(fence, pruned, free, tallies(free), first);
            if (meanwhile.isEmpty()) {
                return free.size();
            }
            held.add(meanwhile.get());
            going = free;
        }
    }

    private Map<SessionId, String> tallies(List<RecordedEvent> events) {
        Map<SessionId, List<RecordedEvent>> sessions = new HashMap<>();
        events.forEach(event -> sessions.computeIfAbsent(event.event().sessionId(), id -> new ArrayList<>())
                .add(event));
        Map<SessionId, PrunedSession> before = ledger.pruning().sessions(sessions.keySet());
        Map<SessionId, String> tallies = new HashMap<>();
        sessions.forEach((session, own) -> {
            SessionTally tally = Optional.ofNullable(before.get(session))
                    .map(known -> SessionTally.of(known.tally()))
                    .orElseGet(SessionTally::new);
            own.forEach(tally::leaves);
            String ignored = tallies.put(session, tally.toString());
        });
        return tallies;
    }
}
