// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.operation.Watcher;
import io.contextgraph.ops.Metrics;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RetentionMetricsTest {
    private final RetentionBench bench = new RetentionBench();
    private final Metrics metrics = new Metrics();

    private List<String> scraped() {
        return metrics.scrape()
                .lines()
                .filter(line -> line.startsWith("contextgraph_"))
                .toList();
    }

    @Test
    void aScrapeTellsHowRetentionStands() {
        bench.append(4, "s");
        bench.finish("projection", 3);
        bench.clock.advance(Duration.ofDays(8));
        bench.percent(80);
        RetentionReport ignored = bench.retention().run(Watcher.NONE, rest -> false);
        bench.clock.advance(Duration.ofSeconds(90));
        RetentionMetrics.standing(metrics, bench.retention()::status, bench.clock);
        assertThat(scraped())
                .containsExactlyInAnyOrder(
                        "contextgraph_retention_window_seconds 302400.0",
                        "contextgraph_retention_window_set_seconds 604800.0",
                        "contextgraph_retention_trimmed_seq 3.0",
                        "contextgraph_retention_unindexed_seq 0.0",
                        "contextgraph_retention_run_age_seconds 90.0",
                        "contextgraph_retention_reached_age_seconds NaN",
                        "contextgraph_retention_held_seconds 691290.0",
                        "contextgraph_retention_group_missing 0.0",
                        "contextgraph_retention_released_groups 0.0",
                        "contextgraph_retention_ceiling_held 0.0",
                        "contextgraph_retention_ceiling_parked 0.0",
                        "contextgraph_retention_ceiling_seconds 0.0",
                        "contextgraph_retention_ceiling_set_seconds 0.0",
                        "contextgraph_retention_ceiling_waiting 0.0",
                        "contextgraph_retention_gone_age_seconds NaN",
                        "contextgraph_retention_gone_events 0.0",
                        "contextgraph_retention_gone_seq 0.0",
                        "contextgraph_retention_held_sessions 0.0",
                        "contextgraph_retention_unarchived 0.0");
    }

    @Test
    void aScrapeTellsOfAGroupThatIsMissing() {
        bench.settings = bench.settings(7, Set.of("projection", "audit"), 200);
        bench.append(4, "s");
        bench.finish("projection");
        bench.clock.advance(Duration.ofDays(8));
        RetentionReport ignored = bench.retention().run(Watcher.NONE, rest -> false);
        RetentionMetrics.standing(metrics, bench.retention()::status, bench.clock);
        assertThat(scraped())
                .contains(
                        "contextgraph_retention_group_missing 1.0",
                        "contextgraph_retention_released_groups 0.0",
                        "contextgraph_retention_ceiling_held 0.0",
                        "contextgraph_retention_ceiling_parked 0.0",
                        "contextgraph_retention_ceiling_seconds 0.0",
                        "contextgraph_retention_ceiling_set_seconds 0.0",
                        "contextgraph_retention_ceiling_waiting 0.0",
                        "contextgraph_retention_gone_age_seconds NaN",
                        "contextgraph_retention_gone_events 0.0",
                        "contextgraph_retention_gone_seq 0.0",
                        "contextgraph_retention_held_sessions 0.0",
                        "contextgraph_retention_unarchived 0.0");
    }

    /** What is released stops nothing any more. */
    @Test
    void aScrapeTellsOfAGroupThatIsReleased() {
        bench.settings = bench.settings(7, Set.of("projection", "audit"), 200);
        bench.append(4, "s");
        bench.finish("projection");
        bench.clock.advance(Duration.ofDays(8));
        RetentionReport ignored = bench.retention().run(Watcher.NONE, rest -> false);
        assertThat(bench.retention().release("audit", "me", "why")).isPresent();
        RetentionMetrics.standing(metrics, bench.retention()::status, bench.clock);
        assertThat(scraped())
                .contains("contextgraph_retention_group_missing 0.0", "contextgraph_retention_released_groups 1.0");
    }

    @Test
    void aScrapeTellsWhatTheTiersHold() {
        bench.append(4, "s");
        bench.clock.advance(Duration.ofSeconds(5));
        RetentionMetrics.sizes(metrics, () -> bench.ledger.tiers().sizes(), bench.clock);
        assertThat(scraped())
                .containsExactlyInAnyOrder(
                        "contextgraph_cold_bytes NaN",
                        "contextgraph_cold_documents 0.0",
                        "contextgraph_stream_entries 4.0",
                        "contextgraph_stream_bytes NaN",
                        "contextgraph_stream_oldest_seconds 5.0",
                        "contextgraph_documents 4.0",
                        "contextgraph_documents_count 4.0",
                        "contextgraph_documents_bytes NaN",
                        "contextgraph_index_documents 4.0",
                        "contextgraph_index_bytes NaN",
                        "contextgraph_sessions 1.0",
                        "contextgraph_sessions_count 1.0");
    }

    @Test
    void whileTheLedgerIsAwayNothingIsKnown() {
        bench.failing.failWith(new LedgerException(LedgerException.Reason.UNAVAILABLE, "away"));
        RetentionMetrics.standing(metrics, bench.retention()::status, bench.clock);
        assertThat(scraped()).hasSize(19).allMatch(line -> line.endsWith(" NaN"));
    }

    @Test
    void aScrapeTellsWhatTheScheduleDid() {
        bench.append(4, "s");
        bench.finish("projection");
        bench.clock.advance(Duration.ofDays(8));
        try (RetentionSchedule schedule = new RetentionSchedule(bench.retention())) {
            RetentionMetrics.work(metrics, schedule);
            Duration ignored = schedule.step();
            bench.failing.failWith(new LedgerException(LedgerException.Reason.UNAVAILABLE, "away"));
            ignored = schedule.step();
            assertThat(scraped())
                    .containsExactlyInAnyOrder(
                            "contextgraph_retention_runs_total 1.0",
                            "contextgraph_retention_failed_runs_total 1.0",
                            "contextgraph_retention_trimmed_entries_total 4.0",
                            "contextgraph_retention_archived_segments_total 0.0",
                            "contextgraph_retention_pruned_events_total 0.0");
        }
    }
}
