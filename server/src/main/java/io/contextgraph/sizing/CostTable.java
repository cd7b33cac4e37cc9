// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.sizing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The cost table of the decision record, calculated again from what was measured, engine search.
 */
public final class CostTable {
    private CostTable() {}

    /**
     * What one scale costs.
     *
     * @param scale its name
     * @param record what the record says of it; empty where it says nothing
     * @param monthMemory bytes of memory where 30 days of events are in Redis, and none has left
     * @param monthDollars what that costs a month
     * @param memory bytes of memory where events leave as the request says
     * @param archive bytes of the archive then
     * @param dollars what both cost a month
     */
    public record Row(
            String scale,
            double eventsPerDay,
            Optional<RecordScale> record,
            double monthMemory,
            double monthDollars,
            double memory,
            double archive,
            double dollars) {}

    /** The scales of the record with what else is asked for, and that which is asked for. */
    public static List<Row> rows(SizeRequest request) {
        List<Row> rows = new ArrayList<>();
        for (RecordScale scale : RecordScale.values()) {
            String name = scale.text() + ", " + Amounts.count(scale.runs()) + " runs a day";
            rows.add(row(name, scale.eventsPerDay(), Optional.of(scale), request));
        }
        rows.add(row("as asked for", (double) request.eventsPerDay(), Optional.empty(), request));
        return rows;
    }

    private static Row row(String name, double perDay, Optional<RecordScale> record, SizeRequest request) {
        EventBytes each = SizeEstimate.measuredBytes(request.payloadBytes());
        Stay stay = request.stay();
        double month = each.inMemory(
                perDay,
                new Stay(Math.min(stay.hot(), RecordScale.MONTH), RecordScale.MONTH, 0).after(RecordScale.MONTH));
        Stay.Days days = stay.after(request.days());
        double memory = each.inMemory(perDay, days);
        double archive = each.inArchive(perDay, days);
        Prices prices = request.prices();
        return new Row(
                name, perDay, record, month, prices.month(month, 0), memory, archive, prices.month(memory, archive));
    }
}
