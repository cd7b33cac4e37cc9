// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Event;
import io.contextgraph.event.RecordedEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What the contract kits share: a fresh ledger for each test. */
public abstract class LedgerContract {
    private final List<LedgerFixture> open = new ArrayList<>();

    @SuppressWarnings("NullAway.Init")
    protected LedgerFixture ledger;

    /** An empty ledger. */
    protected abstract LedgerFixture fresh();

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
    protected final LedgerFixture another() {
        LedgerFixture other = ledger.another();
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

    /** Everything, in commit order. */
    protected final List<RecordedEvent> all() {
        return ledger.log().read(0, Integer.MAX_VALUE);
    }

    /** An event as reading methods return it: without its payload and its original. */
    protected static RecordedEvent slim(RecordedEvent e) {
        return e.withPayload(Optional.empty()).withOriginal(Optional.empty());
    }
}
