// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.dialect;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What an event of a log says of itself, by the table of {@link LogEvents}; besides its type, only those of programs say anything. */
public final class LogFacts {
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}(?:\\.[0-9]{1,18})?");
    private static final BigDecimal FIRST_FAILURE = BigDecimal.valueOf(400);

    private final LogEvents.Kind kind;
    private final boolean ofProgram;
    private final ObjectNode attributes;

    /**
     * Of one event.
     *
     * @param name of the event, see {@link LogEvents#name}
     * @param attributes its own, as a plain object
     */
    public LogFacts(String name, ObjectNode attributes) {
        this.kind = LogEvents.of(name);
        this.ofProgram = LogEvents.isOfProgram(name);
        this.attributes = attributes;
    }

    /** What it is. */
    public LogEvents.Kind kind() {
        return kind;
    }

    /** Whether a program of the table wrote it. */
    public boolean ofProgram() {
        return ofProgram;
    }

    /** The first value that is there, as it is. */
    public Optional<JsonNode> value(LogFact fact) {
        return (ofProgram ? fact.attributes().stream() : Stream.<String>empty())
                .map(attributes::path)
                .filter(value -> !value.isMissingNode() && !value.isNull())
                .filter(value -> !value.isString() || !value.stringValue().isEmpty())
                .findFirst();
    }

    /** The same as text; empty where it is no single value. */
    public Optional<String> text(LogFact fact) {
        return value(fact).filter(JsonNode::isValueNode).map(JsonNode::asString);
    }

    /** The same as a number, which may be written as text. */
    public Optional<BigDecimal> number(LogFact fact) {
        return text(fact).filter(text -> NUMBER.matcher(text).matches()).map(BigDecimal::new);
    }

    /** Whether it tells of something that failed. */
    public boolean failed() {
        if (kind.outcome() == LogEvents.Outcome.FAILED) {
            return true;
        }
        Optional<String> success = text(LogFact.SUCCESS);
        boolean refused = number(LogFact.HTTP_STATUS)
                .filter(status -> status.compareTo(FIRST_FAILURE) >= 0)
                .isPresent();
        return refused
                || success.map("false"::equalsIgnoreCase)
                        .orElseGet(() -> value(LogFact.ERROR).isPresent());
    }
}
