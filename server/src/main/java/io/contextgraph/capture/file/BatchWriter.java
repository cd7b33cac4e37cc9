// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendStream;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.LedgerException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Appends batches of one import in their order, beside the thread that reads them.
 *
 * <p><b>Guarantees.</b> No batch is written before the one before it, also where the ledger fails in between: then all
 * that are not confirmed are written again, a bounded number of times. After the last one, nothing more is written.
 *
 * <p><b>Threads.</b> Used by one thread; writes with another.
 */
final class BatchWriter implements AutoCloseable {
    /** How many batches are written and not yet as safe as asked. */
    static final int IN_FLIGHT = 8;

    /** Longer than an append waits for its answer. */
    private static final Duration CLOSING = Duration.ofSeconds(30);

    private final EventLog log;
    private final Durability atLeast;
    private final Pause pause;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(work -> {
        Thread created = new Thread(work, "import");
        created.setDaemon(true);
        return created;
    });

    /** Only touched by the thread that writes, as what follows. */
    private final Deque<Batch> unconfirmed = new ArrayDeque<>();

    private @Nullable AppendStream stream;
    private @Nullable RuntimeException broken;

    BatchWriter(EventLog log, Durability atLeast, Pause pause) {
        this.log = log;
        this.atLeast = atLeast;
        this.pause = pause;
    }

    private static final class Batch {
        private final List<Append> appends;
        private final CompletableFuture<List<AppendOutcome>> outcomes = new CompletableFuture<>();
        private AppendStream.@Nullable Written written;

        Batch(List<Append> appends) {
            this.appends = appends;
        }
    }

    /** What became of a batch: blocks until that is known. */
    interface Answer {
        /** @throws LedgerException when the ledger did not take it, however often it was asked */
        List<AppendOutcome> await();
    }

    /** Writes these events behind all others, soon. */
    Answer write(List<Append> appends) {
        Batch batch = new Batch(List.copyOf(appends));
        thread.execute(() -> {
            unconfirmed.add(batch);
            confirm(IN_FLIGHT - 1);
        });
        return () -> await(batch);
    }

    /** Nothing more is coming for now: confirms what was written. */
    void flush() {
        thread.execute(() -> confirm(0));
    }

    private static List<AppendOutcome> await(Batch batch) {
        try {
            return batch.outcomes.join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw failed;
        } catch (CancellationException closed) {
            throw new IllegalStateException("the import was closed before its events were written", closed);
        }
    }

    /** Writes everything, and waits until no more than {@code left} batches are unconfirmed. */
    private void confirm(int left) {
        for (int attempt = 1; broken == null; attempt++) {
            try {
                for (Batch batch : unconfirmed) {
                    if (batch.written == null) {
                        batch.written = stream().write(batch.appends);
                    }
                }
                while (unconfirmed.size() > left) {
                    Batch oldest = unconfirmed.getFirst();
                    AppendStream.Written written = oldest.written;
                    if (written == null) {
                        throw new IllegalStateException("a batch is unwritten behind one that is written");
                    }
                    List<AppendOutcome> outcomes = written.await().outcomes();
                    requireTaken(outcomes);
                    oldest.outcomes.complete(outcomes);
                    Batch ignored = unconfirmed.removeFirst();
                    attempt = 1;
                }
                return;
            } catch (LedgerException failed) {
                again(failed, attempt);
            } catch (RuntimeException defect) {
                broken = defect;
            }
        }
        RuntimeException why = broken;
        unconfirmed.forEach(batch -> batch.outcomes.completeExceptionally(why));
        unconfirmed.clear();
    }

    /** What is refused alone for what passes by itself, such as keys that cannot be had now, is written again. */
    private static void requireTaken(List<AppendOutcome> outcomes) {
        for (AppendOutcome outcome : outcomes) {
            if (outcome instanceof AppendOutcome.Refused refused
                    && refused.reason().retryable()) {
                throw LedgerException.telling(refused.reason(), refused.why());
            }
        }
    }

    /** Prepares to write again what is not confirmed, or gives up for good. */
    private void again(LedgerException failed, int attempt) {
        stream = null;
        unconfirmed.forEach(batch -> batch.written = null);
        try {
            pause.orGiveUp(attempt, failed);
        } catch (LedgerException noMore) {
            broken = noMore;
        }
    }

    private AppendStream stream() {
        AppendStream current = stream;
        if (current == null) {
            current = log.stream(atLeast);
            stream = current;
        }
        return current;
    }

    /** What is not written by now is not written any more; waits for what is being written. */
    @Override
    public void close() {
        thread.shutdownNow().forEach(ignored -> {});
        try {
            boolean ignored = thread.awaitTermination(CLOSING.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
