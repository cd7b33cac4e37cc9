// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.chat;

import io.contextgraph.capture.record.RecordTime;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Messages of mini-swe-agent. Of 1.x, a command is the block of code in the text of an answer, and what came back is the
 * next message of the user, with the return code as a tag in its text. Of 2.x, commands are tool calls, or stand beside the
 * text, and return codes beside what came back.
 */
final class MiniSweForm implements ChatForm {
    /** Begins what a command came back with. */
    static final String TAG = "returncode";

    private static final String SHELL = "bash";

    /** What a command and its result are joined by, as they have no ids: there is never another one between them. */
    private static final String NEXT = "next";

    private static final Pattern BLOCK =
            Pattern.compile("```(?:mswea_bash_command|bash|sh|shell)\\s*\\n(.*?)\\n?```", Pattern.DOTALL);
    private static final Pattern CODE = Pattern.compile("^\\s*<" + TAG + ">\\s*(-?\\d{1,9})\\s*</" + TAG + ">");

    @Override
    public Optional<Instant> time(JsonNode message) {
        return RecordTime.orNumber(message.path("extra").path("timestamp"))
                .or(() -> RecordTime.orNumber(message.path("timestamp")));
    }

    @Override
    public Optional<Said> said(ObjectNode message, boolean open) {
        return switch (message.path("role").asString("")) {
            case "system", "developer" -> Optional.of(new Said(Voice.SYSTEM, true, List.of(), List.of()));
            case "assistant" -> Optional.of(new Said(Voice.MODEL, true, calls(message), List.of()));
            case "user" -> Optional.of(open ? result(message, NEXT) : says(Voice.USER));
            case "tool" ->
                Optional.of(result(message, "id:" + message.path("tool_call_id").asString("")));
            case "exit" -> Optional.of(open ? last(message) : says(Voice.END));
            default -> Optional.empty();
        };
    }

    private static Said says(Voice voice) {
        return new Said(voice, true, List.of(), List.of());
    }

    private static List<Call> calls(JsonNode message) {
        List<Call> calls = ChatMessageForm.calls(message);
        if (!calls.isEmpty()) {
            return calls;
        }
        List<Call> found = new ArrayList<>();
        for (JsonNode action : message.path("extra").path("actions")) {
            String command = action.path("command").asString(action.asString(""));
            found.add(call(action.isObject() ? action : command(command), command));
        }
        if (found.isEmpty()) {
            Matcher block = BLOCK.matcher(ChatMessageForm.text(message.path("content")));
            // With more than one, none is run: the program asks for exactly one.
            if (block.find()) {
                String command = block.group(1);
                if (!block.find()) {
                    found.add(call(command(command), command));
                }
            }
        }
        return found;
    }

    private static JsonNode command(String command) {
        return Json.MAPPER.createObjectNode().put("command", command);
    }

    private static Call call(JsonNode json, String command) {
        return new Call(NEXT, SHELL, command(command), json, Optional.empty());
    }

    private static Said result(ObjectNode message, String call) {
        JsonNode content = message.path("content");
        String name = call.equals(NEXT) ? SHELL : message.path("name").stringValue(null);
        Result result = new Result(call, name, content, message, status(message, ChatMessageForm.text(content)));
        return new Said(Voice.TOOL, false, List.of(), List.of(result));
    }

    /** The command that ends a run has no result of its own. */
    private static Said last(ObjectNode message) {
        EventStatus status = RunEnd.of(message).orElse(EventStatus.COMPLETED);
        Result result = new Result("", null, message.path("content"), message, status);
        return new Said(Voice.END, false, List.of(), List.of(result));
    }

    /** A return code says it; without one, a command that was killed for its time, or the one that hands in the work. */
    private static EventStatus status(JsonNode message, String text) {
        JsonNode code = message.path("extra").path(TAG);
        Matcher tag = CODE.matcher(text);
        if (code.isIntegralNumber() || tag.find()) {
            boolean zero = code.isIntegralNumber() ? code.longValue() == 0 : Long.parseLong(tag.group(1)) == 0;
            return zero ? EventStatus.COMPLETED : EventStatus.FAILED;
        }
        return text.contains("timed out and has been killed") ? EventStatus.TIMEOUT : EventStatus.COMPLETED;
    }
}
