// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.config.Forms;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.ledger.trim.FencedException;
import io.contextgraph.ledger.trim.Lease;
import io.contextgraph.ledger.trim.Obstacle;
import io.contextgraph.ledger.trim.RetentionNotes;
import io.contextgraph.ledger.trim.StoreMemory;
import io.contextgraph.ledger.trim.TrimPreview;
import io.contextgraph.ledger.trim.TrimRule;
import io.contextgraph.ledger.trim.TrimStep;
import io.contextgraph.operation.Watcher;
import io.contextgraph.operation.WorkFailedException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes out of the streams what is older than the hot window and finished by every required group.
 *
 * <p><b>Guarantees.</b> Of several servers one works at a time; one that was paused and comes back takes nothing. What is done
 * is done in steps, each of which can be repeated. An event stays whatever is done here.
 *
 * <p><b>Errors.</b> {@link LedgerException} where the ledger cannot be reached; what was taken until then is gone rightly.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class Retention {
    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);
    /** What progress calls it. */
    public static final String PHASE = "trimming";

    /** The same of what follows. */
    public static final String INDEX_PHASE = IndexUpkeep.PHASE;

    private static final Watcher.Phase TRIMMING = () -> PHASE;

    /** How long somebody who does not say that it still works has the lease. */
    private static final Duration LEASE = Duration.ofSeconds(30);

    private static final Duration RENEWAL = LEASE.dividedBy(3);
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(200);
    private static final int TRIES = 150;

    private final Ledger ledger;
    private final RetentionSettings settings;
    private final InstantSource clock;
    private final String owner;

    /** @param owner names this process to the others */
    public Retention(Ledger ledger, RetentionSettings settings, InstantSource clock, String owner) {
        this.ledger = ledger;
        this.settings = settings;
        this.clock = clock;
        this.owner = owner;
    }

    public RetentionSettings settings() {
        return settings;
    }

    /** What a run would take now; writes nothing. */
    public RetentionReport preview() {
        Remembered remembered = Remembered.read(notes());
        Instant now = clock.instant();
        Duration window = HotWindow.next(windowOf(remembered), settings, percent());
        List<String> released = held(remembered, now.minus(window));
        TrimPreview preview = ledger.trimming().preview(rule(now.minus(window), released));
        return new RetentionReport(
                true,
                now,
                window,
                preview.entries(),
                preview.sessionStreams(),
                preview.through(),
                upkeep().preview(preview.through()),
                preview.obstacle(),
                released);
    }

    /**
     * Runs, and waits for a while where another one does.
     *
     * @throws WorkFailedException when the other one does not end, or takes over
     */
    public RetentionReport run(Watcher watcher, Rest rest) {
        for (int tries = 0; tries < TRIES; tries++) {
            Optional<RetentionReport> report = runIfFree(watcher, true, rest);
            if (report.isPresent()) {
                return report.get();
            }
            watcher.at(TRIMMING, 0, 0);
            requireGoing(rest.stoppedWithin(BETWEEN_TRIES));
        }
        throw new WorkFailedException(ledger.trimming()
                .lease()
                .holder()
                .map(other -> "retention is at work on " + other.owner() + "; try again later")
                .orElse("retention was at work elsewhere; try again"));
    }

    /**
     * Runs where nobody else does.
     *
     * @return empty where another one works
     * @throws WorkFailedException when another one takes over
     */
    public Optional<RetentionReport> runIfFree(Rest rest) {
        return runIfFree(Watcher.NONE, false, rest);
    }

    private IndexUpkeep upkeep() {
        return new IndexUpkeep(ledger.trimming().index(), settings);
    }

    /** @return why events cannot leave the index; empty where they can, or need not */
    private Optional<LedgerException> unprepared() {
        try {
            upkeep().prepare();
            return Optional.empty();
        } catch (LedgerException cannot) {
            return Optional.of(cannot);
        }
    }

    /** @param counted whether somebody wants to know how much there is: to count it costs */
    private Optional<RetentionReport> runIfFree(Watcher watcher, boolean counted, Rest rest) {
        Optional<LedgerException> unprepared = unprepared();
        Lease lease = ledger.trimming().lease();
        Optional<Fence> taken = lease.take(owner, LEASE);
        if (taken.isEmpty()) {
            return Optional.empty();
        }
        try {
            RetentionReport report = run(taken.get(), watcher, counted, unprepared.isEmpty(), rest);
            if (unprepared.isPresent()) {
                throw unprepared.get();
            }
            return Optional.of(report);
        } catch (FencedException lost) {
            throw new WorkFailedException("another server has taken over: " + lost.getMessage(), lost);
        } finally {
            release(lease, taken.get());
        }
    }

    private static void release(Lease lease, Fence fence) {
        try {
            lease.release(fence);
        } catch (LedgerException away) {
            LOG.debug("retention: the lease goes by itself", away);
        }
    }

    private RetentionReport run(Fence fence, Watcher watcher, boolean counted, boolean indexing, Rest rest) {
        Remembered remembered = Remembered.read(notes());
        Instant now = clock.instant();
        Duration window = adjusted(windowOf(remembered));
        Instant before = now.minus(window);
        List<String> released = endings(remembered, before);
        RetentionReport report = steps(fence, new Run(now, window, released, counted, indexing), watcher, rest);
        Remembered.ran(notes(), report);
        return report;
    }

    /** What a run goes by. */
    private record Run(Instant at, Duration window, List<String> released, boolean counted, boolean indexing) {
        Instant before() {
            return at.minus(window);
        }
    }

    private RetentionReport steps(Fence fence, Run run, Watcher watcher, Rest rest) {
        TrimRule rule = rule(run.before(), run.released());
        long total = run.counted() ? ledger.trimming().preview(rule).entries() : 0;
        long entries = 0;
        long sessions = 0;
        Renewal renewal = new Renewal(fence);
        while (true) {
            watcher.at(TRIMMING, entries, Math.max(total, entries));
            TrimStep step = ledger.trimming().step(fence, rule, settings.step());
            entries += step.entries();
            sessions += step.sessionStreams();
            if (!step.more()) {
                watcher.at(TRIMMING, entries, entries);
                IndexChange index = index(run, renewal, step.through(), watcher, rest);
                return new RetentionReport(
                        false,
                        run.at(),
                        run.window(),
                        entries,
                        sessions,
                        step.through(),
                        index,
                        step.obstacle(),
                        run.released());
            }
            requireGoing(rest.stoppedWithin(settings.pause()));
            renewal.renew();
        }
    }

    /** What is cold leaves the index, or comes back: behind the streams, so that nothing leaves it that is in them. */
    private IndexChange index(Run run, Renewal renewal, Head trimmed, Watcher watcher, Rest rest) {
        if (!run.indexing()) {
            return new IndexChange(0, 0, ledger.trimming().index().unindexed());
        }
        return upkeep().run(renewal.fence, trimmed, watcher, () -> {
            requireGoing(rest.stoppedWithin(settings.pause()));
            renewal.renew();
        });
    }

    /** Keeps the lease while there is work. */
    private final class Renewal {
        private final Fence fence;
        private Instant last = clock.instant();

        Renewal(Fence fence) {
            this.fence = fence;
        }

        void renew() {
            Instant now = clock.instant();
            if (now.isBefore(last.plus(RENEWAL))) {
                return;
            }
            if (!ledger.trimming().lease().renew(fence, LEASE)) {
                throw new FencedException("the lease has run out");
            }
            last = now;
        }
    }

    private static void requireGoing(boolean stopped) {
        if (stopped) {
            throw new CancellationException("the server ends");
        }
    }

    private RetentionNotes notes() {
        return ledger.tiers().notes();
    }

    private TrimRule rule(Instant before, List<String> released) {
        Set<String> groups = new HashSet<>(settings.requiredGroups());
        released.forEach(groups::remove);
        return new TrimRule(before, groups);
    }

    private Duration windowOf(Remembered remembered) {
        return HotWindow.within(remembered.window().orElse(settings.hotWindow()), settings);
    }

    /** Whether the store uses so much of its memory that the hot window shrinks. */
    boolean isScarce() {
        return percent() >= HotWindow.SCARCE_PERCENT;
    }

    private int percent() {
        return ledger.tiers().memory().map(StoreMemory::percent).orElse(0);
    }

    private Duration adjusted(Duration window) {
        int percent = percent();
        Duration next = HotWindow.next(window, settings, percent);
        if (next.compareTo(window) < 0) {
            LOG.warn(
                    "retention: the store uses {}% of its memory: the hot window is now {}", percent, Forms.text(next));
        } else if (next.compareTo(window) > 0) {
            LOG.info(
                    "retention: the store uses {}% of its memory: the hot window is now {} again",
                    percent, Forms.text(next));
        }
        Remembered.window(notes(), next);
        return next;
    }

    /** Groups that are still released; of those that have caught up the release ends. */
    private List<String> endings(Remembered remembered, Instant before) {
        List<String> held = held(remembered, before);
        remembered.releases().values().stream()
                .filter(release -> !held.contains(release.group()))
                .forEach(release -> {
                    Remembered.ended(notes(), release);
                    LOG.info("retention: the group {} has caught up, and is required again", release.group());
                });
        return held;
    }

    private List<String> held(Remembered remembered, Instant before) {
        return remembered.releases().keySet().stream()
                .filter(group -> settings.requiredGroups().contains(group))
                .filter(group -> !hasCaughtUp(group, before))
                .toList();
    }

    /** Whether a group would hold nothing up: it has finished what has no entry any more, and what may go now. */
    private boolean hasCaughtUp(String group, Instant before) {
        EventFeed.Progress progress = ledger.feed(group).progress();
        return progress.seenThroughSeq() >= ledger.trimming().trimmed().seq()
                && progress.waitingSince()
                        .filter(since -> since.isBefore(before))
                        .isEmpty();
    }

    /**
     * Lets a required group hold nothing up until it has caught up; in place of what was said of it before.
     *
     * @param by who says so
     * @return empty where the group is not required
     */
    public Optional<GroupRelease> release(String group, String by, String reason) {
        if (!settings.requiredGroups().contains(group)) {
            return Optional.empty();
        }
        if (!GroupRelease.isReason(reason)) {
            throw new IllegalArgumentException(
                    "a release needs a reason of 1 to " + GroupRelease.MAX_REASON + " characters");
        }
        GroupRelease release = new GroupRelease(group, by, clock.instant(), reason);
        Remembered.released(notes(), release);
        LOG.warn("retention: {} has released the group {}: {}", by, group, reason);
        return Optional.of(release);
    }

    /** How it stands. */
    public RetentionStatus status() {
        Remembered remembered = Remembered.read(notes());
        return new RetentionStatus(
                settings.hotWindow(),
                windowOf(remembered),
                settings.minHotWindow(),
                ledger.tiers().memory(),
                ledger.trimming().trimmed(),
                settings.coldIndex(),
                ledger.trimming().index().unindexed(),
                settings.requiredGroups().stream()
                        .sorted()
                        .map(group -> status(group, remembered))
                        .toList(),
                ledger.trimming().lease().holder(),
                ledger.trimming().secondLock(),
                remembered.lastRun(),
                remembered.reachedAt());
    }

    private RetentionStatus.GroupStatus status(String group, Remembered remembered) {
        EventFeed.Progress progress = ledger.feed(group).progress();
        return new RetentionStatus.GroupStatus(
                group,
                progress.seenThroughSeq(),
                progress.waitingSince(),
                Optional.ofNullable(remembered.releases().get(group)));
    }

    /** For people: what holds entries up, and since when. */
    public static String describe(Obstacle obstacle, Instant now) {
        return switch (obstacle) {
            case Obstacle.Missing missing ->
                "the required group " + missing.group() + " does not exist: nothing is trimmed";
            case Obstacle.Waiting waiting ->
                "the required group " + waiting.group() + " has finished "
                        + waiting.finished().seq()
                        + " events, and holds up what has been in the ledger for "
                        + Duration.between(waiting.since(), now).toSeconds() + " s";
        };
    }
}
