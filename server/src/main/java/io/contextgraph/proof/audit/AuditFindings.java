// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.audit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Collects what an audit finds: all is counted, those of the lowest numbers are named.
 *
 * <p><b>Threads.</b> Safe.
 */
final class AuditFindings {
    private static final Comparator<AuditFault> BY_NUMBER = Comparator.comparing((AuditFault fault) -> fault.seq() == 0)
            .thenComparingLong(AuditFault::seq)
            .thenComparing(AuditFault::kind)
            .thenComparing(AuditFault::message);

    private final int max;
    private final Map<AuditFault.Kind, Long> counts = new EnumMap<>(AuditFault.Kind.class);
    private final TreeSet<AuditFault> named = new TreeSet<>(BY_NUMBER);
    private final List<String> unchecked = new ArrayList<>();

    /** @param max most faults to name */
    AuditFindings(int max) {
        this.max = max;
    }

    synchronized void add(AuditFault fault) {
        if (named.add(fault)) {
            counts.put(fault.kind(), counts.getOrDefault(fault.kind(), 0L) + 1);
            if (named.size() > max) {
                boolean ignored = named.remove(named.last());
            }
        }
    }

    /** Says that something could not be looked at. */
    synchronized void unchecked(String what) {
        unchecked.add(what);
    }

    synchronized Map<AuditFault.Kind, Long> counts() {
        return new EnumMap<>(counts);
    }

    synchronized List<AuditFault> named() {
        return List.copyOf(named);
    }

    synchronized List<String> unchecked() {
        return List.copyOf(unchecked);
    }
}
