// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.format;

import io.contextgraph.capture.record.About;
import io.contextgraph.capture.record.DerivedIds;
import io.contextgraph.dialect.LogEvents;
import io.contextgraph.dialect.SpanFacts;
import java.math.BigInteger;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A log record that is an event of {@link LogEvents}, read.
 *
 * @param place where it stands in the file
 * @param statedTrace 32 digits, if it says its trace
 * @param statedSpan 16 digits, if it says its span
 * @param startNanos when it happened, else when it was seen, since 1970
 * @param facts what its attributes say
 * @param about whom it is about
 * @param digest of the record
 * @param payload name, severity, body, attributes, resource, scope, unknown fields
 */
record OtlpLog(
        String place,
        Optional<String> statedTrace,
        Optional<String> statedSpan,
        BigInteger startNanos,
        SpanFacts facts,
        About about,
        String digest,
        ObjectNode payload)
        implements OtlpRecord {

    /** Whether a log record is an event; all others are no work of an agent. */
    static boolean isEvent(JsonNode json) {
        return name(json).startsWith(LogEvents.PREFIX);
    }

    /** The name of its event; empty when it has none. */
    static String name(JsonNode json) {
        Stream<JsonNode> attributes = json.path("attributes")
                .valueStream()
                .filter(pair -> pair.path("key").asString("").equals("event.name"))
                .map(pair -> pair.path("value").path("stringValue"));
        return Stream.of(Stream.of(json.path("eventName")), attributes, Stream.of(json.path("name")))
                .flatMap(names -> names)
                .map(name -> name.isString() ? name.stringValue() : "")
                .filter(name -> !name.isEmpty())
                .findFirst()
                .orElse("");
    }

    LogEvents.Kind kind() {
        return LogEvents.of(payload.path("name").asString(""));
    }

    /** Its event's id. */
    String id() {
        return DerivedIds.logEvent(statedTrace.orElse(""), statedSpan.orElse(""), digest);
    }

    @Override
    public String key() {
        return statedTrace.orElse("") + ":" + statedSpan.orElse("") + ":" + digest;
    }

    /** That of its session where it says none, else one of its own. */
    @Override
    public String traceId() {
        return statedTrace.or(() -> session().map(DerivedIds::traceOfLog)).orElse(digest.substring(0, 32));
    }

    @Override
    public String spanId() {
        return "";
    }

    /** A span id alone names no span. */
    @Override
    public Optional<String> parentId() {
        return statedSpan.filter(ignored -> statedTrace.isPresent());
    }
}
