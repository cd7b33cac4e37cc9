// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.view;

import io.contextgraph.dialect.Fact;
import io.contextgraph.dialect.SpanFacts;
import io.contextgraph.dialect.SpanMessages;
import io.contextgraph.event.Json;
import io.contextgraph.message.Message;
import io.contextgraph.message.Message.Direction;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a span says.
 *
 * <p><b>Shape.</b> A tool: what it was given, an arrow, what it gave. Anything else: what was answered last, else what was
 * asked last. A failed span says why it failed in place of what it gave; one that says nothing, its name.
 */
final class SpanText {
    private final ObjectNode span;
    private final ObjectNode attributes;
    private final String name;
    private final SpanFacts facts;

    private SpanText(ObjectNode span) {
        this.span = span;
        this.attributes = span.path("attributes") instanceof ObjectNode own ? own : Json.MAPPER.createObjectNode();
        this.name = span.path("name").asString("");
        this.facts = new SpanFacts(name, attributes);
    }

    /** Whether this is a span, or a log event of one. */
    static boolean is(JsonNode json) {
        return json.path("attributes").isObject()
                && json.has("name")
                && (json.has("kind")
                        || json.has("start_unix_nano")
                        || json.path("name").asString("").startsWith("gen_ai.")
                        || json.path("events").isArray());
    }

    /** What {@code span} says. */
    static String of(ObjectNode span) {
        SpanText text = new SpanText(span);
        String said = text.facts.isTool() ? text.tool() : text.other();
        return said.isBlank() ? text.name : said;
    }

    private String tool() {
        return PayloadText.arrow(all(Direction.IN), failure().orElseGet(() -> all(Direction.OUT)));
    }

    private String other() {
        return failure()
                .or(() -> last(Direction.OUT))
                .or(() -> last(Direction.IN))
                .orElse("");
    }

    private String all(Direction direction) {
        return messages(direction).stream().map(Message::plain).collect(Collectors.joining("\n"));
    }

    private Optional<String> last(Direction direction) {
        return messages(direction).reversed().stream().map(Message::says).findFirst();
    }

    private List<Message> messages(Direction direction) {
        return SpanMessages.of(span, facts, direction);
    }

    /** Why it failed; empty when it did not, or does not say. */
    private Optional<String> failure() {
        JsonNode status = span.path("status");
        boolean failed = status.path("code").asString("").equals("STATUS_CODE_ERROR")
                || attributes.has("error.type")
                || facts.reportsFailure();
        return failed
                ? Stream.of(
                                Stream.of(status.path("message").asString("")),
                                facts.text(Fact.FAILURE_MESSAGE).stream(),
                                exceptions(),
                                Stream.of("error.message", "error.type")
                                        .map(attribute ->
                                                attributes.path(attribute).asString("")))
                        .flatMap(reasons -> reasons)
                        .filter(reason -> !reason.isBlank())
                        .findFirst()
                : Optional.empty();
    }

    private Stream<String> exceptions() {
        return span.path("events")
                .valueStream()
                .filter(event -> event.path("name").asString("").equals("exception"))
                .map(event -> event.path("attributes"))
                .map(event -> event.path("exception.message")
                        .asString(event.path("exception.type").asString("")));
    }
}
