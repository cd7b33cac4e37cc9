// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.message;

import io.contextgraph.message.Message.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The parts of one message, in the forms of all providers: texts, calls, thoughts, results, media.
 *
 * <p><b>Shape.</b> What people and models say is quoted as it is, even if it is JSON; what a tool gave back reads as
 * {@link PlainText}. Media are {@code [image]} and the like.
 *
 * <p><b>Units and bounds.</b> Parts that nest deeper than {@value PlainText#MAX_DEPTH} are plain text.
 */
public final class Parts {
    private static final List<String> TELLING =
            List.of("text", "content", "thinking", "reasoning", "summary", "refusal", "value");
    private static final List<String> GAVE =
            List.of("response", "result", "output", "content", "value", "error", "json");
    private static final List<String> GIVEN = List.of("arguments", "args", "input", "parameters");

    private final boolean ofTool;
    private final List<String> texts = new ArrayList<>();
    private final List<Call> calls = new ArrayList<>();
    private final List<String> thoughts = new ArrayList<>();

    private Parts(boolean ofTool) {
        this.ofTool = ofTool;
    }

    /** Of what people and models say. */
    static Parts said() {
        return new Parts(false);
    }

    /** Of what a tool gave back. */
    static Parts ofTool() {
        return new Parts(true);
    }

    /** {@code name(key=value)}, whatever the interface that wrote it; empty when it has no name. */
    public static Optional<String> call(JsonNode call) {
        Parts parts = said();
        parts.addCalls(call);
        return parts.calls.stream().findFirst().map(Call::toString);
    }

    /** All texts in lines; when there is nothing else, the thoughts. */
    String text() {
        return String.join("\n", texts.isEmpty() && calls.isEmpty() ? thoughts : texts);
    }

    List<Call> calls() {
        return calls;
    }

    boolean isEmpty() {
        return texts.isEmpty() && calls.isEmpty() && thoughts.isEmpty();
    }

    boolean hasTexts() {
        return !texts.isEmpty();
    }

    void add(JsonNode given) {
        add(given, 0);
    }

    /** The calls that stand beside the content of a message, unless they stand in it too. */
    void addCallsOf(ObjectNode message) {
        if (calls.isEmpty()) {
            Stream.concat(Stream.of("tool_calls", "toolCalls"), PartKind.CALLS.stream())
                    .forEach(name -> addCalls(message.path(name)));
        }
    }

    /** A call or a list of calls. */
    void addCalls(JsonNode given) {
        JsonNode opened = JsonText.read(given);
        for (JsonNode node : opened.isArray() ? opened : List.of(opened)) {
            JsonNode call = node.path("tool_call").isObject() ? node.path("tool_call") : node;
            JsonNode function = call.path("function").isObject() ? call.path("function") : call;
            first(function, PartKind.NAMES)
                    .ifPresent(name -> calls.add(new Call(
                            name.asString(""),
                            first(function, GIVEN).map(PlainText::of).orElse(""))));
        }
    }

    void think(JsonNode thought) {
        String text = PlainText.result(thought);
        if (!text.isBlank()) {
            thoughts.add(text);
        }
    }

    void say(String text) {
        if (!text.isBlank()) {
            texts.add(text);
        }
    }

    /** Whether it is a part or a list of parts. */
    static boolean are(JsonNode node) {
        return node.isArray()
                ? !node.isEmpty() && node.valueStream().allMatch(part -> PartKind.of(part) != PartKind.OTHER)
                : PartKind.of(node) != PartKind.OTHER;
    }

    private void add(JsonNode given, int depth) {
        JsonNode node = ofTool ? JsonText.read(given) : openedIfParts(given);
        if (depth > PlainText.MAX_DEPTH) {
            say(PlainText.result(node));
        } else if (node.isArray() && (are(node) || !ofTool)) {
            node.forEach(part -> add(part, depth + 1));
        } else if (node instanceof ObjectNode object) {
            part(object, depth);
        } else {
            say(node.isString() ? node.stringValue() : PlainText.result(node));
        }
    }

    private static JsonNode openedIfParts(JsonNode given) {
        return JsonText.inside(given).filter(Parts::are).orElse(given);
    }

    private void part(ObjectNode part, int depth) {
        switch (PartKind.of(part)) {
            case TEXT -> text(part, depth);
            case CALL -> {
                addCalls(part);
                PartKind.CALLS.stream().skip(1).forEach(name -> addCalls(part.path(name)));
            }
            case THOUGHT ->
                think(first(part, TELLING)
                        .orElse(part.path("reasoningContent")
                                .path("reasoningText")
                                .path("text")));
            case RESULT -> result(part, depth);
            case MEDIA -> say("[" + label(part) + "]");
            case OTHER -> other(part, depth);
        }
    }

    private void text(ObjectNode part, int depth) {
        JsonNode resource = part.path("resource");
        if (resource.isObject()) {
            say(resource.path("text").asString(resource.path("uri").asString("")));
        } else {
            first(part, TELLING).ifPresent(text -> add(text, depth + 1));
        }
    }

    private void result(ObjectNode part, int depth) {
        JsonNode held = PartKind.RESULTS.stream()
                .map(part::path)
                .filter(JsonNode::isObject)
                .findFirst()
                .orElse(part);
        Parts back = ofTool();
        first(held, GAVE).ifPresent(gave -> back.add(gave, depth + 1));
        texts.addAll(back.texts);
    }

    private void other(ObjectNode part, int depth) {
        JsonNode content = part.path("content");
        JsonNode text = part.path("text");
        Optional<JsonNode> inner = content.isContainer() && are(content)
                ? Optional.of(content)
                : PlainText.told(part).or(() -> wrapped(part));
        if (inner.isPresent()) {
            add(inner.get(), depth + 1);
        } else if (!ofTool && part.has("type") && text.isString()) {
            say(text.stringValue());
        } else {
            say(PlainText.result(part));
        }
    }

    /** A part in an object of its own, or the value of a result with its kind beside it. */
    private static Optional<JsonNode> wrapped(ObjectNode part) {
        boolean typed = part.size() == 2
                && List.of("text", "json", "content", "error-text", "error-json")
                        .contains(part.path("type").asString(""));
        return part.size() == 1
                ? first(part, List.of("message_content", "thinking", "summary"))
                : first(part, List.of("value")).filter(value -> typed);
    }

    private static String label(ObjectNode part) {
        JsonNode held = PartKind.MEDIA_HOLDERS.stream()
                .map(part::path)
                .filter(JsonNode::isObject)
                .findFirst()
                .orElse(part);
        String mime = first(held, List.of("mime_type", "mimeType", "mediaType", "media_type"))
                .map(type -> type.asString(""))
                .filter(type -> type.contains("/") && !type.startsWith("application/"))
                .map(type -> type.substring(0, type.indexOf('/')))
                .orElse("");
        String type = part.path("type").asString("").toLowerCase(Locale.ROOT);
        String said = part.path("modality").asString("");
        return Stream.of(said, mime, type, part.propertyNames().iterator().next())
                .filter(label -> !label.isEmpty())
                .findFirst()
                .orElse("media")
                .replaceFirst("^input_", "")
                .replaceFirst("_url$", "");
    }

    private static Optional<JsonNode> first(JsonNode object, List<String> names) {
        return names.stream()
                .map(object::path)
                .filter(value -> !value.isMissingNode() && !value.isNull())
                .findFirst();
    }
}
