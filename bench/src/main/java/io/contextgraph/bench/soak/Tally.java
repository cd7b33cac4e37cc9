// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.soak;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/** What clients have done, and each answer that they should not have had. Safe for threads. */
final class Tally {
    private static final int KEPT = 20;

    /** What is counted. */
    enum Deed {
        APPENDED("events appended"),
        DUPLICATE("duplicates"),
        CONFLICT("conflicts"),
        REFUSED("refused events"),
        QUERY("queries read to their end"),
        ABANDONED("queries left in the middle"),
        PAGE("pages"),
        READ("events and sessions read by id"),
        GRAPH("questions to the graph"),
        STREAM("streams followed"),
        MESSAGE("messages of streams"),
        LOITERED("clients that were slow, silent or gone in the middle"),
        CLOSED("of these, closed by the server"),
        HEALTH("looks at health and metrics"),
        VERIFIED("comparisons of ledger and graph"),
        POSTPONED("requests that were asked to come again");

        private final String words;

        Deed(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    private final Map<Deed, LongAdder> counts = new EnumMap<>(Deed.class);
    private final List<String> unexpected = new ArrayList<>();
    private long unexpectedCount;

    Tally() {
        for (Deed deed : Deed.values()) {
            counts.put(deed, new LongAdder());
        }
    }

    void add(Deed deed) {
        add(deed, 1);
    }

    void add(Deed deed, long times) {
        LongAdder count = counts.get(deed);
        if (count != null) {
            count.add(times);
        }
    }

    /** An answer other than the one that there must be. */
    synchronized void unexpected(String what) {
        unexpectedCount++;
        if (unexpected.size() < KEPT) {
            unexpected.add(what.length() > 500 ? what.substring(0, 500) + "..." : what);
        }
    }

    synchronized long unexpectedCount() {
        return unexpectedCount;
    }

    /** Each in a sentence, if they are not too many. */
    synchronized List<String> unexpected() {
        List<String> told = new ArrayList<>(unexpected);
        if (unexpectedCount > unexpected.size()) {
            told.add("and " + (unexpectedCount - unexpected.size()) + " more");
        }
        return told;
    }

    /** All counts in one line. */
    String line() {
        return counts.entrySet().stream()
                .map(count -> "%s %,d"
                        .formatted(count.getKey().words, count.getValue().sum()))
                .collect(Collectors.joining(", "));
    }

    /** Which deeds nobody has done. */
    List<Deed> undone() {
        return counts.entrySet().stream()
                .filter(count -> count.getValue().sum() == 0)
                .map(Map.Entry::getKey)
                .toList();
    }
}
