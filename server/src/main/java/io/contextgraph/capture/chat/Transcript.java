// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.chat;

import io.contextgraph.capture.record.About;
import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.capture.record.Emitter;
import io.contextgraph.capture.record.RecordTime;
import io.contextgraph.capture.record.Run;
import io.contextgraph.capture.record.RunName;
import io.contextgraph.capture.record.Step;
import io.contextgraph.capture.record.Unit;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The messages of one chat session as events, whatever their form; see {@link OpenAiChatReader} for the rules. */
final class Transcript {
    private final CaptureOptions options;
    private final ChatForm form;
    private final Emitter out;

    Transcript(CaptureOptions options, Emitter out) {
        this(options, new ChatMessageForm(options.errorTextFails()), out);
    }

    /** @param form of the messages */
    Transcript(CaptureOptions options, ChatForm form, Emitter out) {
        this.options = options;
        this.form = form;
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
    record Source(String kind, ObjectNode facts, String model, String agent, About about) {
        /** What the file says of how the run ended; empty where it does not say it. */
        Optional<EventStatus> ended() {
            return RunEnd.of(facts);
        }

        /** When all of it was, where the messages do not say it: when a response was made. */
        Optional<Instant> time() {
            return isResponse() ? RecordTime.orNumber(facts.path("created_at")) : Optional.empty();
        }

        private boolean isResponse() {
            return facts.path("object").asString("").equals("response");
        }

        /** Whether it is a response that says that it has failed. */
        boolean failed() {
            return isResponse() && facts.path("status").asString("").equals("failed");
        }
    }

    /** A message, and where it stands. */
    record Placed(JsonNode json, String place) {}

    /** The run that {@code messages}, which stand at {@code pointer}, tell. */
    Run read(Source source, JsonNode messages, Unit unit, String pointer) {
        return read(source, placed(messages, unit, pointer), unit.at(pointer));
    }

    /** Messages that stand at {@code pointer}. */
    static List<Placed> placed(JsonNode messages, Unit unit, String pointer) {
        return IntStream.range(0, messages.size())
                .mapToObj(i -> new Placed(messages.get(i), unit.at(pointer + "/" + i)))
                .toList();
    }

    /**
     * The run that {@code messages} tell.
     *
     * @param place where it stands
     */
    Run read(Source source, List<Placed> messages, String place) {
        Optional<Instant> first = messages.stream()
                .flatMap(message -> form.time(message.json()).stream())
                .findFirst();
        Pass pass = new Pass(source, first);
        messages.forEach(message -> pass.message(message.json(), message.place()));
        return pass.end(place);
    }

    /** A call that waits for its result. */
    private record OpenCall(int message, ChatForm.Call call, Step step) {}

    /** One way through a transcript. Events wait until its end, because results come later than their calls. */
    private final class Pass {
        private final Source source;
        private final Run run;
        private final List<OpenCall> open = new ArrayList<>();
        private final Optional<Instant> firstKnown;
        private int turn;
        private boolean opened;
        private boolean synthetic;
        private @Nullable String last;
        private @Nullable Instant firstTime;
        private @Nullable Instant lastTime;

        /** What caused the calls of the last message, where it was nothing but calls. */
        private Optional<String> callsCause = Optional.empty();

        Pass(Source source, Optional<Instant> firstKnown) {
            this.source = source;
            this.firstKnown = firstKnown;
            this.run = new Run(source.about());
        }

        /** The whole run, and what the file tells of it beside its messages, where that is more than its name. */
        Run end(String place) {
            if (RunName.leavesOut(source.facts(), source.model())) {
                Optional<EventStatus> ended = source.ended();
                ObjectNode payload = source.facts().deepCopy();
                if (synthetic) {
                    ObjectNode ignored = ChatMessage.markSynthetic(payload);
                }
                run.addFact("facts", name -> fact(name, ended, place).payload(payload), source.facts());
            }
            run.name(source.kind(), source.facts(), source.model());
            return run;
        }

        private Step fact(String name, Optional<EventStatus> ended, String place) {
            Instant begin = firstTime == null ? options.syntheticStart() : firstTime;
            return ended.map(how -> new Step(0, name, "system.session_end", place)
                            .by(source.agent(), turn)
                            .at(lastTime == null ? begin : lastTime, null)
                            .causedBy(last)
                            .status(how))
                    .orElseGet(() -> {
                        Step told = new Step(0, name, Run.TOLD_FIRST, place)
                                .by(source.agent(), 0)
                                .at(begin, null)
                                .aside();
                        return source.failed() ? told.status(EventStatus.FAILED) : told;
                    });
        }

        void message(JsonNode json, String place) {
            int index = run.record(json);
            if (!(json instanceof ObjectNode message) || !ChatMessageForm.is(json)) {
                out.refuse(place, "a message must be an object with a \"role\"");
                return;
            }
            if (message.path("is_demo").asBoolean(false)) {
                out.skip("demonstrations");
                return;
            }
            Optional<Instant> own = form.time(message).or(source::time);
            Instant time = own.orElseGet(() -> without(index));
            ChatMessage read = new ChatMessage(index, message, place, time, own.isEmpty());
            synthetic |= own.isEmpty() && firstKnown.isEmpty();
            firstTime = firstTime == null ? time : firstTime;
            Optional<ChatForm.Said> said = form.said(message, !open.isEmpty());
            if (said.isEmpty()) {
                out.refuse(
                        place,
                        "unknown role" + out.quoted(" ", message.path("role").asString("")));
            } else {
                said(read, said.get());
            }
            lastTime = time;
        }

        /** Of a message that does not say its time among others that do: that of the message before it. */
        private Instant without(int index) {
            return firstKnown
                    .map(first -> lastTime == null ? first : lastTime)
                    .orElseGet(() -> options.syntheticStart().plusSeconds(index));
        }

        private void said(ChatMessage message, ChatForm.Said said) {
            boolean onlyCalls = !said.says() && !said.calls().isEmpty();
            if (!onlyCalls) {
                callsCause = Optional.empty();
            }
            if (said.voice() != ChatForm.Voice.END) {
                results(message, said);
            }
            switch (said.voice()) {
                case SYSTEM -> system(message);
                case USER -> user(message, said);
                case MODEL -> model(message, said);
                case TOOL -> {}
                case END -> ended(message, said);
            }
        }

        private void system(ChatMessage message) {
            Step step = step(message, opened ? "system.instruction" : "system.session_start", source.agent());
            if (!opened) {
                step.opening();
            }
            opened = true;
            add(step.at(message.time(), null).causedBy(last).payload(message.payload()));
        }

        private void user(ChatMessage message, ChatForm.Said said) {
            turn += said.says() || said.results().isEmpty() ? 1 : 0;
            if (said.says()) {
                add(step(message, "observation.input", source.agent())
                        .at(message.time(), null)
                        .causedBy(last)
                        .payload(message.payload()));
            }
            calls(message, said.calls(), "user");
        }

        private void model(ChatMessage message, ChatForm.Said said) {
            if (said.says()) {
                Step step = step(message, "llm.chat", source.agent());
                if (message.synthetic()) {
                    step.at(message.time(), null);
                } else {
                    boolean follows = lastTime != null && !lastTime.isAfter(message.time());
                    step.at(follows && lastTime != null ? lastTime : message.time(), message.time());
                }
                add(step.causedBy(last).status(EventStatus.COMPLETED).payload(message.payload()));
            }
            run.answeredIn(message.index());
            calls(message, said.calls(), source.agent());
            callsCause = said.says() ? Optional.empty() : callsCause;
        }

        private void calls(ChatMessage message, List<ChatForm.Call> calls, String defaultAgent) {
            String cause = callsCause.orElse(last);
            for (int k = 0; k < calls.size(); k++) {
                ChatForm.Call call = calls.get(k);
                String agent = call.json().path("requestor").asString("").equals("user") ? "user" : defaultAgent;
                ObjectNode payload = Json.MAPPER.createObjectNode();
                payload.set("arguments", call.arguments());
                payload.set("call", call.json());
                message.markWhereSynthetic(payload);
                Step step = new Step(message.index(), message.index() + ":" + k, "tool.execute", message.place())
                        .by(agent, turn)
                        .at(message.time(), null)
                        .causedBy(cause)
                        .tool(call.name())
                        .status(call.ended().orElse(EventStatus.PENDING))
                        .payload(payload);
                add(step);
                if (call.ended().isEmpty()) {
                    open.add(new OpenCall(message.index(), call, step));
                }
            }
            callsCause = Optional.ofNullable(cause);
        }

        /** What came back: a part of the events of its calls; where there is no such call, an event of its own. */
        private void results(ChatMessage message, ChatForm.Said said) {
            List<ChatForm.Result> results = said.results();
            for (int k = 0; k < results.size(); k++) {
                ChatForm.Result result = results.get(k);
                String name = message.index() + (said.says() || k > 0 ? ":result" + k : "");
                Step.Answer answer = answer(message, result, name);
                Optional<OpenCall> call = answeredBy(result);
                if (call.isPresent()) {
                    open.remove(call.get());
                    call.get().step().answered(answer);
                } else {
                    add(new Step(message.index(), name, "tool.execute", message.place())
                            .by(source.agent(), turn)
                            .at(message.time(), message.time())
                            .causedBy(last)
                            .tool(result.name())
                            .status(answer.status())
                            .payload(answer.payload()));
                }
            }
        }

        private void ended(ChatMessage message, ChatForm.Said said) {
            if (said.says() && source.ended().isEmpty()) {
                add(step(message, "system.session_end", source.agent())
                        .at(message.time(), null)
                        .causedBy(last)
                        .status(RunEnd.of(message.json()).orElse(EventStatus.COMPLETED))
                        .payload(message.payload()));
            } else if (said.says()) {
                out.skip("last messages that say what the file says of the end");
            }
            for (ChatForm.Result result : said.results()) {
                for (int k = 0; k < open.size(); k++) {
                    String name = message.index() + (k == 0 ? "" : ":result" + k);
                    open.get(k).step().answered(answer(message, result, name));
                }
                open.clear();
            }
        }

        /** Of the calls of one message that have one id, the first that is open: results come in the order of their calls. */
        private Optional<OpenCall> answeredBy(ChatForm.Result result) {
            List<OpenCall> candidates = open.stream()
                    .filter(call -> call.call().id().equals(result.id()))
                    .toList();
            if (candidates.isEmpty()) {
                return Optional.empty();
            }
            int latest = candidates.getLast().message();
            List<OpenCall> together =
                    candidates.stream().filter(call -> call.message() == latest).toList();
            return together.stream()
                    .filter(call -> Objects.equals(result.name(), call.call().name()))
                    .findFirst()
                    .or(() -> Optional.of(together.getFirst()));
        }

        private Step.Answer answer(ChatMessage message, ChatForm.Result result, String name) {
            ObjectNode payload = Json.MAPPER.createObjectNode();
            message.markWhereSynthetic(payload);
            payload.set("content", result.content());
            payload.set("result", result.json());
            return new Step.Answer(
                    message.index(),
                    name,
                    run.digest(message.index()),
                    message.place(),
                    message.time(),
                    result.status(),
                    payload);
        }

        private Step step(ChatMessage message, String type, String agent) {
            return new Step(message.index(), Integer.toString(message.index()), type, message.place()).by(agent, turn);
        }

        private void add(Step step) {
            run.add(step);
            last = step.name();
        }
    }
}
