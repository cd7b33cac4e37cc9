// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.testing;

/**
 * How far tests go that could always go further: in a short form, which is part of {@code mvn verify}, and in the long form of
 * {@code mvn verify -Plong}, which sets these properties. {@code -D} sets one of them alone.
 */
public enum Extent {
    /** For how long processes are killed while a graph is fed. */
    CHAOS_SECONDS("contextgraph.chaos.seconds", 12),

    /** For how long server and Redis are killed, in each of the kill tests. */
    KILL_SECONDS("contextgraph.kill.seconds", 8),

    /** Events in the one large session, on the engines that do not have 100,000 anyway. */
    SESSION_EVENTS("contextgraph.session.events", 5_000),

    /** Batches of 200 events at the same time, and one after another, of which the first 105 at most find a place. */
    OVERLOAD_REQUESTS("contextgraph.overload.requests", 130),

    /** Random histories for each property of a graph in Neo4j. */
    GRAPH_SEEDS("contextgraph.graph.seeds", 8),

    /** Random lives of workers that feed Neo4j. */
    WORKER_SEEDS("contextgraph.worker.seeds", 6),

    /** Random loads of several writers at the same time, each into an empty Neo4j. */
    WRITER_SEEDS("contextgraph.writer.seeds", 1),

    /** With how many of the sizes of pages that the reference is asked for Neo4j is asked. */
    GRAPH_PAGE_SIZES("contextgraph.graph.page.sizes", 3),

    /** Events, effects or members of the large things in a graph. */
    WIDE_EVENTS("contextgraph.wide.events", 4_000),

    /** Events in each benchmark. */
    BENCH_EVENTS("contextgraph.bench.events", 1_000),

    /** Questions of each kind. */
    BENCH_SAMPLES("contextgraph.bench.samples", 3),

    /** Seconds before a benchmark measures. */
    BENCH_WARM_UP_SECONDS("contextgraph.bench.warm-up.seconds", 0),

    /** Seconds of each measurement. */
    BENCH_SECONDS("contextgraph.bench.seconds", 1);

    private final String property;
    private final int inShort;

    Extent(String property, int inShort) {
        this.property = property;
        this.inShort = inShort;
    }

    /** What the property says, else the short form. */
    public int value() {
        return Integer.getInteger(property, inShort);
    }
}
