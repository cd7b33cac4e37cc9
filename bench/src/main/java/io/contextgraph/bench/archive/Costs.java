// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.archive;

import io.contextgraph.bench.report.Table;
import io.contextgraph.sizing.EventBytes;
import io.contextgraph.sizing.Prices;
import io.contextgraph.sizing.RecordScale;
import io.contextgraph.sizing.Stay;
import java.util.ArrayList;
import java.util.List;

/**
 * What keeping events costs in a month, from the bytes that one of them takes in each tier.
 *
 * @param hot bytes of RAM while its entries are in the streams
 * @param cold the same when they are not
 * @param remembered the same while the ledger remembers the id of an event that has gone
 * @param gone the same when only the archive does
 * @param archived bytes in the archive
 * @param prices what a gigabyte costs in a month
 */
public record Costs(double hot, double cold, double remembered, double gone, double archived, Prices prices) {
    private static final double GIGABYTE = 1e9;

    private static final int HOT_DAYS = 7;
    private static final int REMEMBERED_DAYS = 30;
    private static final int CEILING_DAYS = 90;
    private static final int YEAR = 365;

    /** The table of the record, with what was measured. */
    public Table table() {
        List<List<String>> rows = new ArrayList<>();
        EventBytes each = new EventBytes(hot, cold, remembered, gone, archived);
        for (RecordScale scale : RecordScale.values()) {
            double perDay = scale.eventsPerDay();
            double month = each.inMemory(perDay, days(RecordScale.MONTH, RecordScale.MONTH));
            double year = each.inMemory(perDay, days(CEILING_DAYS, YEAR));
            double packed = each.inArchive(perDay, days(CEILING_DAYS, YEAR));
            rows.add(List.of(
                    "%s, %,d runs a day".formatted(scale.text(), scale.runs()),
                    "%,.0f".formatted(perDay),
                    "$%,d".formatted(scale.month()),
                    gigabytes(perDay * RecordScale.MONTH * hot),
                    gigabytes(month),
                    dollars(prices.month(month, 0)),
                    gigabytes(year),
                    gigabytes(packed),
                    dollars(prices.month(year, packed))));
        }
        return new Table(
                "What it costs in a month",
                List.of(
                        "scale",
                        "events/day",
                        "the record, 30 days",
                        "30 days, all hot, GB RAM",
                        "30 days, tiered, GB RAM",
                        "the same, a month",
                        "a year: 90 days in RAM, GB",
                        "the rest archived, GB",
                        "both, a month"),
                rows,
                List.of(
                        "Measured bytes of an event in each tier (see above) times events: %d days hot, cold until the ceiling, then what is remembered of it for %d days, and what stays of it until the end of the time."
                                .formatted(HOT_DAYS, REMEMBERED_DAYS),
                        "%d events a run, as in the traces of real agents that the product is tested with. Prices are assumptions, to be given as options: $%s for a GB of RAM, $%s for a GB of object storage, each a month; machines, copies and the room that Redis needs to stay below 80%% of its memory come on top."
                                .formatted(RecordScale.EVENTS_PER_RUN, prices.memory(), prices.archive()),
                        "The record's figures name no size of an event, no number of events and no price."));
    }

    /** The days of the tiers, when events leave after {@code ceiling} days and {@code days} have passed. */
    private static Stay.Days days(int ceiling, int days) {
        return new Stay(HOT_DAYS, ceiling, REMEMBERED_DAYS).after(days);
    }

    private static String gigabytes(double bytes) {
        return "%,.1f".formatted(bytes / GIGABYTE);
    }

    private static String dollars(double dollars) {
        return "$%,.0f".formatted(dollars);
    }
}
