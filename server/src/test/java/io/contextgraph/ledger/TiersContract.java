// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Event;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.trim.RetentionNotes;
import io.contextgraph.ledger.trim.TierSizes;
import io.contextgraph.ledger.trim.TierSizes.Tier;
import io.contextgraph.ledger.trim.Tiers;
import io.contextgraph.testing.Events;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What all {@link Tiers} must do. */
public abstract class TiersContract extends LedgerContract<PartitionFixture> {
    @Test
    void anEmptyLedgerHoldsNothing() {
        TierSizes sizes = ledger.tiers().sizes();
        assertThat(sizes.oldestEntry()).isEmpty();
        assertThat(sizes.groups()).isEmpty();
        for (Tier tier : List.of(sizes.stream(), sizes.documents(), sizes.index(), sizes.sessions())) {
            assertThat(tier.count()).isEqualTo(OptionalLong.of(0));
        }
    }

    @Test
    void whatIsThereIsCounted() {
        List<Event> events = new ArrayList<>();
        for (int n = 1; n <= 70; n++) {
            events.add(Events.event(n, "s" + n % 7));
        }
        append(events);
        RecordedEvent first = ledger.order().read(0, 1).getFirst();
        try (EventFeed.Consumer consumer = ledger.feed("projection").open("one")) {
            List<Delivery> some = consumer.poll(5, Duration.ZERO);
            consumer.acknowledge(List.of(some.getFirst().position()));
            TierSizes sizes = ledger.tiers().sizes();
            assertThat(sizes.oldestEntry()).contains(first.recordedAt());
            assertThat(sizes.stream().count()).isEqualTo(OptionalLong.of(70));
            assertThat(sizes.documents().count()).isEqualTo(OptionalLong.of(70));
            assertThat(sizes.index().count()).isEqualTo(OptionalLong.of(70));
            assertThat(sizes.sessions().count()).isEqualTo(OptionalLong.of(7));
            assertThat(sizes.groups()).containsExactly(new TierSizes.Group("projection", 1, 4));
            bytes(sizes);
        }
    }

    /** Holds what a store says of bytes to what is plain. */
    protected void bytes(TierSizes sizes) {
        for (Tier tier : List.of(sizes.stream(), sizes.sessionStreams(), sizes.documents(), sizes.sessions())) {
            tier.bytes().ifPresent(bytes -> assertThat(bytes).isGreaterThan(700));
        }
        sizes.payloads().bytes().ifPresent(bytes -> assertThat(bytes).isZero());
    }

    @Test
    void notesAreKeptForEverybody() {
        RetentionNotes here = ledger.tiers().notes();
        RetentionNotes there = another().tiers().notes();
        assertThat(here.all()).isEmpty();
        here.put("one", "1");
        there.put("two", "{\"a\":\"ü\"}");
        here.put("one", "2");
        assertThat(there.all()).isEqualTo(Map.of("one", "2", "two", "{\"a\":\"ü\"}"));
        there.remove("one");
        there.remove("none");
        assertThat(here.all()).isEqualTo(Map.of("two", "{\"a\":\"ü\"}"));
    }
}
