// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.Json;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.OperationStore;
import io.contextgraph.ledger.memory.InMemoryLedger;
import io.contextgraph.testing.FailingPorts;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class OperationsTest {
    private static final Watcher.Phase COUNTING = () -> "counting";

    private static final Duration LEASE = Duration.ofMillis(300);

    private final OperationStore store = new InMemoryLedger(Clock.systemUTC()).operations();
    private final Operations operations = process();
    private final Operations other = process();
    private final CountDownLatch gate = new CountDownLatch(1);

    @AfterEach
    void stop() {
        gate.countDown();
        operations.close();
        other.close();
    }

    private Operations process() {
        return new Operations(Clock.systemUTC(), store, LEASE);
    }

    private record Given(String kind, String lock, Function<Watcher, ObjectNode> work) implements Work {
        @Override
        public ObjectNode run(Watcher watcher) {
            return work.apply(watcher);
        }
    }

    private Work waiting(String kind, String lock) {
        return new Given(kind, lock, watcher -> {
            try {
                watcher.at(COUNTING, 1, 2);
                gate.await();
                watcher.at(COUNTING, 2, 2);
                return Json.MAPPER.createObjectNode().put("done", true);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private Operation begin(Work work) {
        return operations.start(work).orElseThrow();
    }

    private Operation ended(Operation begun) {
        return ended(operations, begun);
    }

    private static Operation ended(Operations at, Operation begun) {
        return Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> at.find(begun.id()).orElseThrow(), now -> now.state() != Operation.State.RUNNING);
    }

    /** Whoever wanted to begin it is told why it could not be, and may try again at once. */
    @Test
    void whatCannotBePreparedIsNotBegun() {
        AtomicBoolean away = new AtomicBoolean(true);
        Work work = new Work() {
            @Override
            public String kind() {
                return "verify";
            }

            @Override
            public String lock() {
                return "graph";
            }

            @Override
            public void prepare() {
                assertThat(other.start(waiting("rebuild", "graph"))).isEmpty();
                if (away.get()) {
                    throw new IllegalStateException("away");
                }
            }

            @Override
            public ObjectNode run(Watcher watcher) {
                return Json.MAPPER.createObjectNode();
            }
        };
        assertThatThrownBy(() -> operations.start(work)).hasMessage("away");
        assertThat(operations.list()).isEmpty();
        assertThat(operations.at("graph")).isEmpty();
        away.set(false);
        assertThat(ended(begin(work)).state()).isEqualTo(Operation.State.SUCCEEDED);
    }

    @Test
    void ofWhatWorksOnTheSameOneRunsAtATime() {
        Operation graph = begin(waiting("verify", "graph"));
        assertThat(operations.start(waiting("rebuild", "graph"))).isEmpty();
        assertThat(operations.at("graph").map(Operation::id)).contains(graph.id());
        Operation other = begin(waiting("trim", "ledger"));
        gate.countDown();
        assertThat(ended(graph).state()).isEqualTo(Operation.State.SUCCEEDED);
        assertThat(ended(other).result()).hasToString("Optional[{\"done\":true}]");
        assertThat(operations.at("graph")).isEmpty();
        assertThat(begin(waiting("rebuild", "graph")).kind()).isEqualTo("rebuild");
    }

    @Test
    void whatIsCancelledEndsAtItsNextWord() {
        Operation begun = begin(waiting("verify", "graph"));
        assertThat(operations.cancel(begun.id())).isPresent();
        gate.countDown();
        Operation ended = ended(begun);
        assertThat(ended.state()).isEqualTo(Operation.State.CANCELLED);
        assertThat(ended.result()).isEmpty();
        assertThat(operations.cancel("unheard of")).isEmpty();
    }

    @Test
    void aReasonForClientsIsToldAndADefectIsNot() {
        Operation away = begin(new Given("verify", "graph", watcher -> {
            throw new WorkFailedException("the store is away");
        }));
        assertThat(ended(away).error()).contains("the store is away");
        Operation defect = begin(new Given("verify", "graph", watcher -> {
            throw new IllegalStateException("password=hunter2");
        }));
        assertThat(ended(defect).error()).contains("failed unexpectedly; the server's log has more");
    }

    @Test
    void whatRunsIsNotForgottenForNewerWork() {
        Operation old = begin(waiting("verify", "graph"));
        for (int i = 0; i < 30; i++) {
            Operation done = ended(begin(new Given("count", "other", watcher -> Json.MAPPER.createObjectNode())));
            assertThat(done.state()).isEqualTo(Operation.State.SUCCEEDED);
        }
        assertThat(operations.find(old.id())).isPresent();
        assertThat(operations.start(waiting("rebuild", "graph"))).isEmpty();
        assertThat(operations.list()).hasSizeLessThanOrEqualTo(21);
    }

    @Test
    void anotherProcessSeesItAndWaitsForIt() {
        Operation begun = begin(waiting("verify", "graph"));
        assertThat(other.start(waiting("rebuild", "graph"))).isEmpty();
        assertThat(other.at("graph").map(Operation::id)).contains(begun.id());
        Awaitility.await()
                .untilAsserted(() -> assertThat(other.find(begun.id()).flatMap(Operation::progress))
                        .contains(new Operation.Progress("counting", 1, 2)));
        // As long as it works it keeps its lock.
        long later = System.nanoTime() + 3 * LEASE.toNanos();
        Awaitility.await().until(() -> System.nanoTime() - later > 0);
        assertThat(other.start(waiting("rebuild", "graph"))).isEmpty();
        gate.countDown();
        assertThat(ended(other, begun)).isEqualTo(ended(begun));
        assertThat(other.list()).isEqualTo(operations.list()).hasSize(1);
        assertThat(other.start(waiting("rebuild", "graph"))).isPresent();
    }

    @Test
    void anotherProcessCanEndIt() {
        AtomicBoolean stop = new AtomicBoolean();
        try {
            Operation begun = begin(new Given("verify", "graph", watcher -> {
                while (!stop.get()) {
                    watcher.at(COUNTING, 1, 2);
                    Thread.onSpinWait();
                }
                return Json.MAPPER.createObjectNode();
            }));
            assertThat(other.cancel(begun.id()).map(Operation::state)).contains(Operation.State.RUNNING);
            assertThat(ended(begun).state()).isEqualTo(Operation.State.CANCELLED);
            assertThat(ended(other, begun)).isEqualTo(ended(begun));
        } finally {
            stop.set(true);
        }
    }

    @Test
    void whatWasAtWorkWhenItsProcessDiedHasFailed() {
        Operation lost = Operation.begun("lost", waiting("rebuild", "graph"), Instant.EPOCH)
                .at(new Operation.Progress("counting", 5, 9));
        assertThat(store.claim("graph", "lost", Duration.ofMinutes(5))).isTrue();
        store.save("lost", OperationJson.record(lost));
        assertThat(other.start(waiting("verify", "graph"))).isEmpty();
        assertThat(other.find("lost")).contains(lost);
        assertThat(store.renew("graph", "lost", Duration.ofMillis(1))).isTrue();
        Operation failed = ended(other, lost);
        assertThat(failed.state()).isEqualTo(Operation.State.FAILED);
        assertThat(failed.error()).contains(Operations.LEFT);
        assertThat(failed.progress()).isEqualTo(lost.progress());
        assertThat(operations.find("lost")).contains(failed);
        assertThat(operations.at("graph")).isEmpty();
        assertThat(operations.start(waiting("verify", "graph"))).isPresent();
    }

    /** Who is told that it has ended can begin another at once, in whatever process. */
    @Test
    void whatIsToldToHaveEndedHoldsNoLock() throws InterruptedException {
        CountDownLatch ending = new CountDownLatch(1);
        CountDownLatch looked = new CountDownLatch(1);
        OperationStore slow = (OperationStore) Proxy.newProxyInstance(
                OperationStore.class.getClassLoader(),
                new Class<?>[] {OperationStore.class},
                (self, method, arguments) -> {
                    if (method.getName().equals("end")) {
                        ending.countDown();
                        assertThat(looked.await(1, TimeUnit.MINUTES)).isTrue();
                    }
                    return method.invoke(store, arguments);
                });
        try (Operations here = new Operations(Clock.systemUTC(), slow, Duration.ofMinutes(5))) {
            Operation begun = here.start(waiting("verify", "graph")).orElseThrow();
            gate.countDown();
            assertThat(ending.await(1, TimeUnit.MINUTES)).isTrue();
            assertThat(other.find(begun.id()).map(Operation::runs)).contains(true);
            looked.countDown();
            assertThat(ended(here, begun).state()).isEqualTo(Operation.State.SUCCEEDED);
            assertThat(other.start(waiting("rebuild", "graph"))).isPresent();
        }
    }

    @Test
    void anEndThatCouldNotBeRememberedIsRememberedLater() {
        FailingPorts away = new FailingPorts();
        try (Operations unlucky =
                new Operations(Clock.systemUTC(), away.of(OperationStore.class, store), Duration.ofMinutes(5))) {
            Operation begun = unlucky.start(waiting("verify", "graph")).orElseThrow();
            away.failWith(new LedgerException(LedgerException.Reason.UNAVAILABLE, "away"));
            gate.countDown();
            assertThat(ended(unlucky, begun).state()).isEqualTo(Operation.State.SUCCEEDED);
            assertThatThrownBy(unlucky::list).isInstanceOf(LedgerException.class);
            assertThatThrownBy(() -> unlucky.start(waiting("rebuild", "graph"))).isInstanceOf(LedgerException.class);
            away.recover();
            assertThat(other.find(begun.id()).map(Operation::state)).contains(Operation.State.RUNNING);
            assertThat(unlucky.start(waiting("rebuild", "graph"))).isPresent();
            assertThat(other.find(begun.id()).map(Operation::state)).contains(Operation.State.SUCCEEDED);
        }
    }

    @Test
    void whoCannotTellTheOthersThatItWorksStops() {
        FailingPorts away = new FailingPorts();
        try (Operations unlucky = new Operations(Clock.systemUTC(), away.of(OperationStore.class, store), LEASE)) {
            Operation begun = unlucky.start(new Given("verify", "graph", watcher -> {
                        while (true) {
                            watcher.at(COUNTING, 1, 2);
                            Thread.onSpinWait();
                        }
                    }))
                    .orElseThrow();
            away.failWith(new LedgerException(LedgerException.Reason.UNAVAILABLE, "away"));
            assertThat(ended(unlucky, begun).state()).isEqualTo(Operation.State.CANCELLED);
        }
    }

    @Test
    void aRecordThatCannotBeReadIsLeftOut() {
        store.save("odd", "[");
        store.save("of another kind", "{\"id\":\"x\"}");
        assertThat(operations.list()).isEmpty();
        assertThat(operations.find("odd")).isEmpty();
    }
}
