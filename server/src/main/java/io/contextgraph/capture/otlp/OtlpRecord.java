// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.otlp;

import io.contextgraph.capture.record.About;
import io.contextgraph.capture.record.TraceIndex;
import io.contextgraph.dialect.Fact;
import io.contextgraph.dialect.SpanFacts;
import io.contextgraph.event.Json;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/** A span or a log record, read: what both say in the same way. */
sealed interface OtlpRecord extends TraceIndex.Member permits OtlpSpan, OtlpLog {
    BigInteger NANOS_PER_MILLI = BigInteger.valueOf(1_000_000);

    Pattern TIMEOUT = Pattern.compile("time[ _-]?out|timed[ _-]?out|deadline");

    /** The same for the same record only: the order among those of one time. */
    String key();

    /** Whom it is about. */
    About about();

    /** What its own attributes say in the dialect of the exporter. */
    SpanFacts facts();

    /** Everything that it says, with its resource. */
    ObjectNode payload();

    @Override
    default Optional<String> session() {
        return facts().text(Fact.SESSION).or(() -> new SpanFacts("", ofResource()).text(Fact.SESSION));
    }

    @Override
    default Optional<String> agent() {
        return facts().text(Fact.AGENT);
    }

    default Optional<String> serviceName() {
        return Optional.ofNullable(ofResource().path("service.name").stringValue(null))
                .filter(name -> !name.isEmpty());
    }

    default Instant start() {
        return instant(startNanos());
    }

    static Instant instant(BigInteger nanos) {
        return Instant.ofEpochMilli(nanos.divide(NANOS_PER_MILLI).longValueExact());
    }

    /** Whether a text tells of something that took too long. */
    static boolean isTimeout(String text) {
        return TIMEOUT.matcher(text.toLowerCase(Locale.ROOT)).find();
    }

    /** What its resource says of all records of a process. */
    private ObjectNode ofResource() {
        return payload().path("resource").path("attributes") instanceof ObjectNode attributes
                ? attributes
                : Json.MAPPER.createObjectNode();
    }
}
