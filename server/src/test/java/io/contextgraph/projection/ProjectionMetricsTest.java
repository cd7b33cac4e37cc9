// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Position;
import io.contextgraph.ledger.EventFeed.Progress;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ops.Metrics;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class ProjectionMetricsTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    private final Metrics metrics = new Metrics();

    private List<String> scraped() {
        return metrics.scrape()
                .lines()
                .filter(line -> line.startsWith("contextgraph_projection"))
                .toList();
    }

    @Test
    void aScrapeTellsHowFarTheProjectionIsAndAsksOnce() {
        AtomicInteger asked = new AtomicInteger();
        ProjectionMetrics.progress(
                metrics,
                () -> {
                    asked.incrementAndGet();
                    return new Progress(
                            new Position(5, 0),
                            7,
                            2,
                            3,
                            Optional.of(NOW.minusMillis(1_500)),
                            new Head(12, new Position(9, 0)));
                },
                () -> NOW);

        assertThat(scraped())
                .containsExactlyInAnyOrder(
                        "contextgraph_projection_lag_events 5.0",
                        "contextgraph_projection_lag_seconds 1.5",
                        "contextgraph_projection_pending_events 2.0",
                        "contextgraph_projection_pending_oldest_seconds 1.5",
                        "contextgraph_projection_parked_events 3.0",
                        "contextgraph_projection_seen_seq 7.0",
                        "contextgraph_projection_head_seq 12.0");
        assertThat(asked).hasValue(1);
    }

    @Test
    void whileTheLedgerIsAwayNothingIsKnown() {
        ProjectionMetrics.progress(
                metrics,
                () -> {
                    throw new LedgerException(LedgerException.Reason.UNAVAILABLE, "away");
                },
                () -> NOW);

        assertThat(scraped()).hasSize(7).allMatch(line -> line.endsWith(" NaN"));
    }

    @Test
    void aScrapeAsksAStoreThatIsAwayOnce() {
        AtomicInteger asked = new AtomicInteger();
        Supplier<Integer> away = () -> {
            asked.incrementAndGet();
            throw new LedgerException(LedgerException.Reason.UNAVAILABLE, "away");
        };
        metrics.store(
                away,
                List.of(
                        new Metrics.Reading<>("projection.one", "one", Integer::doubleValue),
                        new Metrics.Reading<>("projection.two", "two", Integer::doubleValue)));

        assertThat(scraped())
                .containsExactlyInAnyOrder("contextgraph_projection_one NaN", "contextgraph_projection_two NaN");
        assertThat(asked).hasValue(1);
    }
}
