// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.trim.Obstacle;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/**
 * What a run took out of the streams and of the ledger, or would take.
 *
 * @param dryRun whether nothing was taken
 * @param at when it began
 * @param hotWindow how long entries stay; those that are older may go
 * @param entries of the global stream
 * @param sessionStreams streams of sessions of which nothing is left
 * @param trimmed the last event without an entry
 * @param index what became of the index
 * @param obstacle why older entries stay
 * @param released groups that hold nothing up, because somebody said so
 * @param ceiling what it took out of the ledger; empty where events stay for ever
 */
public record RetentionReport(
        boolean dryRun,
        Instant at,
        Duration hotWindow,
        long entries,
        long sessionStreams,
        Head trimmed,
        IndexChange index,
        Optional<Obstacle> obstacle,
        List<String> released,
        Optional<CeilingReport> ceiling) {
    /** Times to the millisecond. */
    public RetentionReport {
        at = at.truncatedTo(ChronoUnit.MILLIS);
        released = List.copyOf(released);
    }

    /** The same with what has become of the index. */
    RetentionReport with(IndexChange change) {
        return new RetentionReport(
                dryRun, at, hotWindow, entries, sessionStreams, trimmed, change, obstacle, released, ceiling);
    }

    /** The same with what has left the ledger. */
    RetentionReport with(CeilingReport gone) {
        return new RetentionReport(
                dryRun, at, hotWindow, entries, sessionStreams, trimmed, index, obstacle, released, Optional.of(gone));
    }

    /** Whether anything older stays that somebody should look after. */
    public boolean isHeldUp() {
        return obstacle.isPresent() || ceiling.flatMap(CeilingReport::problem).isPresent();
    }
}
