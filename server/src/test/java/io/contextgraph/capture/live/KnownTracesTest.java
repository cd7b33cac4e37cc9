// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.capture.file.Captured;
import io.contextgraph.capture.record.Imported;
import io.contextgraph.capture.record.Imported.Origin;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventType;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.memory.InMemoryLedger;
import io.contextgraph.ledger.partition.Partition;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KnownTracesTest {
    private Instant now = Instant.EPOCH;
    private final InMemoryLedger ledger = new InMemoryLedger(Captured.CLOCK);
    private final KnownTraces traces = new KnownTraces(ledger, () -> now);

    private static Event event(String trace, String session, String agent) {
        return event("a.b", trace, session, agent);
    }

    private static Event event(String type, String trace, String session, String agent) {
        return Event.builder(
                        EventId.of(UUID.randomUUID().toString()),
                        new EventType(type),
                        Instant.EPOCH,
                        new SessionId(session))
                .agentId(agent)
                .traceId(trace)
                .payloadRef("ref:1")
                .build();
    }

    private Event appended(Event event) {
        ledger.append(List.of(Append.of(event)), Durability.MEMORY);
        return event;
    }

    @Test
    void whatWasBroughtIsKnownAtOnce() {
        assertThat(traces.forRequest().sessionOfTrace("t")).isEmpty();
        Event event = event("t", "s", "a");
        traces.learn(List.of(event));
        assertThat(traces.forRequest().sessionOfTrace("t")).contains("s");
        assertThat(traces.forRequest().origin("t", event.id().toString())).contains(new Origin("s", "a"));
    }

    @Test
    void whatOthersBringIsKnownAfterAWhile() {
        assertThat(traces.forRequest().sessionOfTrace("t")).isEmpty();
        Event event = appended(event("t", "s", "a"));
        assertThat(traces.forRequest().sessionOfTrace("t")).isEmpty();
        assertThat(traces.forRequest().origin("t", event.id().toString())).isEmpty();
        now = now.plusSeconds(10);
        assertThat(traces.forRequest().sessionOfTrace("t")).contains("s");
        assertThat(traces.forRequest().origin("t", event.id().toString())).contains(new Origin("s", "a"));
    }

    @Test
    void whatIsForgottenIsAskedFor() {
        assertThat(traces.forRequest().sessionOfTrace("t")).isEmpty();
        Event event = appended(event("t", "s", "a"));
        traces.learn(List.of(event));
        for (int i = 0; i < 100; i++) {
            int from = i;
            traces.learn(IntStream.range(0, 1000)
                    .mapToObj(n -> event("u" + from, "v", "b"))
                    .toList());
        }
        assertThat(traces.forRequest().origin("t", event.id().toString())).contains(new Origin("s", "a"));
    }

    @Test
    void aRequestAsksSoOftenAndNoMore() {
        Event event = appended(event("t", "s", "a"));
        Imported request = traces.forRequest();
        assertThat(request.sessionOfTrace("t")).contains("s");
        for (int i = 0; i < 2_000; i++) {
            assertThat(request.sessionOfTrace("t" + i)).isEmpty();
        }
        // What is remembered costs no question.
        assertThat(request.sessionOfTrace("t")).contains("s");
        Event unknown = appended(event("later", "s2", "b"));
        assertThat(request.sessionOfTrace("later")).isEmpty();
        assertThat(request.origin("later", unknown.id().toString())).isEmpty();
        assertThat(traces.forRequest().sessionOfTrace("later")).contains("s2");
        assertThat(traces.forRequest().origin("t", event.id().toString())).contains(new Origin("s", "a"));
    }

    @Test
    void parentsAreAskedForSoOftenAndNoMore() {
        Event event = appended(event("t", "s", "a"));
        Imported request = traces.forRequest();
        for (int i = 0; i < 2_000; i++) {
            assertThat(request.origin("t", UUID.randomUUID().toString())).isEmpty();
        }
        assertThat(request.origin("t", event.id().toString())).isEmpty();
        assertThat(traces.forRequest().origin("t", event.id().toString())).contains(new Origin("s", "a"));
    }

    @Test
    void promptsAreAskedForSoOftenAndNoMore() {
        Event prompt = appended(event("observation.input", "t", "s", "a"));
        Imported request = traces.forRequest();
        assertThat(request.promptOfTrace("t")).contains(prompt.id().toString());
        for (int i = 0; i < 2_000; i++) {
            assertThat(request.promptOfTrace("t" + i)).isEmpty();
        }
        assertThat(request.promptOfTrace("t")).isEmpty();
    }

    @Test
    void whatIsBroughtWhileTheLedgerIsAskedIsKnownAtOnce() {
        AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {});
        Partition asked = (Partition) Proxy.newProxyInstance(
                Partition.class.getClassLoader(), new Class<?>[] {Partition.class}, (proxy, method, arguments) -> {
                    meanwhile.getAndSet(() -> {}).run();
                    return method.invoke(ledger, arguments);
                });
        KnownTraces known = new KnownTraces(asked, () -> now);
        meanwhile.set(() -> known.learn(List.of(event("t", "s", "a"))));
        assertThat(known.forRequest().sessionOfTrace("t")).contains("s");
        assertThat(known.forRequest().sessionOfTrace("t")).contains("s");
    }
}
