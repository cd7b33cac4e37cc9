// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ops;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Tells whether the product can do its work.
 *
 * <p><b>Guarantees.</b> A check counts as failed when it throws or takes too long. However many ask at once, each store is
 * asked once: they share the answer.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class Health {
    /** How the product is. */
    public enum Status {
        /** Everything answers. */
        HEALTHY,
        /** Events are taken and read; something needs looking after, such as a graph that is away. */
        DEGRADED,
        /** Nothing can be appended. */
        UNHEALTHY;

        /** The name on the wire, in lower case. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What is wrong, by a name that does not change. */
    public enum Concern {
        REDIS_UNAVAILABLE(true),
        /** Redis is a replica, or its disk fails: it takes no writes. */
        REDIS_READ_ONLY(true),
        MEMORY_FULL(true),
        /** Appends that ask for nothing more than the configured durability fail. */
        DURABILITY_UNREACHABLE(true),
        /** An append that was tried fails for another reason: rights are missing, or the head contradicts the events. */
        APPENDS_REFUSED(true),
        /** Something that is stored is missing or contradicts itself: what needs it is refused. */
        LEDGER_CORRUPT(false),
        /** Queries by index are refused: it is missing, is being built, or lacks events. */
        INDEX_INCOMPLETE(false),
        MEMORY_HIGH(false),
        /** Redis deletes events when its memory is full. */
        REDIS_EVICTS(false),
        NEO4J_UNAVAILABLE(false),
        /** This server feeds the graph, and waits for a store. */
        PROJECTION_WAITING(false),
        /** This server feeds the graph, which is behind, and for a while nothing has been projected. */
        PROJECTION_STALLED(false);

        private final boolean stopsAppends;

        Concern(boolean stopsAppends) {
            this.stopsAppends = stopsAppends;
        }

        /** Whether no event can be appended meanwhile. */
        public boolean stopsAppends() {
            return stopsAppends;
        }

        /** The name on the wire, in lower case. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Whether this server feeds the graph. */
    public enum Feeding {
        /** It leaves that to others. */
        OFF,
        /** It has not begun yet. */
        STARTING,
        WORKING,
        /** It waits for a store, and tries again and again. */
        WAITING,
        /** It says that it works, but the graph is behind and comes no nearer. */
        STALLED
    }

    /**
     * What the checks found.
     *
     * @param redis whether the ledger answers
     * @param neo4j whether the graph answers
     * @param concerns all that is wrong, in the order of {@link Concern}
     */
    public record Report(Status status, boolean redis, boolean neo4j, List<Concern> concerns) {
        public Report {
            concerns = List.copyOf(concerns);
        }

        /** The verdict on what is wrong with the ledger, and on whether the graph answers and is fed. */
        public static Report of(Set<Concern> ledger, boolean neo4j, Feeding projection) {
            Set<Concern> all = EnumSet.noneOf(Concern.class);
            all.addAll(ledger);
            if (!neo4j) {
                all.add(Concern.NEO4J_UNAVAILABLE);
            }
            if (projection == Feeding.WAITING) {
                all.add(Concern.PROJECTION_WAITING);
            }
            if (projection == Feeding.STALLED) {
                all.add(Concern.PROJECTION_STALLED);
            }
            Status status = all.isEmpty()
                    ? Status.HEALTHY
                    : all.stream().anyMatch(Concern::stopsAppends) ? Status.UNHEALTHY : Status.DEGRADED;
            return new Report(status, isThere(ledger), neo4j, List.copyOf(all));
        }
    }

    private static final Set<Concern> AWAY = Set.of(Concern.REDIS_UNAVAILABLE);

    private final Probe<Set<Concern>> ledger;
    private final Probe<Boolean> neo4j;
    private final Probe<Feeding> projection;

    /**
     * Asks the two stores.
     *
     * @param ledger what is wrong with the ledger; empty when nothing is
     * @param neo4j whether the graph answers
     * @param projection whether this server feeds the graph
     * @param timeout longest that each may take
     */
    public Health(
            Supplier<Set<Concern>> ledger, BooleanSupplier neo4j, Supplier<Feeding> projection, Duration timeout) {
        this.ledger = new Probe<>(ledger, timeout);
        this.neo4j = new Probe<>(neo4j::getAsBoolean, timeout);
        this.projection = new Probe<>(projection, timeout);
    }

    private static boolean isThere(Set<Concern> ledger) {
        return !ledger.contains(Concern.REDIS_UNAVAILABLE);
    }

    /** Asks all at once. */
    public Report report() {
        Probe<Set<Concern>>.Asked first = ledger.ask();
        Probe<Boolean>.Asked second = neo4j.ask();
        Probe<Feeding>.Asked third = projection.ask();
        return Report.of(
                first.answer().orElse(AWAY),
                second.answer().orElse(false),
                third.answer().orElse(Feeding.WAITING));
    }

    /** Whether events can be read. */
    public boolean ready() {
        return isThere(ledger.ask().answer().orElse(AWAY));
    }

    /** Whether this server feeds the graph now. */
    public boolean feeds() {
        return projection.ask().answer().orElse(Feeding.WAITING) == Feeding.WORKING;
    }
}
