// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.sizing;

import java.util.ArrayList;
import java.util.List;

/**
 * What is to be kept, and how.
 *
 * @param eventsPerDay how many come in
 * @param stay for how long they are where
 * @param days how long that has gone on when it is looked at
 * @param payloadBytes of each event; 0 where it brings none
 * @param peak by how much more come in when most do
 * @param sortedSet whether the ledger is of engine sorted-set, in place of search
 * @param prices what memory and archive cost
 */
public record SizeRequest(
        long eventsPerDay, Stay stay, int days, long payloadBytes, double peak, boolean sortedSet, Prices prices) {
    /** Larger numbers are slips, and would overflow. */
    private static final double MOST_EVENTS = 1e12;

    private static final int MOST_DAYS = 36_500;
    private static final double MOST_BYTES = 64 << 20;
    private static final int HIGHEST_PEAK = 100_000;
    private static final int HIGHEST_PRICE = 1_000_000;

    /** @throws IllegalArgumentException with all that is out of bounds, each with its rule */
    public SizeRequest {
        List<String> faults = new ArrayList<>();
        check(faults, "events a day", (double) eventsPerDay, 1, MOST_EVENTS);
        check(faults, "days in Redis", stay.ceiling(), 1, MOST_DAYS);
        check(faults, "days in the streams", stay.hot(), 0, MOST_DAYS);
        check(faults, "days for which ids are remembered", stay.remembered(), 0, MOST_DAYS);
        check(faults, "days after which it is looked at", days, 1, MOST_DAYS);
        check(faults, "bytes of a payload", (double) payloadBytes, 0, MOST_BYTES);
        check(faults, "the peak", peak, 1, HIGHEST_PEAK);
        check(faults, "the price of memory", prices.memory(), 0, HIGHEST_PRICE);
        check(faults, "the price of the archive", prices.archive(), 0, HIGHEST_PRICE);
        if (stay.hot() > stay.ceiling()) {
            faults.add(
                    "days in the streams must not be more than days in Redis: " + stay.hot() + ", " + stay.ceiling());
        }
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", faults));
        }
    }

    private static void check(List<String> faults, String what, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            faults.add(what + " must be from " + Amounts.count(least) + " to " + Amounts.count(most) + ": "
                    + Amounts.plain(value));
        }
    }
}
