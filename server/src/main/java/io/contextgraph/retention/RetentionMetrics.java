// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.ledger.trim.Obstacle;
import io.contextgraph.ledger.trim.TierSizes;
import io.contextgraph.ops.Metrics;
import io.contextgraph.ops.Metrics.Reading;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** What can be watched of retention. */
public final class RetentionMetrics {
    private RetentionMetrics() {}

    /** How it stands, whoever works; NaN while the ledger fails or takes too long, and where there is nothing to tell. */
    public static void standing(Metrics metrics, Supplier<RetentionStatus> status, InstantSource clock) {
        metrics.store(
                status,
                List.of(
                        new Reading<>(
                                "retention.window.seconds",
                                "How long an entry stays in the streams now",
                                s -> seconds(s.hotWindowNow())),
                        new Reading<>(
                                "retention.window.set.seconds",
                                "How long it is set to stay",
                                s -> seconds(s.hotWindow())),
                        new Reading<>(
                                "retention.trimmed.seq",
                                "Number of the last event without an entry",
                                s -> s.trimmed().seq()),
                        new Reading<>(
                                "retention.unindexed.seq",
                                "Number of the last event that the index does not have, with all before it",
                                s -> s.unindexed().seq()),
                        new Reading<>(
                                "retention.run.age.seconds",
                                "How long ago the last run began; 0 while one is at work",
                                s -> s.worker().isPresent()
                                        ? 0
                                        : age(s.lastRun().map(RetentionReport::at), clock)),
                        new Reading<>(
                                "retention.reached.age.seconds",
                                "How long ago a run last left nothing behind that is older than the window",
                                s -> age(s.reachedAt(), clock)),
                        new Reading<>(
                                "retention.held.seconds",
                                "How long what a required group holds up has been in the ledger; 0: nothing is held up",
                                s -> held(s, clock)),
                        new Reading<>(
                                "retention.group.missing",
                                "1 while a required group does not exist, so that nothing is trimmed",
                                s -> s.obstacle()
                                                .filter(Obstacle.Missing.class::isInstance)
                                                .isPresent()
                                        ? 1
                                        : 0),
                        new Reading<>(
                                "retention.released.groups",
                                "Required groups that hold nothing up because somebody said so",
                                s -> s.groups().stream()
                                        .filter(group -> group.release().isPresent())
                                        .count()),
                        new Reading<>(
                                "retention.ceiling.seconds",
                                "How long an event stays in the ledger now; 0: for ever",
                                s -> seconds(s.ceiling().now())),
                        new Reading<>(
                                "retention.ceiling.set.seconds",
                                "How long it is set to stay; 0: for ever",
                                s -> seconds(s.ceiling().set())),
                        new Reading<>(
                                "retention.gone.seq",
                                "Number of the last event that has left the ledger",
                                s -> s.ceiling().through().seq()),
                        new Reading<>(
                                "retention.gone.events",
                                "Events that have left the ledger",
                                s -> s.ceiling().gone()),
                        new Reading<>(
                                "retention.gone.age.seconds",
                                "How long ago the last of them began to leave",
                                s -> age(s.ceiling().lastAt(), clock)),
                        new Reading<>(
                                "retention.unarchived",
                                "1 while events past the ceiling stay because they cannot be archived",
                                s -> s.unarchived().isPresent() ? 1 : 0),
                        new Reading<>(
                                "retention.held.sessions",
                                "Sessions of which nothing leaves the ledger because somebody said so",
                                s -> s.ceiling().holds()),
                        ofCeiling("held", "their sessions are held", CeilingReport::held),
                        ofCeiling("parked", "a group has set them aside", CeilingReport::parked),
                        ofCeiling(
                                "waiting",
                                "they have entries, or a required group has not finished them, or no signed checkpoint covers them, or they are the"
                                        + " newest",
                                CeilingReport::waiting)));
    }

    private static Reading<RetentionStatus> ofCeiling(String what, String why, ToLongFunction<CeilingReport> of) {
        return new Reading<>(
                "retention.ceiling." + what,
                "Events past the ceiling that the last run left because " + why,
                s -> s.lastRun()
                        .flatMap(RetentionReport::ceiling)
                        .map(report -> (double) of.applyAsLong(report))
                        .orElse(0.0));
    }

    /** What the tiers hold. */
    public static void sizes(Metrics metrics, Supplier<TierSizes> sizes, InstantSource clock) {
        metrics.store(
                sizes,
                List.of(
                        new Reading<>(
                                "stream.entries",
                                "Entries of the global stream",
                                s -> Metrics.orNaN(s.stream().count())),
                        new Reading<>(
                                "stream.bytes",
                                "What the global stream takes, estimated",
                                s -> Metrics.orNaN(s.stream().bytes())),
                        new Reading<>(
                                "stream.oldest.seconds",
                                "How old the oldest entry of the global stream is; 0: there is none",
                                s -> s.oldestEntry()
                                        .map(at -> seconds(Duration.between(at, clock.instant())))
                                        .orElse(0.0)),
                        new Reading<>(
                                "documents",
                                "Documents of events",
                                s -> Metrics.orNaN(s.documents().count())),
                        new Reading<>(
                                "documents.count",
                                "The old name of contextgraph_documents, for a release",
                                s -> Metrics.orNaN(s.documents().count())),
                        new Reading<>(
                                "documents.bytes",
                                "What they take, estimated",
                                s -> Metrics.orNaN(s.documents().bytes())),
                        new Reading<>(
                                "index.documents",
                                "Documents in the index",
                                s -> Metrics.orNaN(s.index().count())),
                        new Reading<>(
                                "index.bytes",
                                "What the search index takes, by what it says",
                                s -> Metrics.orNaN(s.index().bytes())),
                        new Reading<>(
                                "cold.documents",
                                "Documents that are not in the index any more",
                                s -> Metrics.orNaN(s.cold().count())),
                        new Reading<>(
                                "cold.bytes",
                                "What leads to them by session, estimated",
                                s -> Metrics.orNaN(s.cold().bytes())),
                        new Reading<>(
                                "sessions",
                                "Sessions",
                                s -> Metrics.orNaN(s.sessions().count())),
                        new Reading<>(
                                "sessions.count",
                                "The old name of contextgraph_sessions, for a release",
                                s -> Metrics.orNaN(s.sessions().count()))));
    }

    /** What this process does for it. */
    public static void work(Metrics metrics, RetentionSchedule schedule) {
        metrics.counter(
                "contextgraph.retention.runs",
                "Runs by the schedule of this process",
                schedule,
                RetentionSchedule::runs);
        metrics.counter(
                "contextgraph.retention.failed.runs",
                "Runs by the schedule of this process that failed",
                schedule,
                RetentionSchedule::failed);
        metrics.counter(
                "contextgraph.retention.trimmed.entries",
                "Entries that this process has taken out of the global stream",
                schedule,
                RetentionSchedule::entries);
        metrics.counter(
                "contextgraph.retention.archived.segments",
                "Segments of events past the ceiling that this process has written",
                schedule,
                RetentionSchedule::segments);
        metrics.counter(
                "contextgraph.retention.pruned.events",
                "Events that this process has taken out of the ledger",
                schedule,
                RetentionSchedule::pruned);
    }

    private static double held(RetentionStatus status, InstantSource clock) {
        return status.obstacle()
                .flatMap(obstacle ->
                        obstacle instanceof Obstacle.Waiting waiting ? Optional.of(waiting.since()) : Optional.empty())
                .map(since -> seconds(Duration.between(since, clock.instant())))
                .orElse(0.0);
    }

    private static double age(Optional<Instant> at, InstantSource clock) {
        return at.map(time -> seconds(Duration.between(time, clock.instant()))).orElse(Double.NaN);
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
