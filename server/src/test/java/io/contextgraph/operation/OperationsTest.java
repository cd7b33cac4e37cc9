// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.operation;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Json;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class OperationsTest {
    private static final Watcher.Phase COUNTING = () -> "counting";

    private final Operations operations = new Operations(Clock.systemUTC());
    private final CountDownLatch gate = new CountDownLatch(1);

    @AfterEach
    void stop() {
        gate.countDown();
        operations.close();
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
        return Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> operations.find(begun.id()).orElseThrow(), now -> now.state() != Operation.State.RUNNING);
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
}
