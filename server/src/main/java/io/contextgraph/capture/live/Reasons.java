// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.live;

import io.contextgraph.event.Fault;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Why records of one request were refused, in bounded memory. */
final class Reasons {
    /** How many different ones are told. */
    private static final int TOLD = 5;

    private static final int LONGEST = 300;

    private final Map<String, Long> counts = new LinkedHashMap<>();
    private long total;
    private long others;

    void add(String reason, List<Fault> faults, long count) {
        total += count;
        String whole = faults.isEmpty()
                ? reason
                : reason + ": "
                        + faults.stream()
                                .map(fault -> (fault.pointer() + " " + fault.message()).strip())
                                .collect(Collectors.joining("; "));
        String shown = whole.length() <= LONGEST ? whole : whole.substring(0, LONGEST) + "...";
        if (counts.size() < TOLD || counts.containsKey(shown)) {
            counts.merge(shown, count, Long::sum);
        } else {
            others += count;
        }
    }

    /** How many were refused. */
    long total() {
        return total;
    }

    /** All of it in one sentence; empty where none was. */
    String told(Signal signal) {
        if (total == 0) {
            return "";
        }
        String rest = others == 0 ? "" : "; " + others + " more for other reasons";
        return counts.entrySet().stream()
                .map(reason -> count(reason.getValue(), signal.noun()) + " refused: " + reason.getKey())
                .collect(Collectors.joining("; ", "", rest));
    }

    private static String count(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
    }
}
