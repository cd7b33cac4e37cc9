// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.Position;
import io.contextgraph.http.engine.Problem;
import io.contextgraph.http.engine.ProblemCode;
import io.contextgraph.http.engine.ProblemException;
import io.contextgraph.ledger.EventFeed;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets a question wait until the graph has seen the position that it asks for.
 *
 * <p><b>Guarantees.</b> Those who wait share what one of them learns, so that many cost the ledger no more than a few.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
final class Freshness {
    private static final Duration PAUSE = Duration.ofMillis(10);
    private static final long SHARED_NANOS = Duration.ofMillis(5).toNanos();

    private final Supplier<EventFeed.Progress> source;
    private final ReentrantLock looking = new ReentrantLock();
    private final LongSupplier nanoTime;
    private final Runnable pause;
    private volatile @Nullable Look last;

    /** What was learnt, and when. */
    private record Look(EventFeed.Progress progress, long nanos) {}

    /** @param source tells how far the graph is */
    Freshness(Supplier<EventFeed.Progress> source) {
        this(source, System::nanoTime, Freshness::pause);
    }

    Freshness(Supplier<EventFeed.Progress> source, LongSupplier nanoTime, Runnable pause) {
        this.source = source;
        this.nanoTime = nanoTime;
        this.pause = pause;
    }

    /**
     * How far the graph is, once it has seen {@code position}, if there is one.
     *
     * @param endNanos how long to wait, on the clock of {@link System#nanoTime}
     * @throws InvalidInputException when the ledger itself does not reach so far
     * @throws ProblemException 503 with the lag when the graph has not in time
     */
    EventFeed.Progress await(Optional<Position> position, long endNanos) {
        Look now = look();
        if (position.isPresent()) {
            requireGiven(position.get(), now.progress().head().position());
            while (now.progress().seenThrough().compareTo(position.get()) < 0) {
                if (nanoTime.getAsLong() - endNanos >= 0) {
                    throw behind(now.progress());
                }
                pause.run();
                now = latest(now);
            }
        }
        return now.progress();
    }

    private Look look() {
        Look look = new Look(source.get(), nanoTime.getAsLong());
        last = look;
        return look;
    }

    /** What somebody has learnt a moment ago, or is about to learn: then it is there after the next pause. */
    private Look latest(Look known) {
        Look latest = Objects.requireNonNullElse(last, known);
        if (nanoTime.getAsLong() - latest.nanos() < SHARED_NANOS || !looking.tryLock()) {
            return latest;
        }
        try {
            return look();
        } finally {
            looking.unlock();
        }
    }

    private static void requireGiven(Position position, Position end) {
        if (position.compareTo(end) > 0) {
            throw new InvalidInputException(
                    "/min_position", "unknown_position", "lies beyond the end of the ledger, " + end + ": " + position);
        }
    }

    private static ProblemException behind(EventFeed.Progress progress) {
        return Problem.unavailable(
                        ProblemCode.GRAPH_BEHIND,
                        "The graph has not seen that position in time.",
                        Duration.ofSeconds(1))
                .with("lag_events", progress.lag())
                .with("as_of", progress.seenThrough().toString())
                .raised();
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
            throw Problem.unavailable(ProblemCode.SERVER_CLOSING, "The server is closing.", Duration.ofSeconds(5))
                    .raised();
        }
    }
}
