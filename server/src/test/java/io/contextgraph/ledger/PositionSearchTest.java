// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.memory.InMemoryLedger;
import io.contextgraph.testing.Events;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PositionSearchTest {
    private static final int COUNT = 13;

    private static List<RecordedEvent> events() {
        InMemoryLedger ledger = new InMemoryLedger(Clock.systemUTC());
        for (int n = 1; n <= COUNT; n++) {
            AppendResult ignored = ledger.append(List.of(Append.of(Events.event(n, "s"))), Durability.MEMORY);
        }
        return ledger.read(0, COUNT);
    }

    private static List<RecordedEvent> without(List<RecordedEvent> events, Set<Long> gone) {
        return events.stream().filter(event -> !gone.contains(event.seq())).toList();
    }

    /** Whatever is gone, in the middle or at an end, what is there is found. */
    @Test
    void everyEventIsFoundWhateverIsGoneBesideIt() {
        List<RecordedEvent> all = events();
        for (Set<Long> gone : List.of(
                Set.<Long>of(), Set.of(13L), Set.of(8L, 9L, 10L, 11L, 12L, 13L), Set.of(1L, 2L), Set.of(2L, 7L, 12L))) {
            List<RecordedEvent> there = without(all, gone);
            for (RecordedEvent asked : all) {
                Optional<RecordedEvent> expected = there.stream()
                        .filter(event -> event.seq() <= asked.seq())
                        .reduce((earlier, later) -> later);
                List<Long> read = new ArrayList<>();
                assertThat(PositionSearch.lastUpTo(asked.position(), COUNT, after -> {
                            read.add(after);
                            return there.stream()
                                    .filter(event -> event.seq() > after)
                                    .limit(1)
                                    .toList();
                        }))
                        .as("seq %s without %s", asked.seq(), gone)
                        .isEqualTo(expected);
                assertThat(read).hasSizeLessThanOrEqualTo(5);
            }
        }
        assertThat(PositionSearch.lastUpTo(
                        new Position(0, 0), COUNT, after -> all.subList((int) after, (int) after + 1)))
                .isEmpty();
    }
}
