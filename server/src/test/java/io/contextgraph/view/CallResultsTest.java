// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.EventType;
import io.contextgraph.event.Payload;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.memory.InMemoryLedger;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class CallResultsTest {
    private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");

    private final InMemoryLedger ledger = new InMemoryLedger(Clock.fixed(START.plusSeconds(60), ZoneOffset.UTC));

    private static EventId id(int number) {
        return EventId.of(new UUID(0, number).toString());
    }

    private RecordedEvent append(int number, String session, @Nullable Integer call, int second, EventStatus status) {
        Event event = Event.builder(
                        id(number),
                        new EventType(call == null ? "tool.execute" : "tool.result"),
                        START.plusSeconds(second),
                        new SessionId(session))
                .parentId(call == null ? null : id(call))
                .status(status)
                .payload(new Payload("{}"))
                .build();
        var ignored = ledger.append(List.of(Append.of(event)), Durability.MEMORY);
        return ledger.search(EventQuery.builder()
                        .order(EventQuery.Order.POSITION_DESC)
                        .limit(1)
                        .build())
                .events()
                .getFirst();
    }

    @Test
    void theLastResultCountsAndIsLookedUpWhereItIsNotThere() {
        RecordedEvent call = append(1, "s", null, 1, EventStatus.PENDING);
        RecordedEvent failed = append(2, "s", 1, 5, EventStatus.FAILED);
        RecordedEvent completed = append(3, "s", 1, 3, EventStatus.COMPLETED);

        for (CallResults results :
                List.of(CallResults.among(List.of(completed, call, failed)), CallResults.of(List.of(call), ledger))) {
            Event answered = results.answered(call.event());
            assertThat(answered.status()).hasValue(EventStatus.COMPLETED);
            assertThat(answered.endedAt()).hasValue(START.plusSeconds(3));
            assertThat(results.isResult(failed.event())).isTrue();
            assertThat(results.isResult(call.event())).isFalse();
            assertThat(results.of(id(1))).hasValue(completed);
        }
        assertThat(CallResults.among(List.of(call)).answered(call.event())).isEqualTo(call.event());
    }

    @Test
    void anEndBeforeTheCallIsNone() {
        RecordedEvent call = append(1, "s", null, 9, EventStatus.RUNNING);
        RecordedEvent early = append(2, "s", 1, 3, EventStatus.COMPLETED);
        Event answered = CallResults.among(List.of(call, early)).answered(call.event());
        assertThat(answered.status()).hasValue(EventStatus.COMPLETED);
        assertThat(answered.endedAt()).isEmpty();
    }

    @Test
    void aCallThatHasEndedAndAResultOfAnotherSessionStayAsTheyAre() {
        RecordedEvent ended = append(1, "s", null, 1, EventStatus.FAILED);
        RecordedEvent ofEnded = append(2, "s", 1, 2, EventStatus.COMPLETED);
        RecordedEvent call = append(3, "s", null, 3, EventStatus.PENDING);
        RecordedEvent foreign = append(4, "other", 3, 4, EventStatus.COMPLETED);
        CallResults results = CallResults.of(List.of(ended, ofEnded, call, foreign), ledger);
        assertThat(results.all()).isEmpty();
        assertThat(results.isResult(ofEnded.event())).isFalse();
        assertThat(results.answered(ended.event())).isEqualTo(ended.event());
        assertThat(results.answered(call.event())).isEqualTo(call.event());
    }

    private List<RecordedEvent> calls(int count, String session, int first) {
        return IntStream.range(first, first + count)
                .mapToObj(number -> append(number, session, null, 1, EventStatus.PENDING))
                .toList();
    }

    private CallResults counted(List<RecordedEvent> events, int searches) {
        AtomicInteger asked = new AtomicInteger();
        CallResults results = CallResults.of(events, query -> {
            asked.incrementAndGet();
            return ledger.search(query);
        });
        assertThat(asked).hasValue(searches);
        return results;
    }

    @Test
    void aSessionWithManyOpenCallsIsAskedOnce() {
        List<RecordedEvent> events = new ArrayList<>(calls(50, "s", 1));
        events.addAll(calls(50, "t", 101));
        RecordedEvent older = append(500, "s", 7, 2, EventStatus.FAILED);
        RecordedEvent newer = append(501, "s", 7, 2, EventStatus.COMPLETED);
        RecordedEvent foreign = append(502, "t", 8, 2, EventStatus.COMPLETED);
        CallResults results = counted(events, 2);
        assertThat(results.of(id(7))).hasValue(newer);
        assertThat(results.all()).containsExactly(newer).doesNotContain(older, foreign);
    }

    @Test
    void aCallThatWasAnsweredLongAgoIsFoundBehindAThousandOtherResults() {
        List<RecordedEvent> open = calls(5, "s", 1);
        RecordedEvent old = append(10, "s", 3, 2, EventStatus.COMPLETED);
        RecordedEvent ignored = append(11, "s", 4, 2, EventStatus.FAILED);
        calls(1, "s", 12);
        for (int number = 20; number < 20 + EventQuery.MAX_LIMIT; number++) {
            append(number, "s", 12, 3, EventStatus.COMPLETED);
        }
        RecordedEvent last = append(5000, "s", 4, 4, EventStatus.COMPLETED);
        CallResults results = counted(open, 1 + 4);
        assertThat(results.of(id(3))).hasValue(old);
        assertThat(results.of(id(4))).hasValue(last);
        assertThat(results.all()).hasSize(2);
    }

    @Test
    void fewCallsAreAskedOneByOne() {
        List<RecordedEvent> open = calls(2, "s", 1);
        RecordedEvent result = append(3, "s", 2, 2, EventStatus.COMPLETED);
        assertThat(counted(open, 2).all()).containsExactly(result);
    }
}
