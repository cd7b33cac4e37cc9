// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.soak;

import java.util.OptionalLong;

/** What is sampled of a running server and of its stores. */
public enum Gauge {
    EVENTS("events in the ledger", "", 1),
    RESIDENT("server: resident memory", "MB", 1 << 20),
    HEAP("server: heap after a collection", "MB", 1 << 20),
    BUFFERS("server: buffers outside the heap", "MB", 1 << 20),
    /** Compilers, collectors and the carriers of virtual threads come and go. */
    THREADS("server: threads", "", 1, 8),
    VIRTUAL_THREADS("server: virtual threads", "", 1, 4),
    /** Connections to both stores, which have pools of their own, are among them. */
    DESCRIPTORS("server: open files and sockets", "", 1, 8),
    /** Whoever samples has one of its own, and nobody else is there in quiet. */
    HTTP_CONNECTIONS("server: HTTP connections", "", 1, 0),
    /** The pool closes what nobody has used for a minute. */
    REDIS_CONNECTIONS("server: connections to Redis", "", 1, 4),
    /** The driver's pool keeps as many as were once needed at the same time. */
    NEO4J_CONNECTIONS("server: connections to Neo4j", "", 1, 4),
    REDIS_CLIENTS("Redis: clients", "", 1, 4),
    REDIS_BLOCKED("Redis: blocked clients", "", 1, 0),
    REDIS_MEMORY("Redis: memory", "MB", 1 << 20),
    REDIS_PER_EVENT("Redis: memory for an event", "bytes", 1),
    LAG("graph: events behind", "", 1),
    ERRORS("server: answers with status 500, errors and warnings in its log", "", 1);

    private final String meaning;
    private final String unit;
    private final long scale;
    private final long tolerance;

    Gauge(String meaning, String unit, long scale) {
        this(meaning, unit, scale, -1);
    }

    Gauge(String meaning, String unit, long scale, long tolerance) {
        this.meaning = meaning;
        this.unit = unit;
        this.scale = scale;
        this.tolerance = tolerance;
    }

    /** In the words of a table. */
    public String meaning() {
        return unit.isEmpty() ? meaning : meaning + ", " + unit;
    }

    /** How many more there may be in quiet after the traffic than before it; empty for what is not held to that. */
    OptionalLong tolerance() {
        return tolerance < 0 ? OptionalLong.empty() : OptionalLong.of(tolerance);
    }

    /** A value as a table shows it. */
    String show(long value) {
        return scale == 1 ? "%,d".formatted(value) : "%,.1f".formatted((double) value / scale);
    }
}
