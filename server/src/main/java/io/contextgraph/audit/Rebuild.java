// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.audit;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.graph.GraphException;
import io.contextgraph.graph.GraphSink;
import io.contextgraph.graph.RebuildMark;
import io.contextgraph.graph.RebuildMarks;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.partition.EventOrder;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.operation.Prefetch;
import io.contextgraph.operation.Watcher;
import io.contextgraph.operation.WorkFailedException;
import io.contextgraph.projection.Projector;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * Replays the ledger from its beginning into the graph that is there, and then takes out what does not belong.
 *
 * <p><b>Guarantees.</b> Readers never see less than before: what is right stays, what is missing comes, and only what the
 * ledger does not know goes. Live traffic goes on. One at a time on a graph; one that was interrupted goes on where it was,
 * in each partition.
 *
 * <p><b>Units and bounds.</b> Holds two pages of {@value #PAGE} events while it replays; then as {@link Repair}.
 *
 * <p><b>Errors.</b> {@link RebuildRunningException}; {@link GraphException} and {@link
 * io.contextgraph.ledger.LedgerException} when a store is away: begin again, it goes on.
 *
 * <p><b>Threads.</b> Safe for threads and for several processes.
 */
public final class Rebuild {
    private static final int PAGE = 1_000;

    /** A mark that has not moved for so long belongs to nobody. */
    private static final Duration STALE = Duration.ofMinutes(1);

    private static final Duration MOVE_EVERY = Duration.ofSeconds(2);

    /** Where a rebuild begins. */
    public enum Start {
        /** Where the last one was interrupted; at the beginning of the ledger where none was. */
        RESUME,
        /** At the beginning of the ledger. */
        ANEW,
        /** With what the archive has of events that have gone from the ledger; then at the beginning of the ledger. */
        ARCHIVE
    }

    /** Projects what the archive has of events that have gone from the ledger. */
    @FunctionalInterface
    public interface Archived {
        /** @param project writes events into the graph */
        void replay(Consumer<List<RecordedEvent>> project, Watcher watcher);
    }

    private final Ledger ledger;
    private final GraphSink sink;
    private final RebuildMarks marks;
    private final Repair repair;
    private final Optional<Archived> archive;
    private final InstantSource clock;

    /** @param archive of the ledger, where there is one */
    public Rebuild(
            Ledger ledger,
            GraphSink sink,
            RebuildMarks marks,
            Repair repair,
            Optional<Archived> archive,
            InstantSource clock) {
        this.archive = archive;
        this.ledger = ledger;
        this.sink = sink;
        this.marks = marks;
        this.repair = repair;
        this.clock = clock;
    }

    /**
     * Rebuilds the graph. Nodes of events that have gone from the ledger stay, wherever it begins.
     *
     * @throws WorkFailedException where it is to begin with an archive and there is none, or it is damaged
     * @param patience as for {@link Repair#run}
     * @param found given the differences that were left after the replay, and the sessions that are not settled
     */
    public Rebuilt run(Start start, Duration patience, Watcher watcher, Findings found) {
        Optional<Archived> first = start == Start.ARCHIVE ? Optional.of(archive()) : Optional.empty();
        sink.prepare();
        List<Long> through = Ends.of(ledger).seqs();
        Projector projector = repair.projector();
        String owner = UUID.randomUUID().toString();
        Instant now = clock.instant();
        RebuildMark mark = marks.claim(owner, now, now.minus(STALE)).orElseThrow(RebuildRunningException::new);
        List<Long> after = start == Start.RESUME ? after(mark, through) : beginning();
        Replay replay = new Replay(owner, after, watcher, projector);
        try {
            replay.move(now);
            first.ifPresent(archived -> archived.replay(replay.projector::project, replay));
            replay.upTo(through);
            long replayed = replay.projector.projected();
            Repaired repaired = repair.run(Verifier.Depth.DIGEST, patience, replay, found, replay.projector);
            marks.finish(owner);
            return new Rebuilt(after, replayed, repaired);
        } catch (RuntimeException | Error failure) {
            leave(owner, failure);
            throw failure;
        }
    }

    private List<Long> beginning() {
        return Collections.nCopies(ledger.partitions().size(), 0L);
    }

    /** Where each partition goes on. */
    private List<Long> after(RebuildMark mark, List<Long> through) {
        if (mark.seqs().size() != through.size()) {
            return beginning();
        }
        // A partition that lost its end may have been rebuilt further than it goes now.
        return IntStream.range(0, through.size())
                .mapToObj(partition -> mark.seqs().get(partition) > through.get(partition)
                        ? 0L
                        : mark.seqs().get(partition))
                .toList();
    }

    private Archived archive() {
        return archive.orElseThrow(() -> new WorkFailedException(
                "there is no archive to rebuild from: set archive.location to where the ledger's archive is"));
    }

    /** Lets another go on at once; where the graph is away, the mark goes stale by itself. */
    private void leave(String owner, Throwable failure) {
        try {
            marks.release(owner);
        } catch (GraphException away) {
            failure.addSuppressed(away);
        }
    }

    /** One rebuild: how far it has come, and that it is alive. */
    private final class Replay implements Watcher {
        private final String owner;
        private final Watcher watcher;
        private final Projector projector;
        private final List<Long> seqs;
        private Instant moved = Instant.EPOCH;

        Replay(String owner, List<Long> after, Watcher watcher, Projector projector) {
            this.owner = owner;
            this.watcher = watcher;
            this.projector = projector;
            this.seqs = new ArrayList<>(after);
        }

        /** One partition after the other. */
        void upTo(List<Long> through) {
            long total = sum(through);
            for (Partition partition : ledger.partitions()) {
                upTo(partition, through.get(partition.number()), total);
            }
        }

        /** Reads the next page while one goes into the graph. */
        private void upTo(Partition partition, long through, long total) {
            EventOrder order = partition.order();
            long seq = seqs.get(partition.number());
            long from = seq;
            try (Prefetch<List<RecordedEvent>> pages = new Prefetch<>(() -> read(order, from, through))) {
                while (seq < through) {
                    List<RecordedEvent> page = pages.take();
                    if (page.isEmpty()) {
                        throw new IllegalStateException(
                                "the ledger must give events up to number " + through + ", ends after " + seq);
                    }
                    long after = page.getLast().seq();
                    pages.ask(() -> read(order, after, through));
                    projector.project(page);
                    seq = after;
                    seqs.set(partition.number(), seq);
                    at(AuditPhase.REPLAYING, sum(seqs), total);
                }
            }
        }

        private static List<RecordedEvent> read(EventOrder order, long after, long through) {
            return after < through ? order.read(after, (int) Math.min(PAGE, through - after)) : List.of();
        }

        private static long sum(List<Long> seqs) {
            return seqs.stream().mapToLong(Long::longValue).sum();
        }

        @Override
        public void at(Watcher.Phase phase, long done, long total) {
            Instant now = clock.instant();
            if (moved.plus(MOVE_EVERY).isBefore(now)) {
                move(now);
            }
            watcher.at(phase, done, total);
        }

        private void move(Instant now) {
            moved = now;
            if (!marks.move(owner, List.copyOf(seqs), now)) {
                throw new RebuildRunningException();
            }
        }
    }
}
