// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.otlp;

import io.contextgraph.capture.record.About;
import io.contextgraph.capture.record.DerivedIds;
import io.contextgraph.dialect.Fact;
import io.contextgraph.dialect.LogEvents;
import io.contextgraph.dialect.LogFact;
import io.contextgraph.dialect.LogFacts;
import io.contextgraph.dialect.SpanFacts;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A log record, read.
 *
 * @param place where it stands in the file
 * @param statedTrace 32 digits, if it says its trace
 * @param statedSpan 16 digits, if it says its span
 * @param nanos when it happened, else when it was seen, since 1970
 * @param facts what its attributes say as those of spans do
 * @param said what they say by the table of events
 * @param about whom it is about
 * @param digest of the record
 * @param ordinal among the records of its request that have the same digest
 * @param payload name, severity, body, attributes, resource, scope, unknown fields
 */
record OtlpLog(
        String place,
        Optional<String> statedTrace,
        Optional<String> statedSpan,
        BigInteger nanos,
        SpanFacts facts,
        LogFacts said,
        About about,
        String digest,
        int ordinal,
        ObjectNode payload)
        implements OtlpRecord {

    /** Where the name of an event may stand among attributes. */
    private static final String EVENT_NAME = "event.name";

    /** The same record, as one of several in its request. */
    OtlpLog again(int which) {
        return new OtlpLog(place, statedTrace, statedSpan, nanos, facts, said, about, digest, which, payload);
    }

    /** The name of its event; empty when it has none. */
    static String name(JsonNode json) {
        JsonNode attributes = json.path("attributes");
        Stream<JsonNode> stated = attributes.isObject()
                ? Stream.of(OtlpValues.value(attributes.path(EVENT_NAME)))
                : attributes
                        .valueStream()
                        .filter(pair -> pair.path("key").asString("").equals(EVENT_NAME))
                        .map(pair -> pair.path("value").path("stringValue"));
        String name = Stream.of(Stream.of(json.path("eventName")), stated, Stream.of(json.path("name")))
                .flatMap(names -> names)
                .map(OtlpLog::text)
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElse("");
        return LogEvents.name(name, text(OtlpValues.value(json.path("body"))));
    }

    private static String text(JsonNode value) {
        return value.isString() ? value.stringValue() : "";
    }

    LogEvents.Kind kind() {
        return said.kind();
    }

    /** Its event's id. */
    String id() {
        return DerivedIds.log(digest, ordinal);
    }

    @Override
    public String key() {
        return statedTrace.orElse("") + ":" + statedSpan.orElse("") + ":" + digest + ":" + ordinal;
    }

    /** Of what has ended, when it began. */
    @Override
    public BigInteger startNanos() {
        return lasted().map(nanos::subtract).filter(start -> start.signum() > 0).orElse(nanos);
    }

    /** When something ended of which it tells, if it says how long that took. */
    Optional<BigInteger> endNanos() {
        return lasted().map(ignored -> nanos);
    }

    private Optional<BigInteger> lasted() {
        return kind().outcome() == LogEvents.Outcome.NONE
                ? Optional.empty()
                : said.number(LogFact.MILLIS)
                        .map(millis ->
                                millis.multiply(new BigDecimal(NANOS_PER_MILLI)).toBigInteger());
    }

    /** That of its prompt or its session where it says none, else one of its own. */
    @Override
    public String traceId() {
        return statedTrace
                .or(this::turn)
                .or(() -> session().map(DerivedIds::traceOfLog))
                .orElse(digest.substring(0, 32));
    }

    /** The trace of what the prompt has led to that it belongs to. */
    Optional<String> turn() {
        return session().flatMap(name -> said.text(LogFact.TURN).map(turn -> DerivedIds.traceOfLog(name, turn)));
    }

    /** Whether other records of its turn follow from it. */
    boolean isPrompt() {
        return kind().type().equals(LogEvents.INPUT);
    }

    @Override
    public Optional<String> agent() {
        return facts.text(Fact.AGENT).or(() -> said.text(LogFact.AGENT));
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
