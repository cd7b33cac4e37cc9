// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.message;

import io.contextgraph.message.Message.Direction;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Finds the messages in a value: a text, a list, a request or an answer of a provider.
 *
 * <p><b>Units and bounds.</b> Messages stand at most {@value #MAX_DEPTH} values deep, and lists of them in lists at most
 * {@value #MAX_LISTS}; what is deeper is text. So each value is looked at a fixed number of times.
 */
public final class MessageForms {
    private static final int MAX_DEPTH = 12;
    private static final int MAX_LISTS = 3;

    private static final List<String> INSTRUCTIONS =
            List.of("system", "instructions", "system_instruction", "systemInstruction");
    private static final List<String> LISTS =
            List.of("prompt", "messages", "contents", "choices", "generations", "candidates", "output");
    private static final List<String> ANSWERS = List.of("choices", "generations", "candidates");
    private static final List<String> THOUGHTS = List.of("reasoning_content", "reasoning", "thinking");
    private static final String PROMPT = "prompt";
    private static final String MESSAGE = "message";
    private static final Set<String> PROMPT_FIELDS = Set.of("system", "instructions", PROMPT, "messages");

    /** Fields that a message has, in any of the forms in which one needs no role. */
    private static final Set<String> MESSAGE_FIELDS = Set.of(
            MESSAGE,
            "content",
            "type",
            "id",
            "name",
            "index",
            "finish_reason",
            "tool_call_id",
            "tool_calls",
            "invalid_tool_calls",
            "additional_kwargs",
            "response_metadata",
            "usage_metadata",
            "example",
            "status",
            "artifact");

    /** What a message holds. */
    private static final List<String> HOLDERS = List.of(
            "content",
            "contents",
            "parts",
            MESSAGE,
            "tool_calls",
            "toolCalls",
            "function_call",
            "refusal",
            "reasoning_content",
            "reasoning");

    /** Those that only a message has. */
    private static final List<String> MARKS =
            List.of("finish_reason", "tool_call_id", "additional_kwargs", "response_metadata", "usage_metadata");

    private static final Set<String> OF_CHOICE = Set.of(MESSAGE, "index", "finish_reason");
    private static final List<String> CONTENT = List.of("content", "contents", "parts");
    private static final String SYSTEM = "system";
    private static final String TOOL = "tool";

    /** Whose words are quoted. */
    private static final Set<String> QUOTED = Set.of("user", "assistant", SYSTEM, "developer");

    /** Roles by other names, and the classes of LangChain. */
    private static final Map<String, String> ROLES = Map.of(
            "human", "user",
            "humanmessage", "user",
            "ai", "assistant",
            "aimessage", "assistant",
            "aimessagechunk", "assistant",
            "model", "assistant",
            "systemmessage", SYSTEM,
            "toolmessage", TOOL,
            "function", TOOL);

    private final Direction direction;

    public MessageForms(Direction direction) {
        this.direction = direction;
    }

    /** Whether {@code json} is a message of a chat. */
    public static boolean isMessage(JsonNode json) {
        return json.path("role").isString()
                && Stream.of("content", "parts", "tool_calls", "function_call").anyMatch(json::has);
    }

    /** What a content of a message says: a text, parts, or a whole message in its place. */
    public static String content(JsonNode content) {
        return says(content, "assistant");
    }

    /** What came back of a call: a value, parts, or the message that brought it. */
    public static String result(JsonNode value) {
        return says(JsonText.read(value), TOOL);
    }

    /** What the last message of a request to a provider, or of its answer, says; empty for anything else. */
    public static String exchange(JsonNode json) {
        List<Message> said = json instanceof ObjectNode object && isRequest(object)
                ? new MessageForms(Direction.OUT).read(object, "assistant")
                : List.of();
        return said.isEmpty() ? "" : said.getLast().says();
    }

    private static String says(JsonNode value, String role) {
        MessageForms forms = new MessageForms(Direction.OUT);
        List<Message> said = value instanceof ObjectNode object && isMessage(value)
                ? forms.message(object, role)
                : forms.content(value, role);
        return said.isEmpty() ? "" : said.getLast().says();
    }

    /** @param role of messages that do not say it */
    public List<Message> read(JsonNode given, String role) {
        return read(given, role, 0);
    }

    /** What is known to be a message. */
    public List<Message> message(ObjectNode object, String role) {
        return message(object, role, 0);
    }

    /** Messages that only ask for calls. */
    public List<Message> calls(JsonNode given, String role) {
        Parts parts = Parts.said();
        parts.addCalls(given);
        return messages(parts, role);
    }

    /** What a tool was given: nothing in it is a message. */
    public List<Message> arguments(JsonNode given, String role) {
        JsonNode opened = JsonText.read(given);
        JsonNode arguments = PartKind.of(opened) == PartKind.CALL ? opened.path("args") : opened;
        Parts parts = Parts.ofTool();
        parts.say(PlainText.of(arguments.isMissingNode() ? opened : arguments));
        return messages(parts, role);
    }

    /** The parts of one message, or what a tool gave back. */
    public List<Message> content(JsonNode node, String role) {
        Parts parts = parts(role);
        parts.add(node);
        return messages(parts, role);
    }

    private List<Message> read(JsonNode given, String role, int depth) {
        JsonNode node = JsonText.read(given);
        if (depth > MAX_DEPTH) {
            return content(node, role);
        }
        if (node.isArray()) {
            return node.valueStream().anyMatch(element -> holdsMessages(element, 1))
                    ? node.valueStream()
                            .flatMap(element -> read(element, role, depth + 1).stream())
                            .toList()
                    : content(node, role);
        }
        return node instanceof ObjectNode object ? object(object, role, depth) : content(node, role);
    }

    /** People and models are quoted; of anybody else the plain text counts. */
    private static Parts parts(String role) {
        return QUOTED.contains(role) ? Parts.said() : Parts.ofTool();
    }

    private List<Message> messages(Parts parts, String role) {
        return parts.isEmpty() ? List.of() : List.of(new Message(direction, role, parts.text(), parts.calls()));
    }

    private List<Message> object(ObjectNode object, String given, int depth) {
        PartKind kind = PartKind.of(object);
        if (kind != PartKind.OTHER) {
            return content(object, kind == PartKind.RESULT ? TOOL : given);
        }
        if (isConstructor(object)) {
            JsonNode ids = object.path("id");
            return read(object.path("kwargs"), role(ids.path(ids.size() - 1).asString(""), given), depth + 1);
        }
        if (isBareMessage(object) || isWrapped(object)) {
            return message(object, given, depth);
        }
        if (isRequest(object)) {
            return Stream.concat(
                            INSTRUCTIONS.stream()
                                    .flatMap(name -> Stream.of(
                                            object.path(name),
                                            object.path("config").path(name)))
                                    .flatMap(said -> read(said, SYSTEM, depth + 1).stream()),
                            LISTS.stream().flatMap(name -> read(object.path(name), given, depth + 1).stream()))
                    .toList();
        }
        return PlainText.told(object)
                .map(JsonText::read)
                .filter(JsonNode::isContainer)
                .map(inner -> read(inner, given, depth + 1))
                .orElseGet(() -> given.equals("input") ? arguments(object, given) : content(object, given));
    }

    private List<Message> message(ObjectNode object, String given, int depth) {
        String role = role(object.path("role").asString(object.path("type").asString("")), given);
        if (object.has(MESSAGE)) {
            return withCalls(read(object.path(MESSAGE), role, depth + 1), object, role);
        }
        if (JsonText.read(object.path("content")) instanceof ObjectNode inner
                && (isBareMessage(inner) || isWrapped(inner))) {
            return read(inner, role, depth + 1);
        }
        Parts parts = parts(role);
        CONTENT.forEach(name -> parts.add(object.path(name)));
        if (!parts.hasTexts()) {
            parts.say(object.path("refusal").asString(""));
        }
        parts.addCallsOf(object);
        THOUGHTS.forEach(name -> parts.think(object.path(name)));
        return messages(parts, CONTENT.stream().anyMatch(name -> isAllResults(object.path(name))) ? TOOL : role);
    }

    /** A choice may have the calls beside its message. */
    private List<Message> withCalls(List<Message> said, ObjectNode choice, String role) {
        Parts parts = parts(role);
        parts.addCallsOf(choice);
        if (parts.isEmpty()
                || said.stream().anyMatch(message -> !message.calls().isEmpty())) {
            return said;
        }
        if (said.isEmpty()) {
            return messages(parts, role);
        }
        Message last = said.getLast();
        return Stream.concat(
                        said.stream().limit(said.size() - 1L),
                        Stream.of(new Message(direction, last.role(), last.text(), parts.calls())))
                .toList();
    }

    private static boolean holdsMessages(JsonNode given, int lists) {
        JsonNode node = JsonText.read(given);
        if (node.isArray()) {
            return lists < MAX_LISTS && node.valueStream().anyMatch(element -> holdsMessages(element, lists + 1));
        }
        return node instanceof ObjectNode object
                && PartKind.of(object) == PartKind.OTHER
                && (isBareMessage(object) || isConstructor(object) || isWrapped(object));
    }

    /** Some providers let the user say what a tool gave back. */
    private static boolean isAllResults(JsonNode given) {
        JsonNode node = JsonText.read(given);
        return node.isArray()
                && !node.isEmpty()
                && node.valueStream().allMatch(part -> PartKind.of(part) == PartKind.RESULT);
    }

    /** A request or an answer, rather than anything that has a field of such a name. */
    private static boolean isRequest(ObjectNode object) {
        JsonNode output = object.path("output");
        return LISTS.stream().anyMatch(name -> holdsMessages(object.path(name), 0))
                || (output.isArray() && Parts.are(output))
                || ANSWERS.stream().anyMatch(name -> object.path(name).isArray())
                || (object.has(PROMPT) && PROMPT_FIELDS.containsAll(object.propertyNames()));
    }

    /** What a tool is given or gives may have a {@code content} too, beside what it is the content of. */
    private static boolean isBareMessage(JsonNode object) {
        return isWithRole(object)
                || object.path("parts").isArray()
                || object.path("tool_calls").isArray()
                || object.path("toolCalls").isArray()
                || (object.has("content")
                        && MESSAGE_FIELDS.containsAll(object.propertyNames())
                        && (object.size() == 1 || isMarked(object)));
    }

    /** People in a table may have a role too. */
    private static boolean isWithRole(JsonNode object) {
        return object.path("role").isString()
                && (HOLDERS.stream().anyMatch(object::has)
                        || MARKS.stream().anyMatch(object::has)
                        || object.size() == 1);
    }

    private static boolean isMarked(JsonNode object) {
        String type = object.path("type").asString("");
        return MARKS.stream().anyMatch(object::has)
                || type.equals(MESSAGE)
                || !role(type, "").isEmpty();
    }

    /** A choice of an answer, or an element of a flat list. */
    private static boolean isWrapped(JsonNode object) {
        JsonNode content = JsonText.read(object.path("content"));
        JsonNode message = JsonText.read(object.path(MESSAGE));
        return (content.isObject() && (content.has("role") || content.has("parts")))
                || (message.isObject() && (isBareMessage(message) || isConstructor(message)))
                || (object.has(MESSAGE) && OF_CHOICE.containsAll(object.propertyNames()));
    }

    /** An object of LangChain that was written with its class. */
    private static boolean isConstructor(JsonNode object) {
        return object.has("lc") && object.path("kwargs").isObject();
    }

    private static String role(String said, String given) {
        String lower = said.toLowerCase(Locale.ROOT);
        String known = ROLES.get(lower);
        if (known != null) {
            return known;
        }
        return List.of("user", "assistant", SYSTEM, TOOL, "developer").contains(lower) ? lower : given;
    }
}
