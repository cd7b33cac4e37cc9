// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.restoring;

import io.contextgraph.archive.Archive;
import io.contextgraph.archive.ArchiveException;
import io.contextgraph.archive.ArchiveFault;
import io.contextgraph.archive.ArchiveFault.Kind;
import io.contextgraph.archive.Segment;
import io.contextgraph.archive.SegmentId;
import io.contextgraph.archive.SegmentReader;
import io.contextgraph.config.Forms;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.SessionTally;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.personal.SealedForm;
import io.contextgraph.ledger.prune.PrunedSession;
import io.contextgraph.ledger.prune.Pruning;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.ledger.trim.FencedException;
import io.contextgraph.operation.Watcher;
import io.contextgraph.operation.WorkFailedException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Brings events back from the archive into the ledger that they have left, with their old numbers and positions.
 *
 * <p><b>Guarantees.</b> All segments are read and found whole, and found to fit to the ledger, before the first event is
 * written. What the ledger has already is left alone: whoever is killed has left nothing half done, and a second run brings back
 * the rest. The ceiling lets them stay for as long as was asked.
 *
 * <p><b>Errors.</b> {@link WorkFailedException} where retention is at work elsewhere; those of ledger and archive.
 */
public final class Restorer {
    private static final Duration LEASE = Duration.ofMinutes(1);

    /** Most characters of payloads in one step, but for the last event of it. */
    private static final int STEP_CHARS = 1 << 20;

    /** How long restored events are kept where nobody says otherwise. */
    public static final Duration KEEP = Duration.ofDays(7);

    /** The form of {@link #keep}, as a regular expression. */
    public static final String KEEP_PATTERN = "^(0|[0-9]{1,4}[smhd])$";

    private final Partition ledger;
    private final Archive archive;
    private final String owner;
    private final InstantSource clock;
    private final Predicate<SealedForm> erased;

    /** @param owner names this process to others on the same ledger */
    public Restorer(Partition ledger, Archive archive, String owner, InstantSource clock) {
        this(ledger, archive, owner, clock, form -> false);
    }

    private Restorer(
            Partition ledger, Archive archive, String owner, InstantSource clock, Predicate<SealedForm> erased) {
        this.ledger = ledger;
        this.archive = archive;
        this.owner = owner;
        this.clock = clock;
        this.erased = erased;
    }

    /**
     * The same, which brings events of persons who were erased since back without what was sealed.
     *
     * @param sealedByErased whether a payload is sealed by a key that was erased
     */
    public Restorer forgetting(Predicate<SealedForm> sealedByErased) {
        return new Restorer(ledger, archive, owner, clock, sealedByErased);
    }

    /**
     * The same for a store that is empty.
     *
     * @param id that of the ledger whose archive it is
     */
    public Founder founder(UUID id) {
        return new Founder(this, ledger, archive, id, clock);
    }

    /** What is being done; done and total are segments, then events. */
    public enum Phase implements Watcher.Phase {
        VERIFYING("verifying_archive"),
        RESTORING("restoring");

        private final String wireName;

        Phase(String wireName) {
            this.wireName = wireName;
        }

        @Override
        public String wireName() {
            return wireName;
        }
    }

    /** Reads how long events are kept: {@code 0}, or a whole number of up to 4 digits with s, m, h or d. */
    public static Optional<Duration> keep(String text) {
        return text.matches(KEEP_PATTERN) ? Forms.durationOrNone("0s").parse(text) : Optional.empty();
    }

    /**
     * Restores segments.
     *
     * @param keep how long the ceiling leaves the events alone: at least, where more was asked for before; or zero: until it runs
     * @param dryRun whether it is only said what would come back
     */
    public RestoreReport run(List<SegmentId> ids, Duration keep, boolean dryRun, Watcher watcher) {
        Instant until = clock.instant().plus(keep).truncatedTo(ChronoUnit.MILLIS);
        List<ArchiveFault> faults = new ArrayList<>();
        List<Segment> segments = new ArrayList<>();
        for (SegmentId id : ids) {
            watcher.at(Phase.VERIFYING, segments.size(), ids.size());
            List<ArchiveFault> wrong = archive.verify(id);
            faults.addAll(wrong);
            if (wrong.isEmpty()) {
                Segment segment = archive.segment(id);
                segments.add(segment);
                lost(segment).or(() -> other(segment)).ifPresent(faults::add);
            }
        }
        if (!faults.isEmpty()) {
            return new RestoreReport(dryRun, segments.size(), 0, 0, 0, Optional.of(until), faults);
        }
        return bring(segments, until, keep.isZero(), dryRun, watcher);
    }

    /**
     * Restores segments that were found whole.
     *
     * @param shorter whether they stay until then, whatever was asked for before
     */
    RestoreReport bring(List<Segment> segments, Instant until, boolean shorter, boolean dryRun, Watcher watcher) {
        Work work = new Work(
                segments.stream()
                        .mapToLong(segment -> segment.counts().events())
                        .sum(),
                watcher);
        if (dryRun) {
            segments.forEach(work::restore);
        } else {
            leased(fence -> {
                work.fence = Optional.of(fence);
                for (Segment segment : segments) {
                    // Before the first of them is there.
                    KeptSegments.put(ledger.tiers().notes(), segment, until, shorter);
                    work.restore(segment);
                }
            });
        }
        return new RestoreReport(dryRun, segments.size(), work.restored, work.there, 0, Optional.of(until), List.of());
    }

    private Optional<ArchiveFault> lost(Segment segment) {
        return segment.cutOff(ledger.epochs().now().identity())
                .map(last -> new ArchiveFault(
                        Kind.FOREIGN,
                        segment.id().toString(),
                        "its epoch has nothing in common with the ledger behind seq " + last.seq()));
    }

    /** What the ledger has at the numbers of a segment must be what the segment has. */
    private Optional<ArchiveFault> other(Segment segment) {
        List<RecordedEvent> next = ledger.order().read(segment.first().seq() - 1, 1);
        if (next.isEmpty() || next.getFirst().seq() > segment.last().seq()) {
            return Optional.empty();
        }
        List<ArchiveFault> faults = new ArrayList<>();
        There there = new There();
        steps(segment, step -> {
            Map<Long, RecordedEvent> known = there.among(step);
            if (faults.isEmpty()) {
                step.stream()
                        .filter(event -> isOther(event, known))
                        .findFirst()
                        .ifPresent(event -> faults.add(other(segment, event)));
            }
        });
        return faults.stream().findFirst();
    }

    private static boolean isOther(RecordedEvent event, Map<Long, RecordedEvent> known) {
        RecordedEvent there = known.get(event.seq());
        return there != null
                && !(there.event().id().equals(event.event().id())
                        && there.position().equals(event.position())
                        && there.contentHash().equals(event.contentHash()));
    }

    private static ArchiveFault other(Segment segment, RecordedEvent event) {
        return new ArchiveFault(
                Kind.FOREIGN,
                segment.id().toString(),
                "the ledger has another event than " + event.event().id() + " at seq " + event.seq());
    }

    /** The events of a segment that was found whole, with payloads, as many at once as one step may have. */
    private void steps(Segment segment, Consumer<List<RecordedEvent>> work) {
        List<RecordedEvent> step = new ArrayList<>();
        long chars = 0;
        try (SegmentReader events = archive.read(segment)) {
            Optional<RecordedEvent> next = events.next();
            while (next.isPresent()) {
                step.add(left(next.get()));
                chars += next.get()
                        .event()
                        .payload()
                        .map(payload -> payload.json().length())
                        .orElse(0);
                next = events.next();
                if (next.isEmpty() || step.size() == Pruning.MAX_STEP || chars > STEP_CHARS) {
                    work.accept(step);
                    step = new ArrayList<>();
                    chars = 0;
                }
            }
        } catch (ArchiveException changed) {
            throw new WorkFailedException(
                    "the segment has changed since it was verified: " + changed.getMessage(), changed);
        }
    }

    /** What is left of an event. */
    private RecordedEvent left(RecordedEvent event) {
        return SealedForm.of(event.event()).filter(erased).isPresent() ? event.withPayload(Optional.empty()) : event;
    }

    /** What the ledger has at numbers that rise: where it has nothing for long it is asked once. */
    private final class There {
        /** No event from where it was asked last up to this number. */
        private long next;

        /** What there is between the numbers of some events, by number. */
        private Map<Long, RecordedEvent> among(List<RecordedEvent> events) {
            Map<Long, RecordedEvent> known = new HashMap<>();
            long to = events.getLast().seq();
            long after = Math.max(events.getFirst().seq(), next) - 1;
            while (after < to) {
                List<RecordedEvent> page = ledger.order().read(after, (int) Math.min(Pruning.MAX_STEP, to - after));
                page.forEach(event -> known.put(event.seq(), event));
                after = page.isEmpty() ? Long.MAX_VALUE - 1 : page.getLast().seq();
                next = page.stream()
                        .mapToLong(RecordedEvent::seq)
                        .filter(seq -> seq > to)
                        .findFirst()
                        .orElse(after + 1);
            }
            return known;
        }
    }

    /**
     * Works while retention does not.
     *
     * @throws WorkFailedException where it does, or takes over
     */
    void leased(Consumer<Fence> work) {
        Fence fence = ledger.trimming()
                .lease()
                .take(owner, LEASE)
                .orElseThrow(() -> new WorkFailedException("retention is at work; try again later"));
        try {
            work.accept(fence);
        } catch (FencedException lost) {
            throw new WorkFailedException("another server has taken over: " + lost.getMessage(), lost);
        } finally {
            ledger.trimming().lease().release(fence);
        }
    }

    /** One run. */
    private final class Work {
        private final long total;
        private final Watcher watcher;
        /** Empty where it is only said what would come back. */
        private Optional<Fence> fence = Optional.empty();

        private long restored;
        private long there;

        private Work(long total, Watcher watcher) {
            this.total = total;
            this.watcher = watcher;
        }

        private void restore(Segment segment) {
            There known = new There();
            steps(segment, step -> step(step, known.among(step)));
        }

        /** @param known what the ledger has at their numbers */
        private void step(List<RecordedEvent> events, Map<Long, RecordedEvent> known) {
            List<RecordedEvent> missing = events.stream()
                    .filter(event -> !known.containsKey(event.seq()))
                    .toList();
            fence.ifPresent(held -> {
                if (!ledger.trimming().lease().renew(held, LEASE)) {
                    throw new FencedException("the lease has run out");
                }
                if (!missing.isEmpty()) {
                    ledger.pruning().restore(held, missing, tallies(missing));
                }
            });
            restored += missing.size();
            there += events.size() - missing.size();
            watcher.at(Phase.RESTORING, restored + there, total);
        }

        private Map<SessionId, String> tallies(List<RecordedEvent> events) {
            Map<SessionId, List<RecordedEvent>> sessions = new HashMap<>();
            events.forEach(event -> sessions.computeIfAbsent(event.event().sessionId(), id -> new ArrayList<>())
                    .add(event));
            Map<SessionId, PrunedSession> before = ledger.pruning().sessions(sessions.keySet());
            Map<SessionId, String> tallies = new HashMap<>();
            before.forEach((session, gone) -> {
                SessionTally tally = SessionTally.of(gone.tally());
                sessions.getOrDefault(session, List.of()).forEach(tally::remove);
                tallies.put(session, tally.toString());
            });
            return tallies;
        }
    }
}
