// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.config.Forms;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.trim.Obstacle;
import io.contextgraph.ledger.trim.StoreMemory;
import io.contextgraph.ops.Check;
import io.contextgraph.ops.Concern;
import io.contextgraph.ops.Finding;
import io.contextgraph.ops.Finding.Level;
import io.contextgraph.retention.RetentionStatus.CeilingStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Looks at whether what is old leaves the streams, and what holds it up. */
public final class RetentionCheck implements Check {
    /** A required group does not exist: nothing is trimmed. */
    static final Concern GROUP_MISSING = Concern.degrading("retention_group_missing");

    /** A required group holds up entries that are older than the hot window. */
    static final Concern HELD = Concern.degrading("retention_held");

    /** Memory is scarce: the hot window is shorter than it is set. */
    static final Concern WINDOW_SHRUNK = Concern.degrading("retention_window_shrunk");

    /** Events past the ceiling stay, as they cannot be archived. */
    static final Concern UNARCHIVED = Concern.degrading("retention_unarchived");

    /** Memory is scarce: the ceiling is lower than it is set. */
    static final Concern CEILING_SHRUNK = Concern.degrading("retention_ceiling_shrunk");

    /** Runs of this server fail, or nobody has run for long. */
    static final Concern FAILING = Concern.degrading("retention_failing");

    /** Nobody runs, when so many intervals have gone by. */
    private static final int LATE = 5;

    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final Retention retention;
    private final Optional<RetentionSchedule> schedule;
    private final InstantSource clock;
    private final Instant from;

    /** @param schedule who runs it here; empty where that is left to others */
    public RetentionCheck(Retention retention, Optional<RetentionSchedule> schedule, InstantSource clock) {
        this.retention = retention;
        this.schedule = schedule;
        this.clock = clock;
        this.from = clock.instant();
    }

    @Override
    public String name() {
        return "retention";
    }

    @Override
    public Concern unavailable() {
        return FAILING;
    }

    @Override
    public Set<Concern> concerns() {
        return Set.of(GROUP_MISSING, HELD, WINDOW_SHRUNK, UNARCHIVED, CEILING_SHRUNK, FAILING);
    }

    /** Ready while nothing that is older than the hot window is held up. */
    @Override
    public Checked look() {
        List<Finding> findings = failures();
        try {
            of(retention.status(), findings);
        } catch (LedgerException away) {
            // Of that the ledger's own check tells.
            return new Checked(false, findings);
        }
        return new Checked(findings.isEmpty(), findings);
    }

    /** {@inheritDoc} What asks no store; of one that is slow or hangs the ledger's own check tells. */
    @Override
    public Optional<Supplier<Checked>> pulse() {
        return Optional.of(() -> new Checked(false, failures()));
    }

    private List<Finding> failures() {
        List<Finding> findings = new ArrayList<>();
        schedule.flatMap(RetentionSchedule::failure)
                .ifPresent(why -> findings.add(warning("fails: " + why).as(FAILING)));
        return findings;
    }

    private void of(RetentionStatus status, List<Finding> findings) {
        Instant now = clock.instant();
        status.obstacle().ifPresent(obstacle -> findings.add(of(obstacle, now)));
        if (status.isShrunk()) {
            int percent = status.memory().map(StoreMemory::percent).orElse(0);
            findings.add(warning((percent < HotWindow.ENOUGH_PERCENT
                                    ? "memory was scarce, and is not any more: the hot window widens with each run, and is "
                                    : "memory is scarce: the hot window is ")
                            + Forms.text(status.hotWindowNow())
                            + " in place of "
                            + Forms.text(status.hotWindow())
                            + (status.hotWindowNow().equals(status.minHotWindow()) ? ", the least that is set" : "")
                            + (percent < HotWindow.ENOUGH_PERCENT
                                    ? ""
                                    : ": raise maxmemory; it widens again below " + HotWindow.ENOUGH_PERCENT + "%"))
                    .as(WINDOW_SHRUNK));
        }
        status.unarchived()
                .ifPresent(why -> findings.add(warning(unarchived(why)).as(UNARCHIVED)));
        if (status.ceiling().isShrunk()) {
            findings.add(warning("memory is, or was, scarce: the ceiling is "
                            + Forms.text(status.ceiling().now())
                            + " in place of " + Forms.text(status.ceiling().set())
                            + ": raise maxmemory; it rises again with each run below "
                            + HotWindow.ENOUGH_PERCENT + "%")
                    .as(CEILING_SHRUNK));
        }
        Instant last =
                status.lastRun().map(RetentionReport::at).filter(from::isBefore).orElse(from);
        Duration late = longer(retention.settings().interval().multipliedBy(LATE), PATIENCE);
        if (schedule.isPresent() && status.worker().isEmpty() && last.plus(late).isBefore(now)) {
            findings.add(warning("nobody has run it since " + last + ": see the log of the servers")
                    .as(FAILING));
        }
    }

    private static String unarchived(String why) {
        return why.equals(CeilingUpkeep.WANTED)
                ? why
                : "events past the ceiling stay in Redis: " + why + ": contextgraph doctor tries the archive";
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private Finding of(Obstacle obstacle, Instant now) {
        String what = Obstacles.describe(obstacle, now);
        return switch (obstacle) {
            case Obstacle.Missing ignored ->
                Finding.of(
                                Level.PROBLEM,
                                name(),
                                what + ": start what reads as it, take it out of "
                                        + RetentionSettings.REQUIRED_GROUPS.key()
                                        + ", or contextgraph retention release "
                                        + obstacle.group())
                        .as(GROUP_MISSING);
            case Obstacle.Waiting ignored ->
                warning(what + ": see why it does not get on, or contextgraph retention release " + obstacle.group())
                        .as(HELD);
        };
    }

    private Finding warning(String message) {
        return Finding.of(Level.WARNING, name(), message);
    }

    @Override
    public List<Finding> examine() {
        List<Finding> findings = new ArrayList<>(look().findings());
        try {
            RetentionStatus status = retention.status();
            if (findings.isEmpty()) {
                findings.add(Finding.of(
                        Level.OK,
                        name(),
                        "entries stay for " + Forms.text(status.hotWindowNow()) + "; up to event "
                                + status.trimmed().seq() + " they have left the streams"
                                + (status.unindexed().seq() == 0
                                        ? ""
                                        : "; up to event " + status.unindexed().seq()
                                                + " events have left the index: queries say so")));
            }
            findings.add(Finding.of(Level.OK, name(), ceiling(status.ceiling())));
            findings.add(Finding.of(
                    Level.OK,
                    name(),
                    "before an entry goes, " + status.secondLock().describe()));
            status.groups().stream()
                    .flatMap(group -> group.release().stream())
                    .forEach(release -> findings.add(warning("the group " + release.group() + " was released by "
                            + release.by() + " at " + release.at() + ": " + release.reason())));
        } catch (LedgerException damaged) {
            findings.add(Finding.of(Level.PROBLEM, name(), "how it stands cannot be told: " + damaged.getMessage()));
        }
        return findings;
    }

    private static String ceiling(CeilingStatus ceiling) {
        String gone = ceiling.gone() == 0 ? "none has gone yet" : ceiling.gone() + " have gone";
        String where = ceiling.archive()
                .map(place -> " and go to the archive, " + place)
                .orElse(
                        ceiling.archiveRequired()
                                ? "; there is no archive: then they stay all the same"
                                : " and go for good: no archive is wanted");
        return ceiling.set().isZero()
                ? "events stay for ever"
                : "events stay for " + Forms.text(ceiling.now()) + where + "; " + gone;
    }
}
