// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.format;

import io.contextgraph.capture.record.About;
import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.capture.record.Emitter;
import io.contextgraph.capture.record.Run;
import io.contextgraph.capture.record.RunName;
import io.contextgraph.capture.record.Step;
import io.contextgraph.capture.record.Unit;
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
import java.util.stream.IntStream;
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

    /**
     * Whose transcript it is.
     *
     * @param kind begins the name of a run whose file does not say which one it is
     * @param facts what the file says of the run beside its messages
     * @param model the model that answers; empty when the file does not say
     * @param about whom it is about
     */
    record Source(String kind, ObjectNode facts, String model, String agent, About about) {}

    /** The run that {@code messages}, which stand at {@code pointer}, tell. */
    Run read(Source source, JsonNode messages, Unit unit, String pointer) {
        return read(source, messages, unit, pointer, IntStream.range(0, messages.size()));
    }

    /** The run that those of {@code messages} tell that have these indices. */
    Run read(Source source, JsonNode messages, Unit unit, String pointer, IntStream indices) {
        Pass pass = new Pass(source);
        indices.forEach(i -> pass.message(messages.get(i), unit.at(pointer + "/" + i)));
        return pass.end(unit.at(pointer));
    }

    /** A call that waits for its result. */
    private record OpenCall(int message, String callId, String tool, Step step) {}

    /** One way through a transcript. Events wait until its end, because results come later than their calls. */
    private final class Pass {
        private final Source source;
        private final Run run;
        private final List<OpenCall> open = new ArrayList<>();
        private int turn;
        private boolean opened;
        private boolean synthetic;
        private @Nullable String last;
        private @Nullable Instant firstTime;
        private @Nullable Instant lastTime;

        Pass(Source source) {
            this.source = source;
            this.run = new Run(source.about());
        }

        /** The whole run, and what the file tells of it beside its messages, where that is more than its name. */
        Run end(String place) {
            if (RunName.leavesOut(source.facts(), source.model())) {
                Instant at = firstTime == null ? options.syntheticStart() : firstTime;
                ObjectNode payload = source.facts().deepCopy();
                if (synthetic) {
                    Message.mark(payload);
                }
                run.addFact(
                        "facts",
                        name -> new Step(0, name, Run.TOLD_FIRST, place)
                                .by(source.agent(), 0)
                                .at(at, null)
                                .aside()
                                .payload(payload),
                        source.facts());
            }
            run.name(source.kind(), source.facts(), source.model());
            return run;
        }

        void message(JsonNode json, String place) {
            int index = run.record(json);
            if (!(json instanceof ObjectNode message) || !json.path("role").isString()) {
                out.refuse(place, "a message must be an object with a \"role\"");
                return;
            }
            if (message.path("is_demo").asBoolean(false)) {
                out.skip("demonstrations");
                return;
            }
            Optional<Instant> own = time(message.path("timestamp"));
            Instant time = own.orElseGet(() -> options.syntheticStart().plusSeconds(index));
            Message read = new Message(index, message, place, time, own.isEmpty());
            synthetic |= own.isEmpty();
            firstTime = firstTime == null ? time : firstTime;
            switch (message.path("role").stringValue()) {
                case "system", "developer" -> system(read);
                case "user" -> user(read);
                case "assistant" -> assistant(read);
                case "tool", "function" -> result(read);
                default ->
                    out.refuse(
                            place,
                            "unknown role"
                                    + out.quoted(" ", message.path("role").stringValue()));
            }
            lastTime = time;
        }

        private void system(Message message) {
            Step step = step(message, opened ? "system.instruction" : "system.session_start", source.agent());
            if (!opened) {
                step.opening();
            }
            opened = true;
            add(step.at(message.time(), null).causedBy(last).payload(message.payload()));
        }

        private void user(Message message) {
            turn++;
            List<JsonNode> calls = calls(message.json());
            if (!text(message.json().path("content")).isEmpty() || calls.isEmpty()) {
                add(step(message, "observation.input", source.agent())
                        .at(message.time(), null)
                        .causedBy(last)
                        .payload(message.payload()));
            }
            tools(message, calls, "user");
        }

        private void assistant(Message message) {
            Step step = step(message, "llm.chat", source.agent());
            if (message.synthetic()) {
                step.at(message.time(), null);
            } else {
                boolean follows = lastTime != null && !lastTime.isAfter(message.time());
                step.at(follows && lastTime != null ? lastTime : message.time(), message.time());
            }
            add(step.causedBy(last).status(EventStatus.COMPLETED).payload(message.payload()));
            tools(message, calls(message.json()), source.agent());
        }

        private void tools(Message message, List<JsonNode> calls, String defaultAgent) {
            String cause = last;
            for (int k = 0; k < calls.size(); k++) {
                JsonNode call = calls.get(k);
                String agent = call.path("requestor").asString("").equals("user") ? "user" : defaultAgent;
                JsonNode function = call.has("function") ? call.path("function") : call;
                ObjectNode payload = Json.MAPPER.createObjectNode();
                payload.set("arguments", arguments(function.path("arguments")));
                payload.set("call", call);
                message.markWhereSynthetic(payload);
                Step step = new Step(message.index(), message.index() + ":" + k, "tool.execute", message.place())
                        .by(agent, turn)
                        .at(message.time(), null)
                        .causedBy(cause)
                        .tool(function.path("name").stringValue(null))
                        .status(EventStatus.PENDING)
                        .payload(payload);
                add(step);
                open.add(new OpenCall(
                        message.index(),
                        callId(call, function),
                        function.path("name").stringValue(""),
                        step));
            }
        }

        private void result(Message message) {
            JsonNode json = message.json();
            Optional<OpenCall> call = answeredBy(json);
            if (call.isPresent()) {
                open.remove(call.get());
                call.get().step().answered(answer(message));
                return;
            }
            Step.Answer answer = answer(message);
            add(step(message, "tool.execute", source.agent())
                    .at(message.time(), message.time())
                    .causedBy(last)
                    .tool(json.path("name").stringValue(null))
                    .status(answer.status())
                    .payload(answer.payload()));
        }

        /** Of the calls of one message that have one id, the first that is open: results come in the order of their calls. */
        private Optional<OpenCall> answeredBy(JsonNode result) {
            String callId = callId(result, result);
            List<OpenCall> candidates =
                    open.stream().filter(call -> call.callId().equals(callId)).toList();
            if (candidates.isEmpty()) {
                return Optional.empty();
            }
            int latest = candidates.getLast().message();
            String tool = result.path("name").stringValue("");
            List<OpenCall> together =
                    candidates.stream().filter(call -> call.message() == latest).toList();
            return together.stream()
                    .filter(call -> tool.equals(call.tool()))
                    .findFirst()
                    .or(() -> Optional.of(together.getFirst()));
        }

        private Step.Answer answer(Message message) {
            ObjectNode payload = Json.MAPPER.createObjectNode();
            message.markWhereSynthetic(payload);
            payload.set("content", message.json().path("content"));
            payload.set("result", message.json());
            return new Step.Answer(
                    message.index(),
                    run.digest(message.index()),
                    message.place(),
                    message.time(),
                    failed(message.json()) ? EventStatus.FAILED : EventStatus.COMPLETED,
                    payload);
        }

        private Step step(Message message, String type, String agent) {
            return new Step(message.index(), Integer.toString(message.index()), type, message.place()).by(agent, turn);
        }

        private void add(Step step) {
            run.add(step);
            last = step.name();
        }
    }

    /** A message, where it stands and when it was. */
    private record Message(int index, ObjectNode json, String place, Instant time, boolean synthetic) {
        /** The message as it is, marked. */
        ObjectNode payload() {
            return markWhereSynthetic(json.deepCopy());
        }

        ObjectNode markWhereSynthetic(ObjectNode payload) {
            if (synthetic) {
                mark(payload);
            }
            return payload;
        }

        /** Says that the time is made up, without overwriting anything. */
        static void mark(ObjectNode payload) {
            payload.put(payload.has("time") ? "capture_time" : "time", "synthetic");
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
