// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Event;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.partition.EventOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * What the contract kits share: a fresh ledger for each test.
 *
 * @param <L> what of a ledger the kit needs
 */
public abstract class LedgerContract<L extends LedgerFixture> {
    private final List<L> open = new ArrayList<>();

    @SuppressWarnings("NullAway.Init")
    protected L ledger;

    /** An empty ledger. */
    protected abstract L fresh();

    @BeforeEach
    final void open() {
        ledger = fresh();
        open.add(ledger);
    }

    @AfterEach
    final void close() {
        open.reversed().forEach(LedgerFixture::close);
    }

    /** Another process on the same storage. */
    @SuppressWarnings("unchecked") // Another one of the same.
    protected final L another() {
        L other = (L) ledger.another();
        open.add(other);
        return other;
    }

    protected final List<AppendOutcome> append(List<Event> events) {
        List<AppendOutcome> outcomes = new ArrayList<>();
        for (int from = 0; from < events.size(); from += EventLog.MAX_BATCH) {
            List<Append> batch = events.subList(from, Math.min(from + EventLog.MAX_BATCH, events.size())).stream()
                    .map(Append::of)
                    .toList();
            outcomes.addAll(ledger.log().append(batch, Durability.MEMORY).outcomes());
        }
        return outcomes;
    }

    protected final AppendOutcome append(Event event) {
        return append(List.of(event)).getFirst();
    }

    protected final RecordedEvent appended(Event event) {
        assertThat(append(event)).isInstanceOf(AppendOutcome.Appended.class);
        return slim(ledger.log().find(event.id()).found().orElseThrow());
    }

    /** Everything, in commit order, one partition behind the other. */
    protected final List<RecordedEvent> all() {
        return ledger.partitions().stream()
                .flatMap(partition -> partition.order().read(0, Integer.MAX_VALUE).stream())
                .toList();
    }

    /** That of the partition which has this session. */
    protected final EventOrder order(String session) {
        return ledger.partitionOf(new SessionId(session)).order();
    }

    /** An event as reading methods return it: without its payload and its original. */
    protected static RecordedEvent slim(RecordedEvent e) {
        return e.withPayload(Optional.empty()).withOriginal(Optional.empty());
    }
}
