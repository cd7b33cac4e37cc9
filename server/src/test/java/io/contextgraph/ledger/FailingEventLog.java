// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.event.EventId;
import io.contextgraph.event.Original;
import io.contextgraph.event.Payload;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.partition.EventOrder;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An event log that can be told to fail, to hang, or to refuse the events of a session. */
public class FailingEventLog implements EventLog, EventOrder {
    private final EventLog log;
    private final EventOrder order;
    private volatile @Nullable RuntimeException failure;
    private volatile Set<SessionId> refused = Set.of();
    private volatile Function<EventId, AppendOutcome> refusal =
            id -> new AppendOutcome.Refused(id, LedgerException.Reason.CORRUPT, "its session is damaged");
    private volatile CountDownLatch gate = new CountDownLatch(0);

    /** Works like {@code log}, which is an {@link EventOrder} as well, until told otherwise. */
    public FailingEventLog(EventLog log) {
        this.log = log;
        this.order = (EventOrder) log;
    }

    /** Every call throws from now on; none where it is null. */
    public void failWith(@Nullable RuntimeException newFailure) {
        failure = newFailure;
    }

    /** Every event of these sessions is refused alone from now on. */
    public void refuse(SessionId... sessions) {
        refused = Set.of(sessions);
    }

    /** Every event of these sessions is called personal from now on. */
    public void callPersonal(SessionId... sessions) {
        refusal = AppendOutcome.Personal::new;
        refused = Set.of(sessions);
    }

    /** Every event of these sessions is about somebody who was erased with all keys up to a generation, from now on. */
    public void callErased(int generation, SessionId... sessions) {
        refusal = id -> new AppendOutcome.Fenced(id, generation);
        refused = Set.of(sessions);
    }

    /** Every call waits from now on, until the latch that comes back is counted down. */
    public CountDownLatch hang() {
        gate = new CountDownLatch(1);
        return gate;
    }

    private void pass() {
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        RuntimeException thrown = failure;
        if (thrown != null) {
            throw thrown;
        }
    }

    @Override
    public AppendResult append(List<Append> appends, Durability atLeast) {
        pass();
        List<Append> taken = appends.stream()
                .filter(append -> !refused.contains(append.event().sessionId()))
                .toList();
        AppendResult result = taken.isEmpty() ? new AppendResult(List.of(), atLeast) : log.append(taken, atLeast);
        Iterator<AppendOutcome> outcomes = result.outcomes().iterator();
        return new AppendResult(
                appends.stream()
                        .map(append -> taken.contains(append)
                                ? outcomes.next()
                                : refusal.apply(append.event().id()))
                        .toList(),
                result.reached());
    }

    @Override
    public Lookup find(EventId id) {
        pass();
        return log.find(id);
    }

    @Override
    public Map<EventId, Payload> payloads(Collection<EventId> ids) {
        pass();
        return log.payloads(ids);
    }

    @Override
    public Map<EventId, Original> originals(Collection<EventId> ids) {
        pass();
        return log.originals(ids);
    }

    @Override
    public List<RecordedEvent> read(long afterSeq, int max) {
        pass();
        return order.read(afterSeq, max);
    }

    @Override
    public Head head() {
        pass();
        return order.head();
    }
}
