// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.archive.Archive;
import io.contextgraph.archive.ArchiveException;
import io.contextgraph.archive.ArchiveSettings;
import io.contextgraph.config.Forms;
import io.contextgraph.event.Event;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.forgetting.GraphForgetting;
import io.contextgraph.graph.GraphException;
import io.contextgraph.graph.GraphSink;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.prune.Pruned;
import io.contextgraph.ledger.prune.Pruning;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.operation.Watcher;
import io.contextgraph.operation.WorkFailedException;
import io.contextgraph.ops.Finding;
import io.contextgraph.restoring.KeptSegments;
import io.contextgraph.restoring.SeqNumbers;
import io.contextgraph.retention.LeasedWork.Between;
import io.contextgraph.retention.RetentionStatus.CeilingStatus;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.StorageException;
import io.contextgraph.storage.StorageTrial;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets what is past the ceiling leave the ledger, as the settings want it: where the archive works, or none is wanted.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class CeilingUpkeep {
    private static final Logger LOG = LoggerFactory.getLogger(CeilingUpkeep.class);

    /** What to do where there is no archive. */
    static final String WANTED = CeilingSettings.CEILING.key() + " wants an archive: set "
            + ArchiveSettings.LOCATION.key() + " or " + ArchiveSettings.REQUIRED.key() + "=false or "
            + CeilingSettings.CEILING.key() + "=0";

    private static final String NO_GRAPH =
            "the graph must be there to keep a summary of what goes: run it on a server, or with the graph";

    /** Most ids that are forgotten at once. */
    private static final int FORGOTTEN_AT_ONCE = 1_000;

    private final Partition ledger;
    private final CeilingSettings settings;
    private final Parts parts;
    private final InstantSource clock;
    private final AtomicLong segments = new AtomicLong();
    private final AtomicLong events = new AtomicLong();

    public CeilingUpkeep(Partition ledger, CeilingSettings settings, Parts parts, InstantSource clock) {
        this.ledger = ledger;
        this.settings = settings;
        this.parts = parts;
        this.clock = clock;
    }

    /** What is being done; done and total are events, the total at most. */
    public enum Phase implements Watcher.Phase {
        ARCHIVING("archiving"),
        VERIFYING("verifying_archive"),
        SUMMARIZING("summarizing"),
        PRUNING("pruning");

        private final String wireName;

        Phase(String wireName) {
            this.wireName = wireName;
        }

        @Override
        public String wireName() {
            return wireName;
        }
    }

    /**
     * What it works with.
     *
     * @param archive where events are archived, where that is set
     * @param ids where files of ids are kept where no archive is wanted
     * @param scratch local folder for what is not finished
     * @param segment a storage in that folder
     * @param graph keeps what is left of what goes; empty where this process has none: then nothing goes
     * @param forgetting takes out of the graph what has gone for long; empty where this process has none
     * @param said what an event says, as text for people; empty where it says nothing
     */
    public record Parts(
            Optional<Storage> archive,
            Storage ids,
            Path scratch,
            Storage segment,
            Optional<GraphSink> graph,
            Optional<GraphForgetting> forgetting,
            Function<Event, String> said) {
        boolean archived() {
            return archive.isPresent();
        }
    }

    boolean isOn() {
        return settings.isOn();
    }

    /** Where to write; empty where there must be an archive, and is none. */
    private Optional<Ceiling.Places> places() {
        if (parts.archive().isPresent()) {
            return Optional.of(new Ceiling.Places(parts.archive().get(), Optional.empty(), parts.scratch()));
        }
        return settings.archiveRequired()
                ? Optional.empty()
                : Optional.of(new Ceiling.Places(parts.segment(), Optional.of(parts.ids()), parts.scratch()));
    }

    /** What the ceiling is now. */
    Duration now(Remembered remembered) {
        return settings.within(remembered.ceiling().orElse(settings.ceiling()), parts.archived());
    }

    /** @param windowLeast whether the hot window was as short as it may be before the run */
    Duration next(Remembered remembered, boolean windowLeast) {
        if (places().isEmpty()) {
            return settings.ceiling();
        }
        return settings.next(now(remembered), windowLeast, ledger.tiers().memoryPercent(), parts.archived());
    }

    /** The same, told and remembered. */
    Duration adjusted(Remembered remembered, boolean windowLeast) {
        Duration before = now(remembered);
        Duration next = next(remembered, windowLeast);
        if (!next.equals(before)) {
            LOG.warn(
                    "retention: the store uses {}% of its memory: the ceiling is now {}",
                    ledger.tiers().memoryPercent(), Forms.text(next));
        }
        Remembered.lowered(
                ledger.tiers().notes(),
                remembered,
                Optional.of(next).filter(one -> !one.equals(settings.within(settings.ceiling(), parts.archived()))));
        return next;
    }

    /**
     * What a run would take now; writes nothing, and does not try the archive.
     *
     * @param trimmed the last event without an entry by then
     */
    CeilingReport preview(Duration ceiling, Set<String> groups, Head trimmed) {
        Instant before = settings.withCeiling(ceiling).before(clock.instant());
        Candidates candidates =
                new Candidates(ledger, before, groups, settings.sealedOnly(), trimmed.seq(), clock.instant());
        SeqNumbers restored = KeptSegments.read(ledger.tiers().notes()).numbers();
        long count = 0;
        long fresh = 0;
        List<RecordedEvent> page = candidates.next(settings.segmentEvents());
        while (!page.isEmpty()) {
            count += page.size();
            fresh += page.stream().filter(event -> !restored.has(event.seq())).count();
            page = candidates.next(settings.segmentEvents());
        }
        Optional<String> problem = places().isEmpty() && count > 0 ? Optional.of(WANTED) : Optional.empty();
        if (problem.isPresent()) {
            count = 0;
            fresh = 0;
        }
        return new CeilingReport(
                ceiling,
                before,
                Math.ceilDiv(fresh, settings.segmentEvents()),
                count,
                candidates.held(),
                candidates.parked(),
                candidates.waiting(),
                problem);
    }

    /**
     * Takes out what may go, and forgets ids that are old enough.
     *
     * @param groups that must have finished an event before it goes
     */
    CeilingReport run(Fence fence, Duration ceiling, Set<String> groups, Watcher watcher, Between between) {
        CeilingSettings shrunk = settings.withCeiling(ceiling);
        Optional<Ceiling.Places> places = places();
        if (places.isEmpty() || parts.graph().isEmpty()) {
            Candidates candidates = new Candidates(ledger, shrunk.before(clock.instant()), groups, shrunk.sealedOnly());
            return stopped(shrunk, candidates, places.isEmpty() ? WANTED : NO_GRAPH);
        }
        Keepsakes keepsakes = new Keepsakes(parts.graph().get(), parts.said());
        Ceiling work = new Ceiling(ledger, shrunk, places.get(), keepsakes, clock, watcher);
        try {
            Candidates candidates = work.candidates(groups);
            Optional<String> broken = candidates.hasNext() ? tried(places.get().records()) : Optional.empty();
            if (broken.isPresent()) {
                return stopped(shrunk, candidates, broken.get());
            }
            CeilingReport report = work.run(fence, groups, candidates, between);
            forget(fence, between);
            forgetNodes(fence, places.get(), between);
            return report;
        } catch (StorageException | ArchiveException | UncheckedIOException | GraphException | WorkFailedException e) {
            String why = String.valueOf(e.getMessage());
            LOG.warn("retention: what is past the ceiling stays: {}", why, e);
            return new CeilingReport(
                    ceiling, shrunk.before(clock.instant()), work.segments(), work.gone(), 0, 0, 0, Optional.of(why));
        } finally {
            long ignored = segments.addAndGet(work.segments());
            ignored = events.addAndGet(work.gone());
        }
    }

    /** Tries the archive: why it does not work. */
    private static Optional<String> tried(Storage records) {
        Finding trial = StorageTrial.of(records, "archive");
        return trial.level() == Finding.Level.OK
                ? Optional.empty()
                : Optional.of("the archive does not work: " + trial.message());
    }

    /** Nothing goes; that is a problem where something would. */
    private static CeilingReport stopped(CeilingSettings shrunk, Candidates candidates, String why) {
        boolean any = candidates.hasNext();
        return new CeilingReport(
                shrunk.ceiling(),
                candidates.before(),
                0,
                0,
                candidates.held(),
                candidates.parked(),
                any ? 0 : candidates.waiting(),
                any ? Optional.of(why) : Optional.empty());
    }

    /** The files of ids know them. */
    private void forget(Fence fence, Between between) {
        Instant before = clock.instant().minus(settings.remember());
        while (ledger.pruning().forget(fence, before, FORGOTTEN_AT_ONCE) == FORGOTTEN_AT_ONCE) {
            between.steps();
        }
    }

    /** What was recorded when, the archive tells, or what is known of it. */
    private void forgetNodes(Fence fence, Ceiling.Places places, Between between) {
        parts.forgetting()
                .ifPresent(forgetting -> Archive.of(places.records(), ledger.epochs())
                        .ifPresent(archive -> {
                            long ignored = forgetting.run(fence, archive, clock.instant(), between::steps);
                        }));
    }

    CeilingStatus status(Remembered remembered) {
        Pruning pruning = ledger.pruning();
        Pruning.Extent extent = pruning.extent();
        Optional<Pruned> last = pruning.last();
        return new CeilingStatus(
                settings.profile().wireName(),
                settings.ceiling(),
                settings.isOn() ? now(remembered) : Duration.ZERO,
                settings.minCeiling(),
                settings.floor(),
                parts.archive().map(Storage::describe),
                settings.archiveRequired(),
                extent.events(),
                extent.through(),
                last.map(Pruned::at),
                last.map(Pruned::plan).filter(Pruning.Plan::archived).map(Pruning.Plan::segment),
                pruning.holds().all().size());
    }

    /** How many segments this object has written. */
    long segments() {
        return segments.get();
    }

    /** How many events have left by it. */
    long events() {
        return events.get();
    }
}
