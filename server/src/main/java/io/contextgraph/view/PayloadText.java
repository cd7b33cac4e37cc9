// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.view;

import io.contextgraph.event.Json;
import io.contextgraph.event.Payload;
import io.contextgraph.ledger.personal.SealedForm;
import io.contextgraph.message.MessageForms;
import io.contextgraph.message.Parts;
import io.contextgraph.message.PlainText;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a payload says, as text for people.
 *
 * <p><b>Shape.</b> A message of a chat: its text, else its calls. A call: arguments, an arrow, what came back. A step
 * of a trajectory, a span and the project's own events likewise. A request to a model or its answer: the last message. A payload without any text: {@code key=value}.
 *
 * <p><b>Units and bounds.</b> Work grows with the length of the payload.
 */
public final class PayloadText {
    /** Fields in which agents put what they say, the most telling first. */
    private static final List<String> TELLING = List.of("content", "message", "summary", "response", "thought");

    /** What came back of a call, the most telling first. */
    private static final List<String> OUTCOMES =
            List.of("content", "error", "result", "output", "observation", "message", "summary");

    private static final List<String> ASKED = List.of("query", "input", "arguments");

    /** What is shown in place of what is sealed. */
    public static final String PERSONAL = "(personal)";

    private PayloadText() {}

    /** All that the payload says; {@link #PERSONAL} of one that is sealed. */
    public static String of(Payload payload) {
        if (SealedForm.parse(payload).isPresent()) {
            return PERSONAL;
        }
        JsonNode json = Json.MAPPER.readTree(payload.json());
        String text = said(json);
        return text.isBlank() ? PlainText.of(withoutMarks(json)) : text;
    }

    /** What an importer has written beside what was said. */
    private static JsonNode withoutMarks(JsonNode json) {
        ObjectNode said = Json.MAPPER.createObjectNode();
        json.forEachEntry((name, value) -> {
            if (!name.equals("capture") && !value.asString("").equals("synthetic")) {
                said.set(name, value);
            }
        });
        return said;
    }

    /** All that a call and its result say; empty when neither has a payload. */
    public static Optional<String> of(Optional<Payload> call, Optional<Payload> result) {
        return Stream.of(call, result)
                .flatMap(Optional::stream)
                .map(PayloadText::of)
                .reduce(PayloadText::arrow);
    }

    /** The beginning of that on one line, with single blanks: at most {@code max} characters, one more where it goes on. */
    public static String line(Optional<Payload> call, Optional<Payload> result, int max) {
        return line(of(call, result).orElse(""), max);
    }

    /** What was given and what came back. */
    static String arrow(String given, String back) {
        if (given.isBlank() || back.isBlank()) {
            return given.isBlank() ? back : given;
        }
        return given + " -> " + back;
    }

    private static String line(String text, int max) {
        StringBuilder line = new StringBuilder();
        boolean gap = false;
        int left = max + 1;
        for (int i = 0; i < text.length() && left > 0; ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (Character.isWhitespace(c)) {
                gap = !line.isEmpty();
            } else {
                if (gap) {
                    line.append(' ');
                    left--;
                }
                line.appendCodePoint(c);
                left--;
                gap = false;
            }
        }
        return line.toString();
    }

    private static String said(JsonNode json) {
        if (json instanceof ObjectNode span && SpanText.is(span)) {
            return SpanText.of(span);
        }
        if (MessageForms.isMessage(json)) {
            return MessageForms.content(json);
        }
        if (json.path("text").isString() && !json.path("text").stringValue().isBlank()) {
            return json.path("text").stringValue();
        }
        if (json.has("action") && (json.has("observation") || json.has("call"))) {
            return arrow(PlainText.of(json.path("action")), MessageForms.content(json.path("observation")));
        }
        if (json.has("arguments") || json.has("call")) {
            return call(json);
        }
        if (json.path("info").has("exit_status")) {
            return arrow(
                    PlainText.of(json.path("info").path("exit_status")),
                    PlainText.of(json.path("info").path("submission")));
        }
        String exchanged = MessageForms.exchange(json);
        if (!exchanged.isBlank()) {
            return exchanged;
        }
        return json.has("content") && json.has("result") ? first(OUTCOMES, json) : own(json);
    }

    private static String call(JsonNode json) {
        String arguments = PlainText.of(json.path("arguments"));
        String back = first(OUTCOMES, json);
        if (arguments.isBlank() && back.isBlank() && json.path("call").isObject()) {
            return Parts.call(json.path("call")).orElse("");
        }
        return arrow(arguments, back);
    }

    private static String own(JsonNode json) {
        for (String name : TELLING) {
            String text = MessageForms.content(json.path(name));
            if (!text.isBlank()) {
                return text;
            }
        }
        String back = first(OUTCOMES, json);
        return back.isBlank() ? first(ASKED, json) : back;
    }

    private static String first(List<String> names, JsonNode json) {
        for (String name : names) {
            String text = result(json.path(name));
            if (!text.isBlank()) {
                return text;
            }
        }
        return "";
    }

    /** A result may be the whole message that brought it, and an error an object with a message. */
    private static String result(JsonNode value) {
        JsonNode message = value.path("message");
        return message.isString() && (value.has("type") || value.has("code"))
                ? message.stringValue()
                : MessageForms.result(value);
    }
}
