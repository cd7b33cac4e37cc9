// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.dialect;

import io.contextgraph.event.Json;
import io.contextgraph.message.JsonText;
import io.contextgraph.message.Message;
import io.contextgraph.message.Message.Direction;
import io.contextgraph.message.MessageForms;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What was said in a span or log event: the messages that it was given and those that it gave back, in the order in
 * which they stand.
 *
 * <p><b>Shape.</b> Of each direction the first of these that says something: messages in attributes, span events and
 * log events, arguments and result of a tool, any other input and output. Instructions go before.
 *
 * <p><b>Guarantees.</b> Pure: the payload is not changed, and what cannot be read as a message is one, as text.
 */
public final class SpanMessages {
    private static final String BODY = "body";
    private static final String ATTRIBUTES = "attributes";
    private static final String INPUT = "input";
    private static final String OUTPUT = "output";

    /** What an event of such a name is: direction and role. */
    private static final Map<String, Said> EVENTS = Map.of(
            "gen_ai.system.message", new Said(Direction.IN, "system"),
            "gen_ai.user.message", new Said(Direction.IN, "user"),
            "gen_ai.assistant.message", new Said(Direction.IN, "assistant"),
            "gen_ai.tool.message", new Said(Direction.IN, "tool"),
            "gen_ai.choice", new Said(Direction.OUT, "assistant"));

    private final ObjectNode payload;
    private final SpanFacts facts;
    private final Direction direction;
    private final MessageForms forms;

    private record Said(Direction direction, String role) {}

    private SpanMessages(ObjectNode payload, SpanFacts facts, Direction direction) {
        this.payload = payload;
        this.facts = facts;
        this.direction = direction;
        this.forms = new MessageForms(direction);
    }

    /**
     * What an imported span or log event was given, or gave.
     *
     * @param payload with {@code name}, {@code attributes} as a plain object, {@code events}, and for a log event
     *     {@code body}
     * @param facts what its attributes say
     */
    public static List<Message> of(ObjectNode payload, SpanFacts facts, Direction direction) {
        return new SpanMessages(payload, facts, direction).read();
    }

    private List<Message> read() {
        return direction == Direction.IN ? given() : returned();
    }

    private List<Message> given() {
        List<Message> instructions = first(facts, Fact.INSTRUCTIONS, "system");
        Set<Message> known = new HashSet<>(instructions);
        List<Message> rest = ofTool(this::arguments)
                .or(() -> some(() -> first(facts, Fact.INPUT_MESSAGES, "user")))
                .or(() -> some(this::events))
                .or(() -> some(this::arguments))
                .orElseGet(() -> first(facts, Fact.INPUT, INPUT));
        return Stream.concat(instructions.stream(), rest.stream().filter(message -> !known.contains(message)))
                .toList();
    }

    private List<Message> returned() {
        return ofTool(this::result)
                .or(() -> some(() -> withCalls(first(facts, Fact.OUTPUT_MESSAGES, "assistant"))))
                .or(() -> some(this::events))
                .or(() -> some(this::result))
                .orElseGet(() -> first(facts, Fact.OUTPUT, OUTPUT));
    }

    /** A tool that says what it was given or gave back says no more than that. */
    private Optional<List<Message>> ofTool(Supplier<List<Message>> said) {
        return facts.isTool() ? some(said) : Optional.empty();
    }

    private static Optional<List<Message>> some(Supplier<List<Message>> said) {
        return Optional.of(said.get()).filter(found -> !found.isEmpty());
    }

    private List<Message> arguments() {
        Stream<List<Message>> given = facts.values(Fact.ARGUMENTS).map(value -> forms.arguments(value, "tool"));
        Stream<List<Message>> input =
                facts.isTool() ? facts.values(Fact.INPUT).map(value -> forms.arguments(value, INPUT)) : Stream.empty();
        return firstOf(Stream.concat(given, input));
    }

    private List<Message> result() {
        return firstOf(facts.values(Fact.RESULT).map(value -> forms.content(value, "tool")));
    }

    /** The calls that stand in an attribute of their own belong to the last message. */
    private List<Message> withCalls(List<Message> said) {
        List<Message> calls = firstOf(facts.values(Fact.CALLS).map(value -> forms.calls(value, "assistant")));
        if (calls.isEmpty()
                || said.stream().anyMatch(message -> !message.calls().isEmpty())) {
            return said;
        }
        if (said.isEmpty()) {
            return calls;
        }
        List<Message> all = new ArrayList<>(said);
        Message last = all.removeLast();
        all.add(new Message(
                direction, last.role(), last.text(), calls.getFirst().calls()));
        return all;
    }

    private List<Message> events() {
        List<Message> all = new ArrayList<>();
        for (JsonNode event : payload.path("events")) {
            all.addAll(event(event.path("name").asString(""), event));
        }
        LogFacts ofLog = new LogFacts(logName(), object(payload.path(ATTRIBUTES)));
        if (all.isEmpty() && ofLog.ofProgram()) {
            return program(ofLog);
        }
        return all.isEmpty() && payload.has(BODY) ? log() : all;
    }

    private List<Message> event(String name, JsonNode event) {
        ObjectNode attributes = object(event.path(ATTRIBUTES));
        JsonNode body = JsonText.read(event.has(BODY) ? event.path(BODY) : attributes.path("gen_ai.event.content"));
        Said said = EVENTS.get(name);
        if (said == null) {
            return some(() -> conversation(attributes))
                    .or(() -> some(() -> conversation(object(body))))
                    .orElseGet(() -> exchange(body));
        }
        if (said.direction() != direction) {
            return List.of();
        }
        String role = facts.isTool() ? "tool" : said.role();
        if (body.isMissingNode() || body.isNull()) {
            return forms.message(attributes, role);
        }
        return body instanceof ObjectNode object ? forms.message(object, role) : forms.read(body, role);
    }

    /** An event of a program: its body says no more than what happened. */
    private List<Message> program(LogFacts said) {
        boolean ofTool = said.kind().type().equals(Dialects.TOOL_CALL);
        return direction == Direction.IN
                ? said.value(LogFact.GIVEN)
                        .map(value -> ofTool ? forms.arguments(value, "tool") : forms.read(value, defaultRole()))
                        .orElse(List.of())
                : said.value(LogFact.RETURNED)
                        .map(value -> ofTool ? forms.content(value, "tool") : forms.read(value, defaultRole()))
                        .orElse(List.of());
    }

    /** A log event; of one that is no message, the whole body is what it says. */
    private List<Message> log() {
        String name = logName();
        List<Message> said = event(name, payload);
        boolean anyOther = direction == Direction.OUT
                && !EVENTS.containsKey(name)
                && !object(payload.path(BODY)).has(INPUT);
        return said.isEmpty() && anyOther ? forms.read(payload.path(BODY), OUTPUT) : said;
    }

    /** The body of an event that has both directions. */
    private List<Message> exchange(JsonNode body) {
        return forms.read(body.path(direction == Direction.IN ? INPUT : OUTPUT), defaultRole());
    }

    /** The messages of an event that has the attributes of a span. */
    private List<Message> conversation(ObjectNode attributes) {
        SpanFacts said = new SpanFacts("", attributes);
        if (direction == Direction.OUT) {
            return first(said, Fact.OUTPUT_MESSAGES, defaultRole());
        }
        List<Message> all = new ArrayList<>(first(said, Fact.INSTRUCTIONS, "system"));
        all.addAll(first(said, Fact.INPUT_MESSAGES, defaultRole()));
        return all;
    }

    private String defaultRole() {
        return direction == Direction.IN ? "user" : "assistant";
    }

    private String logName() {
        return Stream.of(
                        payload.path("event_name"),
                        payload.path("eventName"),
                        payload.path(ATTRIBUTES).path("event.name"),
                        payload.path("name"))
                .map(name -> name.asString(""))
                .filter(name -> !name.isEmpty())
                .findFirst()
                .orElse("");
    }

    private List<Message> first(SpanFacts said, Fact fact, String role) {
        return firstOf(said.values(fact).map(value -> forms.read(value, role)));
    }

    private static List<Message> firstOf(Stream<List<Message>> sources) {
        return sources.filter(found -> !found.isEmpty()).findFirst().orElse(List.of());
    }

    private static ObjectNode object(JsonNode node) {
        return node instanceof ObjectNode object ? object : Json.MAPPER.createObjectNode();
    }
}
