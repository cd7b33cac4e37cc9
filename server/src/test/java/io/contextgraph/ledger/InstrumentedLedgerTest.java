// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.EventType;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.forward.InstrumentedLedger;
import io.contextgraph.ledger.memory.InMemoryLedger;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ops.Metrics;
import io.contextgraph.tracing.Tracing;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class InstrumentedLedgerTest {
    private final Metrics metrics = new Metrics();
    private final InMemoryLedger ledger = new InMemoryLedger(Clock.systemUTC());
    private final FailingEventLog failing = new FailingEventLog(ledger);
    private final DuplicateCounts duplicates = new DuplicateCounts(Clock.systemUTC());
    private final Partition instrumented =
            new InstrumentedLedger(new OtherLog(ledger, failing), metrics, duplicates, Tracing.OFF);
    private final EventLog log = instrumented.log();

    private static Event event(String agent) {
        return Event.builder(
                        new EventId(new UUID(0, 1)), new EventType("tool.execute"), Instant.EPOCH, new SessionId("s"))
                .agentId(agent)
                .payloadRef("r")
                .build();
    }

    @Test
    void everyOutcomeIsCounted() {
        log.append(List.of(Append.of(event("a")), Append.of(event("a")), Append.of(event("b"))), Durability.MEMORY);
        assertThat(metrics.scrape())
                .contains("contextgraph_events_appended_total{outcome=\"appended\"} 1.0")
                .contains("contextgraph_events_appended_total{outcome=\"duplicate\"} 1.0")
                .contains("contextgraph_events_appended_total{outcome=\"conflict\"} 1.0")
                .contains("contextgraph_store_duration_seconds_count{operation=\"append\"} 1");
    }

    @Test
    void duplicatesAreCountedByEvent() {
        log.append(List.of(Append.of(event("a"))), Durability.MEMORY);
        assertThat(duplicates.of(event("a").id()).answered()).isZero();
        log.append(List.of(Append.of(event("a")), Append.of(event("b"))), Durability.MEMORY);
        log.stream(Durability.MEMORY).write(List.of(Append.of(event("a")))).await();
        assertThat(duplicates.of(event("a").id()).answered()).isEqualTo(2);
    }

    @Test
    void failuresAreCountedByReasonAndPassOn() {
        failing.failWith(new LedgerException(Reason.FULL, "full"));
        assertThatThrownBy(() -> log.append(List.of(Append.of(event("a"))), Durability.MEMORY))
                .isInstanceOf(LedgerException.class);
        assertThat(metrics.scrape())
                .contains("contextgraph_ledger_failures_total{reason=\"ledger_full\"} 1.0")
                .contains("contextgraph_store_duration_seconds_count{operation=\"append\"} 1");
    }

    @Test
    void readingIsTimedAndGivesWhatTheStoreGives() {
        ledger.append(List.of(Append.of(event("a"))), Durability.MEMORY);
        EventQuery all = EventQuery.builder().build();
        assertThat(log.find(new EventId(new UUID(0, 1))).found())
                .isEqualTo(ledger.find(new EventId(new UUID(0, 1))).found());
        assertThat(instrumented.order().read(0, 10)).isEqualTo(ledger.read(0, 10));
        assertThat(instrumented.order().head()).isEqualTo(ledger.head());
        assertThat(instrumented.search().search(all)).isEqualTo(ledger.search(all));
        Sessions sessions = instrumented.sessions();
        assertThat(sessions.find(new SessionId("s"))).isEqualTo(ledger.find(new SessionId("s")));
        assertThat(sessions.list(1, Optional.empty())).isEqualTo(ledger.list(1, Optional.empty()));
        for (String operation : List.of("find", "read", "search", "session_find", "session_list")) {
            assertThat(metrics.scrape())
                    .contains("contextgraph_store_duration_seconds_count{operation=\"" + operation + "\"} 1");
        }
    }

    @Test
    void stepsOfTrimmingAreTimed() {
        ledger.append(List.of(Append.of(event("a")), Append.of(event("b"))), Durability.MEMORY);
        TrimmedFixture.trim(instrumented.trimming());
        assertThat(ledger.trimming().trimmed().seq()).isEqualTo(1);
        assertThat(metrics.scrape()).contains("contextgraph_store_duration_seconds_count{operation=\"trim\"} 1");
    }
}
