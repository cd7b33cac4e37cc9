// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.router;

import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.partition.Partition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The partitions of a ledger: which one has a session, and several of them asked the same at once, each on a thread of its own;
 * one alone is asked on that of the caller.
 *
 * <p><b>Errors.</b> {@link LedgerException} of the first that fails.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
final class Partitions implements AutoCloseable {
    private final List<Partition> all;
    private final Partitioning partitioning;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /** @param all in the order of their numbers */
    Partitions(List<Partition> all) {
        this.all = List.copyOf(all);
        this.partitioning = new Partitioning(all.size());
    }

    List<Partition> list() {
        return all;
    }

    int count() {
        return all.size();
    }

    Partition of(SessionId session) {
        return all.get(partitioning.of(session));
    }

    /**
     * What one of them has said.
     *
     * @param answer empty where it has failed
     */
    record Said<T>(Optional<T> answer, Optional<LedgerException> failed) {
        /** @throws LedgerException where it has failed */
        T orThrow() {
            return answer.orElseThrow(failed::orElseThrow);
        }
    }

    /** What each says, in the order of their numbers. */
    <T> List<T> all(Function<Partition, T> question) {
        return said(question).stream().map(Said::orThrow).toList();
    }

    /** What each says, or that it has failed. */
    <T> List<Said<T>> said(Function<Partition, T> question) {
        return said(all, question);
    }

    /** What some say, or that they have failed, in the order in which they are given. */
    <T> List<Said<T>> said(Collection<Partition> some, Function<Partition, T> question) {
        if (some.size() == 1) {
            return some.stream()
                    .map(partition -> ask(() -> question.apply(partition)))
                    .toList();
        }
        List<CompletableFuture<Said<T>>> asked = new ArrayList<>();
        try {
            for (Partition partition : some) {
                asked.add(CompletableFuture.supplyAsync(() -> ask(() -> question.apply(partition)), threads));
            }
        } catch (RejectedExecutionException closed) {
            throw new LedgerException(LedgerException.Reason.UNAVAILABLE, "the ledger is being closed", closed);
        }
        return asked.stream().map(Partitions::joined).toList();
    }

    /** What is said, or that it has failed. */
    private static <T> Said<T> ask(Supplier<T> question) {
        try {
            return new Said<>(Optional.of(question.get()), Optional.empty());
        } catch (LedgerException failed) {
            return new Said<>(Optional.empty(), Optional.of(failed));
        }
    }

    private static <T> T joined(CompletableFuture<T> asked) {
        try {
            return asked.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException failed) {
                throw failed;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        threads.close();
    }
}
