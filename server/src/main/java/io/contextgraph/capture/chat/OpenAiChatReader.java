// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.chat;

import io.contextgraph.capture.record.About;
import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.capture.record.Emitter;
import io.contextgraph.capture.record.RunName;
import io.contextgraph.capture.record.RunReader;
import io.contextgraph.capture.record.Shape;
import io.contextgraph.capture.record.Survey;
import io.contextgraph.capture.record.Unit;
import io.contextgraph.event.Ids;
import io.contextgraph.event.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads chats, in the forms of {@link ChatMessageForm}: a bare array of messages or items, objects with {@code messages}
 * (and what Anthropic has beside them as {@code system}), responses ({@code output}), rows of tau-bench ({@code traj}) and
 * result files of tau2 ({@code simulations}).
 *
 * <p><b>Shape.</b> System message: {@code system.session_start} (a later one: {@code system.instruction}). User text:
 * {@code observation.input}. Assistant, or reasoning: one {@code llm.chat}. Each tool call: one {@code tool.execute}, closed
 * by the nearest later result with its id. An event's parent is what it answers: the last event before it; a call's is its
 * message. A trace is a user message and the work that it causes.
 *
 * <p><b>Times.</b> A message's own time without a zone is read as UTC; an {@code llm.chat} lasts from the message
 * before it. Without times, message n is n seconds after the synthetic start, an {@code llm.chat} has no end, and the
 * payload says {@code "time": "synthetic"}.
 *
 * <p>What a row says beside its messages and its name is an event of its own, {@code system.run}.
 */
public final class OpenAiChatReader extends RunReader {
    private static final String CHAT = "chat";
    private static final String TRAJ = "traj";
    private static final String MESSAGES = "messages";
    private static final String OUTPUT = "output";
    private static final String INPUT = "input";

    private final CaptureOptions options;
    private final Emitter out;
    private final Transcript transcript;

    /** Whether it is one message or item, for itself. */
    public static boolean fitsMessage(Shape shape) {
        return !shape.isArray() && !shape.any("messages", "output/type") && (shape.any("role") || isItem(shape));
    }

    private static boolean isItem(Shape shape) {
        return shape.any("id", "call_id") && shape.hasType(1, ChatMessageForm::isItem);
    }

    /** Whether it is of OpenAI Responses: items, or what was answered with them. */
    public static boolean fitsResponses(Shape shape) {
        return (shape.all("object", "output") && shape.any("output/type", "created_at"))
                || (shape.isArray() && shape.any("output/type"))
                || (shape.isArray() && isItem(shape));
    }

    /** Whether it has messages with parts as only Anthropic has them. */
    public static boolean fitsAnthropic(Shape shape) {
        return (shape.any("messages") && shape.hasType(3, ChatMessageForm::isBlock))
                || (shape.any("role") && shape.hasType(2, ChatMessageForm::isBlock));
    }

    public OpenAiChatReader(CaptureOptions options, Survey survey, Emitter out) {
        super(survey, out);
        this.options = options;
        this.out = out;
        this.transcript = new Transcript(options, out);
    }

    @Override
    protected void runs(Unit unit, RunTaker taker) {
        JsonNode json = unit.json();
        if (json.path("simulations").isArray()) {
            beside(json, "simulations");
            String model = text(json.path("info").path("agent_info").path("llm"));
            rows(unit, json.path("simulations"), "/simulations/", new Row("tau2", model, taker));
        } else if (isOfMessages(json)) {
            messages(unit, taker);
        } else if (json.isArray()) {
            rows(unit, json, "/", new Row(CHAT, "", taker));
        } else {
            row(unit, json, "", new Row(CHAT, "", taker));
        }
    }

    private static boolean isOfMessages(JsonNode json) {
        return json.isArray()
                && json.valueStream().anyMatch(ChatMessageForm::is)
                && json.valueStream().noneMatch(row -> row.has(MESSAGES) || row.has(TRAJ));
    }

    /** Messages that name their conversation may be of several; where they name but one, the others are of it. */
    private void messages(Unit unit, RunTaker taker) {
        JsonNode messages = unit.json();
        List<ObjectNode> names =
                messages.valueStream().map(RunName::conversation).toList();
        List<ObjectNode> named =
                names.stream().filter(name -> !name.isEmpty()).distinct().toList();
        Map<ObjectNode, List<Integer>> conversations = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            conversations
                    .computeIfAbsent(named.size() == 1 ? named.getFirst() : names.get(i), which -> new ArrayList<>())
                    .add(i);
        }
        conversations.forEach((which, indices) -> {
            String place = unit.at(indices.size() == messages.size() ? "" : "/" + indices.getFirst());
            about(indices.stream().map(messages::get), place)
                    .ifPresent(about -> taker.take(
                            transcript.read(
                                    source(CHAT, which, "", about),
                                    indices.stream()
                                            .map(i -> new Transcript.Placed(messages.get(i), unit.at("/" + i)))
                                            .toList(),
                                    unit.at("")),
                            place));
        });
    }

    /** Whom a run is about; where that is unclear, it is refused. */
    private Optional<About> about(Stream<JsonNode> parts, String place) {
        try {
            return Optional.of(options.whom().ofRun(parts));
        } catch (IllegalArgumentException unclear) {
            out.refuse(place, String.valueOf(unclear.getMessage()));
            return Optional.empty();
        }
    }

    /** What a file says beside its runs belongs to none of them. */
    private void beside(JsonNode file, String runs) {
        for (String name : file.propertyNames()) {
            if (!name.equals(runs)) {
                out.skip("fields beside the runs" + out.quoted(": ", name));
            }
        }
    }

    private void rows(Unit unit, JsonNode rows, String pointer, Row context) {
        for (int i = 0; i < rows.size(); i++) {
            row(unit, rows.get(i), pointer + i, context);
        }
    }

    /** What a row is told by its surroundings. */
    private record Row(String kind, String model, RunTaker taker) {}

    private void row(Unit unit, JsonNode row, String pointer, Row context) {
        Optional<String> field = Stream.of(TRAJ, MESSAGES, OUTPUT)
                .filter(name -> row.path(name).isArray())
                .findFirst();
        if (!(row instanceof ObjectNode object) || field.isEmpty()) {
            out.refuse(
                    unit.at(pointer),
                    "a chat transcript must have an array of messages in \"messages\", \"traj\" or \"output\"");
            return;
        }
        ObjectNode facts = object.deepCopy();
        List<Transcript.Placed> messages = messages(unit, facts, field.get(), pointer);
        String model = Optional.of(text(row.path("model")))
                .filter(own -> !own.isEmpty())
                .or(() -> Optional.of(
                        text(row.path("info").path("config").path("model").path("model_name"))))
                .filter(own -> !own.isEmpty())
                .orElse(context.model());
        String kind = switch (field.get()) {
            case TRAJ -> "tau-bench";
            case OUTPUT -> "response";
            default -> context.kind();
        };
        about(Stream.concat(Stream.of(facts), messages.stream().map(Transcript.Placed::json)), unit.at(pointer))
                .ifPresent(about -> context.taker()
                        .take(
                                transcript.read(source(kind, facts, model, about), messages, unit.at(pointer)),
                                unit.at(pointer)));
    }

    /** The messages of a row, and those that stand beside them: what the model is told first, and what it is asked. */
    private static List<Transcript.Placed> messages(Unit unit, ObjectNode facts, String field, String pointer) {
        List<Transcript.Placed> messages = new ArrayList<>();
        for (String name : field.equals(OUTPUT) ? List.of("instructions") : List.of("system")) {
            if (!ChatMessageForm.text(facts.path(name)).isEmpty()) {
                messages.add(said("system", facts.remove(name), unit.at(pointer + "/" + name)));
            }
        }
        if (field.equals(OUTPUT) && facts.path(INPUT).isArray()) {
            messages.addAll(Transcript.placed(facts.remove(INPUT), unit, pointer + "/" + INPUT));
        } else if (field.equals(OUTPUT) && facts.path(INPUT).isString()) {
            messages.add(said("user", facts.remove(INPUT), unit.at(pointer + "/" + INPUT)));
        }
        messages.addAll(Transcript.placed(facts.remove(field), unit, pointer + "/" + field));
        return messages;
    }

    private static Transcript.Placed said(String role, JsonNode content, String place) {
        ObjectNode message = Json.MAPPER.createObjectNode().put("role", role);
        message.set("content", content);
        return new Transcript.Placed(message, place);
    }

    private Transcript.Source source(String kind, ObjectNode facts, String model, About about) {
        String found = Ids.fault(model).isEmpty() ? model : "assistant";
        return new Transcript.Source(kind, facts, model, options.agentId().orElse(found), about);
    }

    private static String text(JsonNode node) {
        return node.stringValue("");
    }
}
