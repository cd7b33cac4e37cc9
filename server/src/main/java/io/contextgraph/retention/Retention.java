// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.config.Forms;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.prune.Hold;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.ledger.trim.RetentionNotes;
import io.contextgraph.ledger.trim.TrimPreview;
import io.contextgraph.ledger.trim.TrimRule;
import io.contextgraph.ledger.trim.TrimStep;
import io.contextgraph.operation.Watcher;
import io.contextgraph.operation.WorkFailedException;
import io.contextgraph.retention.LeasedWork.Between;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes out of the streams what is older than the hot window and finished by every required group, and out of the ledger what
 * is older than the ceiling and archived.
 *
 * <p><b>Guarantees.</b> Of several servers one works at a time; one that was paused and comes back takes nothing. What is done
 * is done in steps, each of which can be repeated. Nothing goes that is younger than the ceiling.
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

    /** A segment is written, and read back, without a word. */
    private static final Duration ARCHIVING = Duration.ofMinutes(2);

    private static final Duration BETWEEN_TRIES = Duration.ofMillis(200);
    private static final int TRIES = 150;

    private final Partition ledger;
    private final RetentionSettings settings;
    private final InstantSource clock;
    private final String owner;
    private final Obstacles obstacles;
    private final Releases releases;
    private final IndexUpkeep upkeep;
    private final CeilingUpkeep ceiling;
    private final AtomicLong taken = new AtomicLong();

    /**
     * @param ceiling of the same ledger
     * @param owner names this process to the others
     */
    public Retention(
            Partition ledger, RetentionSettings settings, CeilingUpkeep ceiling, InstantSource clock, String owner) {
        this.ledger = ledger;
        this.settings = settings;
        this.ceiling = ceiling;
        this.clock = clock;
        this.owner = owner;
        this.obstacles = new Obstacles(ledger);
        this.releases = new Releases(ledger, settings);
        this.upkeep = new IndexUpkeep(ledger, settings, clock);
    }

    public RetentionSettings settings() {
        return settings;
    }

    /** What a run would take now; writes nothing. */
    public RetentionReport preview() {
        Terms terms = terms();
        TrimPreview preview = ledger.trimming().preview(terms.rule());
        Remembered remembered = Remembered.read(notes());
        Optional<CeilingReport> gone = ceiling.isOn()
                ? Optional.of(ceiling.preview(
                        ceiling.next(remembered, isLeast(remembered)),
                        terms.rule().groups(),
                        preview.through()))
                : Optional.empty();
        return new RetentionReport(
                true,
                terms.at(),
                terms.window(),
                preview.entries(),
                preview.sessionStreams(),
                preview.through(),
                upkeep.change(preview.through(), ledger.trimming().index().unindexed()),
                obstacles.exact(preview.obstacle()),
                terms.released(),
                gone);
    }

    private boolean isLeast(Remembered remembered) {
        return windowOf(remembered).equals(settings.minHotWindow());
    }

    /**
     * What a run goes by.
     *
     * @param released required groups that it does not wait for
     */
    private record Terms(Instant at, Duration window, List<String> released, TrimRule rule) {}

    private Terms terms() {
        Remembered remembered = Remembered.read(notes());
        Instant now = clock.instant();
        Duration window =
                HotWindow.next(windowOf(remembered), settings, ledger.tiers().memoryPercent());
        return terms(now, window, releases.held(remembered, now.minus(window)));
    }

    private Terms terms(Instant now, Duration window, List<String> released) {
        return new Terms(now, window, released, new TrimRule(now.minus(window), required(released)));
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
            LeasedWork.requireGoing(rest.stoppedWithin(BETWEEN_TRIES));
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

    /** @param counted whether somebody wants to know how much there is: to count it costs */
    private Optional<RetentionReport> runIfFree(Watcher watcher, boolean counted, Rest rest) {
        // Before there is a lease that could run out meanwhile.
        long total = counted ? ledger.trimming().entries(terms().rule()) : 0;
        boolean least = isLeast(Remembered.read(notes()));
        Optional<RetentionReport> trimmed =
                work().run(LEASE, rest, (fence, between) -> trim(fence, total, watcher, between));
        return trimmed.map(
                        report -> upkeep.isDone(report.trimmed(), report.index().unindexed())
                                ? report
                                : index(report, watcher, rest))
                .map(report -> ceiling.isOn() ? archive(report, least, watcher, rest) : report);
    }

    /** What is past the ceiling leaves the ledger: behind the streams, so that nothing leaves it that is in them. */
    private RetentionReport archive(RetentionReport report, boolean windowLeast, Watcher watcher, Rest rest) {
        Set<String> groups = required(report.released());
        return work().run(ARCHIVING, rest, (fence, between) -> {
                    Duration now = ceiling.adjusted(Remembered.read(notes()), windowLeast);
                    RetentionReport whole = report.with(ceiling.run(fence, now, groups, watcher, between));
                    Remembered.ran(notes(), whole);
                    return whole;
                })
                .orElse(report);
    }

    private Set<String> required(List<String> released) {
        Set<String> groups = new HashSet<>(settings.requiredGroups());
        released.forEach(groups::remove);
        return groups;
    }

    /** What is cold leaves the index, or comes back: behind the streams, so that nothing leaves it that is in them. */
    private RetentionReport index(RetentionReport report, Watcher watcher, Rest rest) {
        // That may take as long as building an index: longer than anybody should have the lease.
        upkeep.prepare();
        return work().run(LEASE, rest, (fence, between) -> {
                    IndexChange change = upkeep.run(fence, report.trimmed(), watcher, between);
                    RetentionReport whole = report.with(change);
                    Remembered.ran(notes(), whole);
                    return whole;
                })
                .orElse(report);
    }

    private RetentionReport trim(Fence fence, long total, Watcher watcher, Between between) {
        Remembered remembered = Remembered.read(notes());
        Instant now = clock.instant();
        Duration window = adjusted(remembered);
        Terms terms = terms(now, window, releases.settled(remembered, now.minus(window)));
        Head unindexed = ledger.trimming().index().unindexed();
        long entries = 0;
        long sessions = 0;
        while (true) {
            watcher.at(TRIMMING, entries, Math.max(total, entries));
            TrimStep step = ledger.trimming().step(fence, terms.rule(), settings.step());
            long ignored = taken.addAndGet(step.entries());
            entries += step.entries();
            sessions += step.sessionStreams();
            if (!step.more()) {
                watcher.at(TRIMMING, entries, entries);
                RetentionReport report = new RetentionReport(
                        false,
                        now,
                        window,
                        entries,
                        sessions,
                        step.through(),
                        new IndexChange(0, 0, unindexed),
                        obstacles.exact(step.obstacle()),
                        terms.released(),
                        Optional.empty());
                Remembered.ran(notes(), report);
                return report;
            }
            between.steps();
        }
    }

    private LeasedWork work() {
        return new LeasedWork(ledger.trimming().lease(), owner, settings.pause(), clock);
    }

    private RetentionNotes notes() {
        return ledger.tiers().notes();
    }

    private Duration windowOf(Remembered remembered) {
        return HotWindow.within(remembered.window().orElse(settings.hotWindow()), settings);
    }

    /** Whether the store uses so much of its memory that the hot window shrinks. */
    boolean isScarce() {
        return ledger.tiers().memoryPercent() >= HotWindow.SCARCE_PERCENT;
    }

    private Duration adjusted(Remembered remembered) {
        Duration window = windowOf(remembered);
        int percent = ledger.tiers().memoryPercent();
        Duration next = HotWindow.next(window, settings, percent);
        if (next.compareTo(window) < 0) {
            LOG.warn(
                    "retention: the store uses {}% of its memory: the hot window is now {}", percent, Forms.text(next));
        } else if (next.compareTo(window) > 0) {
            LOG.info(
                    "retention: the store uses {}% of its memory: the hot window is now {} again",
                    percent, Forms.text(next));
        }
        // What is set counts as soon as it is set; only what memory made of it is remembered.
        Remembered.shrunk(notes(), remembered, Optional.of(next).filter(one -> !one.equals(settings.hotWindow())));
        return next;
    }

    CeilingUpkeep ceiling() {
        return ceiling;
    }

    /** How many entries this object has taken. */
    long taken() {
        return taken.get();
    }

    /**
     * Lets a required group hold nothing up until it has caught up; in place of what was said of it before.
     *
     * @param by who says so
     * @return empty where the group is not required
     */
    public Optional<GroupRelease> release(String group, String by, String reason) {
        return releases.add(group, by, clock.instant(), reason);
    }

    /** Sessions of which nothing goes, in the order of their ids. */
    public List<HeldSession> holds() {
        return HeldSession.all(ledger);
    }

    /**
     * Lets nothing of a session go, whether or not there is any of it; in place of what was said of it before.
     *
     * @param by who says so
     * @throws IllegalArgumentException when {@code reason} is none
     */
    public HeldSession hold(SessionId session, String by, String reason) {
        if (!GroupRelease.isReason(reason)) {
            throw new IllegalArgumentException(
                    "a hold needs a reason of 1 to " + GroupRelease.MAX_REASON + " characters");
        }
        LOG.warn("retention: {} holds the session {}: {}", by, session, reason);
        return HeldSession.put(ledger, session, new Hold(reason, by, clock.instant()));
    }

    /**
     * Holds a session no longer: what is past the ceiling goes with the next run.
     *
     * @return what was said of it; empty where it was not held
     */
    public Optional<HeldSession> unhold(SessionId session) {
        return HeldSession.release(ledger, session);
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
                ceiling.status(remembered),
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
}
