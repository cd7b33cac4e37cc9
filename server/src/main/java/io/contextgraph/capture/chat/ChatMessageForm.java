// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.chat;

import io.contextgraph.event.EventStatus;
import io.contextgraph.event.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Messages of OpenAI chat, of Anthropic, whose calls and results stand in the content, and items of OpenAI Responses, whose
 * calls and results stand for themselves. They are told apart message by message.
 */
final class ChatMessageForm implements ChatForm {
    private static final String TOOL_USE = "tool_use";
    private static final String TOOL_RESULT = "tool_result";
    private static final String CALL = "_call";
    private static final String OUTPUT = "_call_output";

    /** Fields of a message that are told otherwise. */
    private static final Set<String> OF_MESSAGE = Set.of("role", "content");

    private final boolean errorTextFails;

    /** @param errorTextFails whether a result that begins with {@code Error} counts as failed where nothing else says so */
    ChatMessageForm(boolean errorTextFails) {
        this.errorTextFails = errorTextFails;
    }

    /** Whether an object is a message or an item. */
    static boolean is(JsonNode json) {
        return json.has("role") || isItem(json);
    }

    private static boolean isItem(JsonNode json) {
        return isItem(json.path("type").asString(""));
    }

    /** Whether this is the type of an item that has no role. */
    static boolean isItem(String type) {
        return type.equals("reasoning") || type.endsWith(CALL) || type.endsWith(OUTPUT);
    }

    /** Whether this is the type of a part as Anthropic has it, and OpenAI has not. */
    static boolean isBlock(String type) {
        return Set.of(TOOL_USE, TOOL_RESULT, "thinking", "redacted_thinking").contains(type);
    }

    @Override
    public Optional<Said> said(ObjectNode message, boolean open) {
        if (!message.has("role") && isItem(message)) {
            return Optional.of(item(message));
        }
        return switch (message.path("role").asString("")) {
            case "system", "developer" -> Optional.of(new Said(Voice.SYSTEM, true, List.of(), List.of()));
            case "user" -> Optional.of(user(message));
            case "assistant" -> Optional.of(new Said(Voice.MODEL, true, calls(message), List.of()));
            case "tool", "function" -> Optional.of(new Said(Voice.TOOL, false, List.of(), List.of(result(message))));
            default -> Optional.empty();
        };
    }

    private Said item(ObjectNode item) {
        String type = item.path("type").asString("");
        if (type.endsWith(OUTPUT)) {
            JsonNode output = item.path("output");
            Result result = new Result(callId(item, item), null, output, item, status(item, output));
            return new Said(Voice.TOOL, false, List.of(), List.of(result));
        }
        if (!type.endsWith(CALL)) {
            return new Said(Voice.MODEL, true, List.of(), List.of());
        }
        String name = item.path("name").asString(type.substring(0, type.length() - CALL.length()));
        JsonNode given = item.has("arguments") ? item.path("arguments") : item.path("input");
        Call call = new Call(callId(item, item), name, arguments(given), item, ended(item, type));
        return new Said(Voice.MODEL, false, List.of(call), List.of());
    }

    /** What is called by the model's provider ends within the item; the others wait for an item with the same call. */
    private static Optional<EventStatus> ended(JsonNode item, String type) {
        if (item.has("call_id") || type.equals("function_call")) {
            return Optional.empty();
        }
        return Optional.of(
                switch (item.path("status").asString("completed")) {
                    case "failed", "incomplete" -> EventStatus.FAILED;
                    case "in_progress", "searching", "interpreting", "generating" -> EventStatus.RUNNING;
                    default -> item.hasNonNull("error") ? EventStatus.FAILED : EventStatus.COMPLETED;
                });
    }

    private Said user(ObjectNode message) {
        List<Call> calls = calls(message);
        List<JsonNode> blocks = blocks(message, TOOL_RESULT);
        List<Result> results = new ArrayList<>();
        for (JsonNode block : blocks) {
            JsonNode json = blocks.size() == 1 ? message : beside(block, message);
            results.add(new Result(
                    "id:" + block.path("tool_use_id").asString(""),
                    null,
                    block.path("content"),
                    json,
                    block.path("is_error").asBoolean(false) ? EventStatus.FAILED : EventStatus.COMPLETED));
        }
        JsonNode content = message.path("content");
        boolean more = blocks.isEmpty() ? !text(content).isEmpty() : content.size() > blocks.size();
        return new Said(Voice.USER, more || (calls.isEmpty() && results.isEmpty()), calls, results);
    }

    /** A part of a message, and what the message says beside its parts. */
    private static JsonNode beside(JsonNode block, ObjectNode message) {
        ObjectNode part = Json.MAPPER.createObjectNode();
        part.set("part", block);
        message.forEachEntry((name, value) -> {
            if (!OF_MESSAGE.contains(name)) {
                part.set(name, value);
            }
        });
        return part;
    }

    private static List<JsonNode> blocks(JsonNode message, String type) {
        return message.path("content").isArray()
                ? message.path("content")
                        .valueStream()
                        .filter(block -> block.path("type").asString("").equals(type))
                        .toList()
                : List.of();
    }

    private Result result(ObjectNode message) {
        return new Result(
                callId(message, message),
                message.path("name").stringValue(null),
                message.path("content"),
                message,
                status(message, message.path("content")));
    }

    private EventStatus status(JsonNode result, JsonNode content) {
        JsonNode error = result.path("error");
        boolean failed = error.isBoolean()
                ? error.booleanValue()
                : errorTextFails && text(content).startsWith("Error");
        return failed ? EventStatus.FAILED : EventStatus.COMPLETED;
    }

    /** The calls of a message; null, absent and empty are the same, the older single {@code function_call} counts. */
    static List<Call> calls(JsonNode message) {
        List<JsonNode> calls = new ArrayList<>();
        message.path("tool_calls").forEach(calls::add);
        if (calls.isEmpty() && message.path("function_call").isObject()) {
            calls.add(message.path("function_call"));
        }
        if (calls.isEmpty()) {
            calls.addAll(blocks(message, TOOL_USE));
        }
        return calls.stream().map(ChatMessageForm::call).toList();
    }

    private static Call call(JsonNode call) {
        JsonNode function = call.has("function") ? call.path("function") : call;
        boolean block = call.path("type").asString("").equals(TOOL_USE);
        return new Call(
                callId(call, function),
                function.path("name").stringValue(null),
                arguments(block ? call.path("input") : function.path("arguments")),
                call,
                Optional.empty());
    }

    /** What joins a call and its result: the id; for the older function calls, which have none, the name. */
    private static String callId(JsonNode json, JsonNode function) {
        for (JsonNode id : List.of(
                json.path("call_id"),
                json.path("tool_call_id"),
                json.path("id"),
                json.path("tool_call_ids").path(0))) {
            if (id.isString() || id.isIntegralNumber()) {
                return "id:" + id.asString();
            }
        }
        return "name:" + function.path("name").asString("");
    }

    private static JsonNode arguments(JsonNode arguments) {
        if (!arguments.isString()) {
            return arguments.isMissingNode() ? Json.MAPPER.nullNode() : arguments;
        }
        try {
            return Json.MAPPER.readTree(arguments.stringValue());
        } catch (JacksonException notJson) {
            return arguments;
        }
    }

    /** The text of a message's content: a string, or the texts of its parts. */
    static String text(JsonNode content) {
        if (content.isString()) {
            return content.stringValue();
        }
        StringBuilder text = new StringBuilder();
        for (JsonNode part : content) {
            text.append(part.path("text").stringValue(""));
        }
        return text.toString();
    }
}
