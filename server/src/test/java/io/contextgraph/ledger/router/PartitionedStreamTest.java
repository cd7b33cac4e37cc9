// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.AppendStream;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.FailingEventLog;
import io.contextgraph.ledger.OtherLog;
import io.contextgraph.ledger.memory.InMemoryLedger;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.testing.Events;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** A stream of appends to several partitions. */
class PartitionedStreamTest {
    /** Long enough for any machine: whoever waits so long waits for nobody. */
    private static final long NOBODY_COMES_SECONDS = 20;

    private final CyclicBarrier both = new CyclicBarrier(2);

    /** Takes nothing before the other one is asked as well. */
    private Partition meeting() {
        InMemoryLedger itself = new InMemoryLedger(Clock.systemUTC());
        return new OtherLog(itself, new FailingEventLog(itself) {
            @Override
            public AppendResult append(List<Append> appends, Durability atLeast) {
                try {
                    int ignored = both.await(NOBODY_COMES_SECONDS, TimeUnit.SECONDS);
                } catch (InterruptedException | BrokenBarrierException | TimeoutException alone) {
                    throw new IllegalStateException("no other partition was asked meanwhile", alone);
                }
                return super.append(appends, atLeast);
            }
        });
    }

    private static Append event(PartitionedLedger ledger, int partition, long n) {
        String session = IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> "session-" + i)
                .filter(name -> ledger.partitionOf(new SessionId(name)).number() == partition)
                .findFirst()
                .orElseThrow();
        return Append.of(Events.event(n, session));
    }

    @Test
    void theWritesOfACallGoToAllPartitionsAtOnce() {
        try (PartitionedLedger ledger = new PartitionedLedger(List.of(meeting(), meeting()))) {
            AppendStream stream = ledger.log().stream(Durability.MEMORY);
            for (long n = 0; n < 20; n += 2) {
                List<AppendOutcome> outcomes = stream.write(List.of(event(ledger, 0, n + 1), event(ledger, 1, n + 2)))
                        .await()
                        .outcomes();
                assertThat(outcomes.stream().map(AppendOutcome::eventId))
                        .containsExactly(Events.id(n + 1), Events.id(n + 2));
            }
            for (Partition partition : ledger.partitions()) {
                assertThat(partition.order().read(0, 100).stream()
                                .map(e -> e.event().id()))
                        .containsExactlyElementsOf(LongStream.rangeClosed(1, 20)
                                .filter(n -> n % 2 != partition.number() % 2)
                                .mapToObj(Events::id)
                                .toList());
            }
        }
    }
}
