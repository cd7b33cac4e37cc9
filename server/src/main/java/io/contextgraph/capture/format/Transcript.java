// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.format;

import io.contextgraph.event.EventStatus;
import io.contextgraph.event.Json;
import io.contextgraph.event.Times;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The messages of one chat session as events; see {@link OpenAiChatReader} for the rules. */
final class Transcript {
    private final CaptureOptions options;
    private final Emitter out;

    Transcript(CaptureOptions options, Emitter out) {
        this.options = options;
        this.out = out;
    }

    /** Whose transcript it is, and when it begins if the messages do not say. */
    record Source(String session, String agent, Instant start) {}

    /** Emits the events of {@code messages}, which stand at {@code pointer}. */
    void read(Source source, JsonNode messages, Unit unit, String pointer) {
        Pass pass = new Pass(source);
        for (int i = 0; i < messages.size(); i++) {
            pass.message(i, messages.get(i), unit.at(pointer + "/" + i));
        }
        pass.emit();
    }

    /** A call that waits for its result. */
    private record OpenCall(String callId, Draft draft) {}

    /** One way through a transcript. Events wait until its end, because results come later than their calls. */
    private final class Pass {
        private final Source source;
        private final List<Draft> drafts = new ArrayList<>();
        private final List<OpenCall> open = new ArrayList<>();
        private int turn;
        private boolean opened;
        private @Nullable String lastId;
        private @Nullable Instant lastTime;

        Pass(Source source) {
            this.source = source;
        }

        void emit() {
            for (Draft draft : drafts) {
                out.foreign(draft.payloadRefByContent());
            }
        }

        void message(int index, JsonNode json, String place) {
            if (!(json instanceof ObjectNode message) || !json.path("role").isString()) {
                out.refuse(place, "a message must be an object with a \"role\"");
                return;
            }
            if (message.path("is_demo").asBoolean(false)) {
                out.passOver();
                return;
            }
            Optional<Instant> own = time(message.path("timestamp"));
            Instant time = own.orElseGet(() -> source.start().plusSeconds(index));
            Message read = new Message(index, message, place, time, own.isEmpty());
            switch (message.path("role").stringValue()) {
                case "system", "developer" -> system(read);
                case "user" -> user(read);
                case "assistant" -> assistant(read);
                case "tool", "function" -> result(read);
                default ->
                    out.refuse(
                            place,
                            "unknown role " + Texts.shown(message.path("role").stringValue()));
            }
            lastTime = time;
        }

        private void system(Message message) {
            Draft draft = draft(message, opened ? "system.instruction" : "system.session_start", source.agent());
            if (!opened) {
                draft.opening();
            }
            opened = true;
            add(draft.at(message.time(), null).parent(lastId).payload(message.payload()));
        }

        private void user(Message message) {
            turn++;
            List<JsonNode> calls = calls(message.json());
            if (!text(message.json().path("content")).isEmpty() || calls.isEmpty()) {
                add(draft(message, "observation.input", source.agent())
                        .at(message.time(), null)
                        .parent(lastId)
                        .payload(message.payload()));
            }
            tools(message, calls, "user");
        }

        private void assistant(Message message) {
            Draft draft = draft(message, "llm.chat", source.agent());
            if (message.synthetic()) {
                draft.at(message.time(), null);
            } else {
                boolean follows = lastTime != null && !lastTime.isAfter(message.time());
                draft.at(follows && lastTime != null ? lastTime : message.time(), message.time());
            }
            add(draft.parent(lastId).status(EventStatus.COMPLETED).payload(message.payload()));
            tools(message, calls(message.json()), source.agent());
        }

        private void tools(Message message, List<JsonNode> calls, String defaultAgent) {
            String cause = lastId;
            for (int k = 0; k < calls.size(); k++) {
                JsonNode call = calls.get(k);
                String agent = call.path("requestor").asString("").equals("user") ? "user" : defaultAgent;
                JsonNode function = call.has("function") ? call.path("function") : call;
                ObjectNode payload = Json.MAPPER.createObjectNode();
                payload.set("arguments", arguments(function.path("arguments")));
                payload.set("call", call);
                message.mark(payload);
                Draft draft = new Draft(
                                message.place(),
                                DerivedIds.event("urn:chat:" + source.session() + ":" + message.index() + ":" + k),
                                "tool.execute")
                        .of(source.session(), agent, DerivedIds.trace(source.session(), turn))
                        .at(message.time(), null)
                        .parent(cause)
                        .tool(function.path("name").stringValue(null))
                        .status(EventStatus.PENDING)
                        .payload(payload);
                add(draft);
                open.add(new OpenCall(callId(call, function), draft));
            }
        }

        private void result(Message message) {
            JsonNode json = message.json();
            String callId = callId(json, json);
            for (int i = open.size() - 1; i >= 0; i--) {
                if (open.get(i).callId().equals(callId)) {
                    close(open.remove(i).draft(), message);
                    return;
                }
            }
            ObjectNode payload = Json.MAPPER.createObjectNode();
            message.mark(payload);
            Draft draft = draft(message, "tool.execute", source.agent())
                    .at(message.time(), null)
                    .parent(lastId)
                    .tool(json.path("name").stringValue(null))
                    .payload(payload);
            close(draft, message);
            add(draft);
        }

        private void close(Draft draft, Message message) {
            draft.payload().set("content", message.json().path("content"));
            draft.payload().set("result", message.json());
            draft.endedAt(message.time()).status(failed(message.json()) ? EventStatus.FAILED : EventStatus.COMPLETED);
        }

        private Draft draft(Message message, String type, String agent) {
            String id = DerivedIds.event("urn:chat:" + source.session() + ":" + message.index());
            return new Draft(message.place(), id, type)
                    .of(source.session(), agent, DerivedIds.trace(source.session(), turn));
        }

        private void add(Draft draft) {
            drafts.add(draft);
            lastId = draft.id();
        }
    }

    /** A message, where it stands and when it was. */
    private record Message(int index, ObjectNode json, String place, Instant time, boolean synthetic) {
        /** The message as it is, marked. */
        ObjectNode payload() {
            ObjectNode payload = json.deepCopy();
            mark(payload);
            return payload;
        }

        /** Says that the time is made up, without overwriting anything. */
        void mark(ObjectNode payload) {
            if (synthetic) {
                payload.put(payload.has("time") ? "capture_time" : "time", "synthetic");
            }
        }
    }

    private boolean failed(JsonNode result) {
        JsonNode error = result.path("error");
        return error.isBoolean()
                ? error.booleanValue()
                : options.errorTextFails() && text(result.path("content")).startsWith("Error");
    }

    /** The calls of a message; null, absent and empty are the same, the older single {@code function_call} counts. */
    private static List<JsonNode> calls(JsonNode message) {
        List<JsonNode> calls = new ArrayList<>();
        message.path("tool_calls").forEach(calls::add);
        if (calls.isEmpty() && message.path("function_call").isObject()) {
            calls.add(message.path("function_call"));
        }
        return calls;
    }

    /** What joins a call and its result: the id; for the older function calls, which have none, the name. */
    private static String callId(JsonNode json, JsonNode function) {
        for (JsonNode id : List.of(
                json.path("tool_call_id"),
                json.path("id"),
                json.path("tool_call_ids").path(0))) {
            if (id.isString()) {
                return "id:" + id.stringValue();
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

    /** RFC 3339, or the same without a zone, which is read as UTC. */
    private static Optional<Instant> time(JsonNode node) {
        if (!node.isString()) {
            return Optional.empty();
        }
        String text = node.stringValue();
        Optional<Instant> withOffset = Times.parse(text);
        if (withOffset.isPresent()) {
            return withOffset;
        }
        try {
            return Optional.of(LocalDateTime.parse(text.replace(' ', 'T')).toInstant(ZoneOffset.UTC));
        } catch (DateTimeException notATime) {
            return Optional.empty();
        }
    }
}
