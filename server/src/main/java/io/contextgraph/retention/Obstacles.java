// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.trim.Obstacle;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** What holds entries up, told as people need it. */
public record Obstacles(Partition ledger) {
    /** By what the group has finished at all: a step knows what it holds in the stream only. */
    Optional<Obstacle> exact(Optional<Obstacle> obstacle) {
        return obstacle.map(one -> one instanceof Obstacle.Waiting waiting ? exact(waiting) : one);
    }

    private Obstacle exact(Obstacle.Waiting waiting) {
        EventFeed.Progress progress = ledger.feed(waiting.group()).progress();
        if (progress.seenThroughSeq() >= waiting.finished().seq()) {
            return waiting;
        }
        return new Obstacle.Waiting(
                waiting.group(),
                new Head(progress.seenThroughSeq(), progress.seenThrough()),
                progress.waitingSince().orElse(waiting.since()));
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
