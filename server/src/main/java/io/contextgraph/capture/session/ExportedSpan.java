// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.session;

import io.contextgraph.capture.record.About;
import io.contextgraph.capture.record.TraceIndex;
import io.contextgraph.event.EventStatus;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A span as an observing service exports it, and what it says of itself.
 *
 * @param place where it stands
 * @param json as it was exported, without spans that stand in it
 * @param about whom it is about
 * @param key what it is called among others
 * @param kind what it is
 * @param lasting when it was
 */
record ExportedSpan(String place, ObjectNode json, About about, Key key, Kind kind, Lasting lasting)
        implements TraceIndex.Member {

    private static final BigInteger NANOS = BigInteger.valueOf(1_000_000_000);

    /**
     * What it is called.
     *
     * @param event the id of its event
     * @param parentEvent the id of that of the span that it is in
     * @param session the session that it names
     */
    record Key(
            String trace,
            String span,
            Optional<String> parent,
            String event,
            Optional<String> parentEvent,
            Optional<String> session) {}

    /**
     * What it is.
     *
     * @param type of its event
     * @param agent the agent that it is
     * @param tool the tool that it calls
     * @param status how it ended; empty where it does not last
     * @param aside whether it is no work of an agent, a model or a tool
     */
    record Kind(
            String type, Optional<String> agent, Optional<String> tool, Optional<EventStatus> status, boolean aside) {}

    /** When it began and ended. */
    record Lasting(Instant start, Optional<Instant> end) {}

    @Override
    public String traceId() {
        return key.trace();
    }

    @Override
    public String spanId() {
        return key.span();
    }

    @Override
    public Optional<String> parentId() {
        return key.parent();
    }

    @Override
    public BigInteger startNanos() {
        Instant start = lasting.start();
        return BigInteger.valueOf(start.getEpochSecond()).multiply(NANOS).add(BigInteger.valueOf(start.getNano()));
    }

    @Override
    public Optional<String> session() {
        return key.session();
    }

    @Override
    public Optional<String> agent() {
        return kind.agent();
    }

    /** The first of these fields that is a text; services write one field in more than one way. */
    static Optional<String> text(JsonNode json, String... names) {
        for (String name : names) {
            String text = json.path(name).stringValue("");
            if (!text.isEmpty()) {
                return Optional.of(text);
            }
        }
        return Optional.empty();
    }
}
