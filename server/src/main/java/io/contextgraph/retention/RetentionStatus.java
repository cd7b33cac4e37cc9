// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.trim.Lease;
import io.contextgraph.ledger.trim.Obstacle;
import io.contextgraph.ledger.trim.SecondLock;
import io.contextgraph.ledger.trim.StoreMemory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How retention stands.
 *
 * @param hotWindow what is set
 * @param hotWindowNow what counts; shorter while memory is scarce
 * @param memory how full the store is; empty where it does not tell
 * @param trimmed the last event without an entry
 * @param coldIndex whether events without an entry are to be in the index
 * @param unindexed the last event that it does not have, with everything before it
 * @param groups those that are required
 * @param worker who trims at this moment
 * @param lastRun the last one that was no dry run
 * @param secondLock what holds entries back beside the groups that are asked
 * @param ceiling how it stands with what leaves the ledger
 * @param reachedAt when a run last left nothing behind that is older than the hot window
 */
public record RetentionStatus(
        Duration hotWindow,
        Duration hotWindowNow,
        Duration minHotWindow,
        Optional<StoreMemory> memory,
        Head trimmed,
        boolean coldIndex,
        Head unindexed,
        List<GroupStatus> groups,
        Optional<Lease.Holder> worker,
        SecondLock secondLock,
        Optional<RetentionReport> lastRun,
        CeilingStatus ceiling,
        Optional<Instant> reachedAt) {
    public RetentionStatus {
        groups = List.copyOf(groups);
    }

    /** Whether memory has made the window shorter. */
    public boolean isShrunk() {
        return hotWindowNow.compareTo(hotWindow) < 0;
    }

    /** What held up the last run, as far as the group has not finished it since. */
    public Optional<Obstacle> obstacle() {
        return lastRun.flatMap(run ->
                run.obstacle().filter(obstacle -> stands(obstacle, run.at().minus(run.hotWindow()))));
    }

    private boolean stands(Obstacle obstacle, Instant before) {
        return groups.stream()
                .filter(group ->
                        group.name().equals(obstacle.group()) && group.release().isEmpty())
                .anyMatch(group -> switch (obstacle) {
                    case Obstacle.Missing ignored -> group.finishedSeq() == 0;
                    case Obstacle.Waiting ignored ->
                        group.waitingSince()
                                .filter(since -> since.isBefore(before))
                                .isPresent();
                });
    }

    /** Why the last run could not archive what is past the ceiling. */
    public Optional<String> unarchived() {
        return ceiling.set().isZero()
                ? Optional.empty()
                : lastRun.flatMap(RetentionReport::ceiling).flatMap(CeilingReport::problem);
    }

    /**
     * How it stands with what leaves the ledger.
     *
     * @param profile by its name
     * @param set the ceiling as it is set; zero: there is none
     * @param now what counts; shorter while memory is scarce
     * @param least how short it becomes
     * @param floor for how long an event must be in the ledger or in the archive
     * @param archive where events are archived; empty where that is not set
     * @param archiveRequired whether events stay where there is no archive
     * @param gone how many events have left
     * @param through the last of them
     * @param lastAt when the last of them began to leave
     * @param lastSegment with which segment of the archive; empty where it has none
     * @param holds sessions that are held
     */
    public record CeilingStatus(
            String profile,
            Duration set,
            Duration now,
            Duration least,
            Duration floor,
            Optional<String> archive,
            boolean archiveRequired,
            long gone,
            Head through,
            Optional<Instant> lastAt,
            Optional<String> lastSegment,
            long holds) {
        /** Whether memory has made it shorter. */
        public boolean isShrunk() {
            return now.compareTo(set) < 0;
        }
    }

    /**
     * A required group.
     *
     * @param finishedSeq number of the last event that it has finished, with all before it
     * @param waitingSince when the first that it has not finished was recorded
     */
    public record GroupStatus(
            String name, long finishedSeq, Optional<Instant> waitingSince, Optional<GroupRelease> release) {}
}
