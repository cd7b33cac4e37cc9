// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.append;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.ledger.LedgerException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class GroupCommitIT {
    private static final class Wish extends GroupCommit.Request {
        private final int number;
        private final int size;
        private volatile @Nullable RuntimeException failure;

        Wish(int number, int size) {
            this.number = number;
            this.size = size;
        }

        @Override
        int size() {
            return size;
        }

        @Override
        void fail(RuntimeException error) {
            failure = error;
        }
    }

    /** A store that lets a round through, and says that it is safe, when it is told to. */
    private final Semaphore permits = new Semaphore(0);

    private final Semaphore writing = new Semaphore(1);
    private final Semaphore begun = new Semaphore(0);
    private final Semaphore safe = new Semaphore(Integer.MAX_VALUE / 2);
    private final List<List<Integer>> rounds = new CopyOnWriteArrayList<>();
    private final AtomicInteger open = new AtomicInteger();
    private final GroupCommit<Wish> commit = new GroupCommit<>(() -> {
        writing.acquireUninterruptibly();
        int ignored = open.incrementAndGet();
        return new OneRound();
    });

    private final class OneRound implements GroupCommit.Round<Wish> {
        private int first;

        @Override
        public void write(List<Wish> round) {
            begun.release();
            permits.acquireUninterruptibly();
            first = round.getFirst().number;
            rounds.add(round.stream().map(wish -> wish.number).toList());
            writing.release();
            if (first == -1) {
                throw new IllegalStateException("the store is away");
            }
        }

        @Override
        public void confirm() {
            safe.acquireUninterruptibly();
            if (first == -2) {
                throw new IllegalStateException("not safe");
            }
        }

        @Override
        public void close() {
            int ignored = open.decrementAndGet();
        }
    }

    @Test
    void whatArrivesWhileARoundIsWrittenSharesTheNextOneInTheOrderOfArrival() throws InterruptedException {
        Thread first = start(new Wish(0, 1));
        begun.acquire();
        List<Thread> others = new ArrayList<>();
        for (int i = 1; i <= 20; i++) {
            others.add(start(new Wish(i, 1)));
            awaitWaiting(others.getLast());
        }
        permits.release(2);
        first.join();
        for (Thread other : others) {
            other.join();
        }
        assertThat(rounds)
                .containsExactly(
                        List.of(0), Stream.iterate(1, i -> i + 1).limit(20).toList());
    }

    @Test
    void whoeverWaitsToBeginARoundIsToldOnceWhenTheQueueIsWorthOneBesideOthers() throws InterruptedException {
        AtomicInteger told = new AtomicInteger();
        GroupCommit<Wish> filling = new GroupCommit<>(new GroupCommit.Store<>() {
            @Override
            public GroupCommit.Round<Wish> open() {
                writing.acquireUninterruptibly();
                int ignored = open.incrementAndGet();
                return new OneRound();
            }

            @Override
            public int worthARound() {
                return 5;
            }

            @Override
            public void filled() {
                int ignored = told.incrementAndGet();
            }
        });
        List<Thread> all = new ArrayList<>(List.of(start(filling, new Wish(0, 1))));
        begun.acquire();
        for (int i = 1; i <= 3; i++) {
            all.add(start(filling, new Wish(i, 1)));
            awaitWaiting(all.getLast());
        }
        assertThat(told).hasValue(0);
        for (int i = 4; i <= 5; i++) {
            all.add(start(filling, new Wish(i, 3)));
            awaitWaiting(all.getLast());
        }
        assertThat(told).hasValue(1);
        assertThat(filling.queued()).isEqualTo(9);
        permits.release(2);
        for (Thread one : all) {
            one.join();
        }
        assertThat(filling.queued()).isZero();
    }

    @Test
    void aRoundThatFailsFailsItsOwnRequestsAndNoOther() throws InterruptedException {
        permits.release(2);
        Wish failing = new Wish(-1, 1);
        Wish after = new Wish(1, 1);
        commit.submit(failing);
        commit.submit(after);
        assertThat(failing.failure).hasMessage("the store is away");
        assertThat(after.failure).isNull();
    }

    @Test
    void moreThanMayWaitIsRefusedAtOnce() throws InterruptedException {
        Thread first = start(new Wish(0, 1));
        begun.acquire();
        Thread second = start(new Wish(1, GroupCommit.MAX_UNANSWERED - 1));
        awaitWaiting(second);
        assertThatThrownBy(() -> commit.submit(new Wish(2, 1)))
                .isInstanceOfSatisfying(
                        LedgerException.class,
                        e -> assertThat(e.reason()).isEqualTo(LedgerException.Reason.OVERLOADED));
        permits.release(2);
        first.join();
        second.join();
        assertThat(rounds).containsExactly(List.of(0), List.of(1));
    }

    @Test
    void theNextRoundIsWrittenWhileThoseBeforeWaitUntilTheyAreSafe() throws InterruptedException {
        int ignored = safe.drainPermits();
        permits.release(3);
        List<Thread> waiting = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            waiting.add(start(new Wish(i, 1)));
            awaitRounds(i + 1);
        }
        assertThat(waiting).allMatch(Thread::isAlive);
        assertThat(open).hasValue(3);
        safe.release(3);
        for (Thread thread : waiting) {
            thread.join();
        }
        assertThat(rounds).containsExactly(List.of(0), List.of(1), List.of(2));
        assertThat(open).hasValue(0);
    }

    @Test
    void whatIsNotSafeYetCountsAsWaiting() throws InterruptedException {
        int ignored = safe.drainPermits();
        permits.release(2);
        Wish large = new Wish(0, GroupCommit.MAX_UNANSWERED);
        commit.begin(large);
        assertThat(large.isAnswered()).isFalse();
        assertThatThrownBy(() -> commit.submit(new Wish(1, 1)))
                .isInstanceOfSatisfying(
                        LedgerException.class,
                        e -> assertThat(e.reason()).isEqualTo(LedgerException.Reason.OVERLOADED));
        safe.release(2);
        commit.await(large);
        assertThat(large.isAnswered()).isTrue();
        commit.submit(new Wish(2, 1));
        assertThat(rounds).containsExactly(List.of(0), List.of(2));
    }

    @Test
    void whoeverBeganLearnsThatItIsNotSafeAndNobodyElseDoes() {
        permits.release(2);
        Wish failing = new Wish(-2, 1);
        Wish after = new Wish(1, 1);
        commit.begin(failing);
        commit.begin(after);
        commit.await(failing);
        commit.await(after);
        assertThat(failing.failure).hasMessage("not safe");
        assertThat(after.failure).isNull();
        assertThat(open).hasValue(0);
    }

    @Test
    void manyWritersAreAllAnswered() throws InterruptedException {
        int writers = 64;
        int answers = writers * 100;
        permits.release(Integer.MAX_VALUE / 2);
        CountDownLatch answered = new CountDownLatch(answers);
        for (int i = 0; i < writers; i++) {
            int number = i;
            Thread.ofVirtual().start(() -> {
                for (int n = 0; n < 100; n++) {
                    commit.submit(new Wish(number * 100 + n, 1));
                    answered.countDown();
                }
            });
        }
        answered.await();
        assertThat(rounds.stream().flatMap(List::stream).sorted().toList())
                .isEqualTo(Stream.iterate(0, i -> i + 1).limit(answers).toList());
    }

    private Thread start(Wish wish) {
        return start(commit, wish);
    }

    private static Thread start(GroupCommit<Wish> commit, Wish wish) {
        return Thread.ofPlatform().start(() -> commit.submit(wish));
    }

    private void awaitRounds(int count) {
        while (rounds.size() < count) {
            Thread.onSpinWait();
        }
    }

    private static void awaitWaiting(Thread thread) {
        while (thread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }
}
