// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.audit;

import io.contextgraph.event.SessionId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a comparison finds: everything is counted, the first of each sort are named.
 *
 * <p><b>Units and bounds.</b> Holds as many differences, and as many sessions, as it was made for.
 *
 * <p><b>Threads.</b> For one thread.
 */
public final class Findings {
    private final int max;
    private final List<Difference> named = new ArrayList<>();
    private final Map<Difference.Kind, Long> counts = new EnumMap<>(Difference.Kind.class);
    private final List<SessionId> unsettled = new ArrayList<>();
    private long unsettledCount;
    private long sum;

    /** Names the first {@code max} differences, and as many sessions. */
    public Findings(int max) {
        this.max = max;
    }

    /** What was found elsewhere: the named ones, and how many there were in all. */
    public static Findings of(
            List<Difference> named, Map<Difference.Kind, Long> counts, List<SessionId> unsettled, long unsettledCount) {
        Findings found = new Findings(Math.max(named.size(), unsettled.size()));
        found.named.addAll(named);
        found.counts.putAll(counts);
        found.unsettled.addAll(unsettled);
        found.unsettledCount = unsettledCount;
        return found;
    }

    void add(Difference difference) {
        counts.merge(difference.kind(), 1L, Long::sum);
        sum = 31 * sum + difference.hashCode();
        if (named.size() < max) {
            named.add(difference);
        }
    }

    /** A session of which nothing can be said yet. */
    void unsettled(SessionId session) {
        unsettledCount++;
        if (unsettled.size() < max) {
            unsettled.add(session);
        }
    }

    /** How many more differences can be named. */
    int room() {
        return max - named.size();
    }

    void addAll(Findings look) {
        look.counts.forEach((kind, count) -> counts.merge(kind, count, Long::sum));
        sum = 31 * sum + look.sum;
        look.named.stream().limit(max - named.size()).forEach(named::add);
    }

    /** Whether another found the same, as far as counts and hashes tell. */
    boolean sameAs(Findings other) {
        return counts.equals(other.counts) && sum == other.sum;
    }

    /** Whether no difference was found. */
    public boolean none() {
        return counts.isEmpty();
    }

    /** How many differences of each kind; kinds without any are absent. */
    public Map<Difference.Kind, Long> counts() {
        return Map.copyOf(counts);
    }

    /** The first differences, in the order in which they were found. */
    public List<Difference> named() {
        return List.copyOf(named);
    }

    /** How many sessions were not settled. */
    public long unsettledCount() {
        return unsettledCount;
    }

    /** The first of these. */
    public List<SessionId> unsettled() {
        return List.copyOf(unsettled);
    }
}
