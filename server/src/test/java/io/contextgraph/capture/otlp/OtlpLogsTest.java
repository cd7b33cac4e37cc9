// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.capture.file.Captured;
import io.contextgraph.capture.file.ImportSummary;
import io.contextgraph.capture.file.Runs;
import io.contextgraph.capture.format.Format;
import io.contextgraph.capture.record.DerivedIds;
import io.contextgraph.capture.record.Options;
import io.contextgraph.dialect.SpanFacts;
import io.contextgraph.dialect.SpanMessages;
import io.contextgraph.docs.GeneratedDocs;
import io.contextgraph.event.Event;
import io.contextgraph.event.Json;
import io.contextgraph.ledger.memory.InMemoryLedger;
import io.contextgraph.message.Message;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class OtlpLogsTest {
    private static final String TRACE = "5b8efff798038103d269b633813fc60c";
    private static final String SPAN = "00000000000000aa";
    private static final String IN_SPAN = ",\"traceId\":\"" + TRACE + "\",\"spanId\":\"" + SPAN + "\"";
    private static final String SAYS = ",\"body\":{\"kvlistValue\":{\"values\":[{\"key\":\"content\",\"value\":"
            + "{\"stringValue\":\"Is there rye?\"}}]}}";

    @TempDir
    private Path folder = Path.of("");

    private Captured read(String json) {
        return Captured.read(Captured.write(folder, "logs.json", json));
    }

    private static String request(String... logs) {
        return request(List.of(logs));
    }

    private static String request(List<String> logs) {
        return "{\"resourceLogs\":[{\"resource\":{\"attributes\":[{\"key\":\"service.name\",\"value\":{\"stringValue\":"
                + "\"kitchen\"}}]},\"scopeLogs\":[{\"scope\":{\"name\":\"lib\"},\"logRecords\":["
                + String.join(",", logs) + "]}]}]}";
    }

    private static String spans(String... spans) {
        return "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[" + String.join(",", spans) + "]}]}]}";
    }

    /** A span of the trace that began at the epoch. */
    private static String span(String id, String parent, String... attributes) {
        return "{\"traceId\":\"" + TRACE + "\",\"spanId\":\"" + id + "\",\"parentSpanId\":\"" + parent
                + "\",\"startTimeUnixNano\":1000000" + attributes(attributes) + "}";
    }

    /** A record of the given second. */
    private static String log(int second, String name, String more) {
        return "{\"timeUnixNano\":\"" + second + "000000000\",\"eventName\":\"" + name + "\"" + more + "}";
    }

    private static String attributes(String... pairs) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < pairs.length; i += 2) {
            all.add("{\"key\":\"" + pairs[i] + "\",\"value\":{\"stringValue\":\"" + pairs[i + 1] + "\"}}");
        }
        return ",\"attributes\":[" + String.join(",", all) + "]";
    }

    private static ObjectNode payload(Event event) {
        return (ObjectNode) Json.MAPPER.readTree(event.payload().orElseThrow().json());
    }

    private Event only(String json) {
        Captured captured = read(json);
        assertThat(captured.refused()).isEmpty();
        assertThat(captured.format).isEqualTo(Format.OTLP);
        assertThat(captured.events).hasSize(1);
        return captured.events.getFirst();
    }

    private String typeOf(String name) {
        return only(request(log(1, name, IN_SPAN))).type().value();
    }

    @Test
    void aRecordKeepsAllThatItSays() {
        Event event = only(request(log(
                7,
                "gen_ai.user.message",
                ",\"observedTimeUnixNano\":8000000000,\"severityNumber\":9,\"severityText\":\"Info\",\"flags\":1"
                        + ",\"droppedAttributesCount\":0,\"newField\":{\"a\":[1]}"
                        + IN_SPAN.replace("aa", "AA")
                        + SAYS + attributes("gen_ai.system", "crumb"))));
        ObjectNode payload = payload(event);
        String digest = payload.path("capture").path("record").stringValue();
        assertThat(payload.without("capture").toString())
                .isEqualTo("{\"name\":\"gen_ai.user.message\",\"trace_id\":\"" + TRACE + "\",\"span_id\":\"" + SPAN
                        + "\",\"severity\":\"SEVERITY_NUMBER_INFO\",\"severity_text\":\"Info\",\"time_unix_nano\":"
                        + "\"7000000000\",\"observed_unix_nano\":\"8000000000\",\"body\":{\"content\":\"Is there rye?\"},"
                        + "\"attributes\":{\"gen_ai.system\":\"crumb\"},\"flags\":1,\"droppedAttributesCount\":0,"
                        + "\"newField\":{\"a\":[1]},\"resource\":{\"attributes\":{\"service.name\":\"kitchen\"}},"
                        + "\"scope\":{\"name\":\"lib\"}}");
        assertThat(event.payloadRef()).isEqualTo("sha256:" + digest);
        assertThat(event.id().toString()).isEqualTo(DerivedIds.log(digest, 1));
        assertThat(event.parentId().orElseThrow().toString()).isEqualTo(DerivedIds.span(TRACE, SPAN));
        assertThat(event.traceId()).isEqualTo(TRACE);
        assertThat(event.sessionId().value()).isEqualTo(TRACE);
        assertThat(event.occurredAt().getEpochSecond()).isEqualTo(7);
        assertThat(event.status()).isEmpty();
    }

    @Test
    void typesByName() {
        assertThat(typeOf("gen_ai.system.message")).isEqualTo("system.instruction");
        assertThat(typeOf("gen_ai.user.message")).isEqualTo("observation.input");
        assertThat(typeOf("gen_ai.assistant.message")).isEqualTo("llm.message");
        assertThat(typeOf("gen_ai.tool.message")).isEqualTo("tool.output");
        assertThat(typeOf("gen_ai.choice")).isEqualTo("llm.message");
        assertThat(typeOf("gen_ai.client.inference.operation.details")).isEqualTo("llm.inference_details");
        assertThat(typeOf("gen_ai.client.operation.exception")).isEqualTo("system.error");
        assertThat(typeOf("gen_ai.evaluation.result")).isEqualTo("evaluation.result");
        assertThat(typeOf("gen_ai.of.tomorrow")).isEqualTo("system.log");
    }

    @Test
    void theNameStandsInOneOfThreePlaces() {
        String field = ",\"eventName\":\"gen_ai.choice\"";
        String attribute = attributes("event.name", "gen_ai.choice");
        String name = ",\"name\":\"gen_ai.choice\"";
        for (String said : List.of(field, attribute, name, name + attribute, field + ",\"name\":\"x\"")) {
            Event event = only(request("{\"timeUnixNano\":1000000000" + said + "}"));
            assertThat(event.type().value()).isEqualTo("llm.message");
            assertThat(payload(event).path("name").stringValue()).isEqualTo("gen_ai.choice");
            assertThat(payload(event).path("name#2").asString("")).isEqualTo(said.endsWith("\"x\"") ? "x" : "");
        }
    }

    @Test
    void allOtherRecordsOfATraceAreEventsAside() {
        Captured captured = read(request(
                log(1, "gen_ai.choice", IN_SPAN),
                log(2, "gen_ai", IN_SPAN),
                log(3, "http.request", IN_SPAN + ",\"body\":{\"stringValue\":\"GET /bread\"}"),
                log(4, "", IN_SPAN.replace(",\"spanId\":\"" + SPAN + "\"", ""))));
        assertThat(captured.refused()).isEmpty();
        assertThat(captured.skipped).isEmpty();
        assertThat(captured.table())
                .containsExactly(
                        "llm.message kitchen <elsewhere - - 00:00:01.000 -",
                        "system.log kitchen <elsewhere - - 00:00:02.000 -",
                        "system.log kitchen <elsewhere - - 00:00:03.000 -",
                        "system.log kitchen - - - 00:00:04.000 -");
        assertThat(captured.events.subList(1, 4))
                .extracting(Event::importanceHint)
                .containsOnly(OptionalInt.of(1));
        assertThat(captured.events).extracting(Event::traceId).containsOnly(TRACE);
        assertThat(payload(captured.events.get(2)).path("body").stringValue()).isEqualTo("GET /bread");
    }

    @Test
    void allOthersAreRefusedTogetherAndCounted() {
        Path file = Captured.write(
                folder,
                "logs.jsonl",
                request("{\"timeUnixNano\":1,\"body\":{\"stringValue\":\"gen_ai.choice\"}}", "7") + "\n"
                        + request("{}", log(3, "http.request", ",\"traceId\":\"\""), log(4, "gen_ai.choice", "")));
        Captured captured = Captured.read(file);
        assertThat(captured.events).hasSize(1);
        assertThat(captured.skipped).isEmpty();
        String place = " /resourceLogs/0/scopeLogs/0/logRecords/";
        assertThat(captured.refused())
                .containsExactly(
                        "line 1" + place + "1: a log record must be an object",
                        "line 1" + place
                                + "0: a log record without a trace context, which is no event of a program that is known: it"
                                + " belongs to nothing; 3 such records, this is the first");
        assertThat(Runs.run(new InMemoryLedger(Captured.CLOCK), file).refusedTotal())
                .isEqualTo(4);
        assertThat(read(request(log(2, "http.request", ""))).format).isEqualTo(Format.OTLP);
    }

    @Test
    void patternsDoNotApply() {
        Path file = Captured.write(folder, "logs.json", request(log(1, "gen_ai.choice", IN_SPAN)));
        assertThat(Captured.read(file, Options.skipping("*")).events).hasSize(1);
    }

    @Test
    void sessionAndAgentComeFromTheTraceWhereTheRecordSaysNone() {
        String root = span("0000000000000001", "", "gen_ai.agent.name", "cook", "session.id", "dinner");
        String chat = span(SPAN, "0000000000000001", "gen_ai.operation.name", "chat");
        String plain = request(log(1, "gen_ai.choice", IN_SPAN));
        for (String json : List.of(spans(root, chat) + "\n" + plain, plain + "\n" + spans(chat, root))) {
            Captured captured = read(json);
            assertThat(captured.table())
                    .containsExactly(
                            "agent.invoke cook - - running 00:00:00.001 -",
                            "llm.chat cook <0 - running 00:00:00.001 -",
                            "llm.message cook <1 - - 00:00:01.000 -");
            assertThat(captured.events).extracting(e -> e.sessionId().value()).containsOnly("dinner");
        }
        String own = request(log(
                1,
                "gen_ai.choice",
                IN_SPAN + attributes("gen_ai.conversation.id", "lunch", "gen_ai.agent.name", "clerk")));
        Event event = read(spans(root, chat) + "\n" + own).events.getLast();
        assertThat(event.sessionId().value() + " " + event.agentId()).isEqualTo("lunch clerk");
        Event ofResource = only(plain.replace("service.name", "session.id"));
        assertThat(ofResource.sessionId().value() + " " + ofResource.agentId()).isEqualTo("kitchen unknown");
    }

    @Test
    void aRecordMayNameTheSessionOfItsTrace() {
        String chat = spans(span(SPAN, "", "gen_ai.operation.name", "chat"));
        String one = log(1, "gen_ai.choice", IN_SPAN + attributes("session.id", "b"));
        String other = log(1, "gen_ai.choice", IN_SPAN + attributes("session.id", "a"));
        for (List<String> order : List.of(List.of(one, other), List.of(other, one))) {
            assertThat(read(chat + "\n" + request(order)).events)
                    .extracting(e -> e.type().value() + " " + e.sessionId().value())
                    .containsExactlyInAnyOrder("llm.chat a", "llm.message a", "llm.message b");
        }
    }

    @Test
    void withoutATraceItIsThatOfTheSession() {
        String session = attributes("session.id", "dinner");
        Captured captured = read(request(
                log(1, "gen_ai.choice", session),
                log(2, "gen_ai.choice", session),
                log(3, "gen_ai.choice", ",\"spanId\":\"" + SPAN + "\""),
                log(4, "gen_ai.choice", attributes("session.id", "two\\nlines"))));
        assertThat(captured.refused()).isEmpty();
        assertThat(captured.events).extracting(Event::parentId).allMatch(parent -> parent.isEmpty());
        assertThat(captured.events.subList(0, 2))
                .extracting(Event::traceId)
                .containsOnly(DerivedIds.traceOfLog("dinner"));
        assertThat(captured.events.subList(0, 2))
                .extracting(e -> e.sessionId().value())
                .containsOnly("dinner");
        Event alone = captured.events.get(2);
        assertThat(alone.sessionId().value()).isEqualTo(alone.traceId());
        assertThat(alone.payloadRef()).startsWith("sha256:" + alone.traceId());
        assertThat(captured.events.get(3).sessionId().value()).matches("[0-9a-f]{32}");
    }

    @Test
    void whatIsSaidElsewhereIsAside() {
        String silent = spans(span(SPAN, "", "gen_ai.operation.name", "chat"));
        String speaking = spans(span(SPAN, "", "gen_ai.operation.name", "chat", "gen_ai.input.messages", "[]"));
        String logs = request(
                log(1, "gen_ai.user.message", IN_SPAN),
                log(2, "gen_ai.assistant.message", IN_SPAN),
                log(3, "gen_ai.choice", IN_SPAN),
                log(4, "gen_ai.other", IN_SPAN));
        OptionalInt none = OptionalInt.empty();
        OptionalInt low = OptionalInt.of(1);
        assertThat(read(logs + "\n" + silent).events)
                .extracting(Event::importanceHint)
                .containsExactly(none, none, low, none, low);
        assertThat(read(logs + "\n" + speaking).events)
                .extracting(Event::importanceHint)
                .containsExactly(none, low, low, low, low);
    }

    @Test
    void orderAndDivisionMakeNoDifference() {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            all.add(log(
                    i / 3,
                    i % 2 == 0 ? "gen_ai.choice" : "gen_ai.user.message",
                    IN_SPAN + ",\"body\":{\"intValue\":" + i + "}"));
        }
        String chat = spans(span(SPAN, "", "gen_ai.operation.name", "chat", "session.id", "dinner"));
        String expected = read(chat + "\n" + request(all)).json();
        Random random = new Random(5);
        for (int round = 0; round < 20; round++) {
            Collections.shuffle(all, random);
            int cut = random.nextInt(all.size() + 1);
            List<String> requests =
                    new ArrayList<>(List.of(chat, request(all.subList(0, cut)), request(all.subList(cut, all.size()))));
            Collections.shuffle(requests, random);
            assertThat(read(String.join("\n", requests)).json()).isEqualTo(expected);
            assertThat(read("[" + String.join(",", requests) + "]").json()).isEqualTo(expected);
        }
        String both = chat.substring(0, chat.length() - 1) + "," + request(all).substring(1);
        assertThat(read(both).json()).isEqualTo(expected);
    }

    @Test
    void formsMakeNoDifference() {
        String more = "\"observedTimeUnixNano\":%s,\"severityNumber\":%s,\"flags\":%s,\"body\":{\"stringValue\":\"\"}";
        String json = request(log(1, "gen_ai.choice", "," + more.formatted("\"0\"", 17, 0) + IN_SPAN));
        String expected = only(json).id().toString();
        String id64 = ",\"traceId\":\"W47/95gDgQPSabYzgT/GDA==\",\"spanId\":\"AAAAAAAAAKo=\"";
        assertThat(only(request(log(1, "gen_ai.choice", "," + more.formatted("0", "\"ERROR\"", "\"0\"") + id64)
                                .replace("\"1000000000\"", "1000000000")))
                        .id()
                        .toString())
                .isEqualTo(expected);
        String scope = json.substring("{\"resourceLogs\":[".length(), json.length() - 2);
        assertThat(only(scope).id().toString()).isEqualTo(expected);
        String snake = json.replace("resourceLogs", "resource_logs")
                .replace("scopeLogs", "scope_logs")
                .replace("logRecords", "log_records")
                .replace("eventName", "event_name")
                .replace("timeUnixNano", "time_unix_nano")
                .replace("severityNumber", "severity_number")
                .replace("spanId", "span_id")
                .replace("traceId", "trace_id")
                .replace("stringValue", "string_value");
        assertThat(only(snake).id().toString()).isEqualTo(expected);
        assertThat(only(snake.substring("{\"resource_logs\":[".length(), snake.length() - 2))
                        .id()
                        .toString())
                .isEqualTo(expected);
        // What is said makes a difference, even if it is nothing.
        assertThat(only(json.replace(",\"body\":{\"stringValue\":\"\"}", ""))
                        .id()
                        .toString())
                .isNotEqualTo(expected);
    }

    @Test
    void equalRecordsOfARequestAreAsManyEventsAndThoseOfAnotherTheSame() {
        String one = log(1, "gen_ai.choice", IN_SPAN + SAYS);
        Captured captured = read(request(one, one));
        String digest =
                payload(captured.events.getFirst()).at("/capture/record").stringValue();
        assertThat(captured.events)
                .extracting(event -> event.id().toString())
                .containsExactly(DerivedIds.log(digest, 1), DerivedIds.log(digest, 2));
        assertThat(read(request(one) + "\n" + request(one)).events)
                .extracting(event -> event.id().toString())
                .containsExactly(DerivedIds.log(digest, 1), DerivedIds.log(digest, 1));
        assertThat(read("[" + request(one, one) + "," + request(one) + "]").events)
                .extracting(event -> event.id().toString())
                .containsExactly(DerivedIds.log(digest, 1), DerivedIds.log(digest, 1), DerivedIds.log(digest, 2));
    }

    @Test
    void whatTheLedgerHasOfItsSpanDecidesToo() {
        String root = span("0000000000000001", "", "gen_ai.agent.name", "cook", "session.id", "dinner");
        String chat = span(SPAN, "0000000000000001", "gen_ai.operation.name", "chat");
        Path spans = Captured.write(folder, "spans.json", spans(root, chat));
        String record = log(1, "gen_ai.choice", IN_SPAN + SAYS);
        Path logs = Captured.write(folder, "logs.json", request(record, record));
        Path relayed = Captured.write(folder, "relayed.json", request(record).replace("kitchen", "relay"));

        InMemoryLedger ledger = new InMemoryLedger(Captured.CLOCK);
        ImportSummary one = Runs.run(ledger, spans);
        ImportSummary two = Runs.run(ledger, logs);
        ImportSummary three = Runs.run(ledger, logs, relayed);
        assertThat(one.added()).isEqualTo(2);
        assertThat(two.added() + " " + two.duplicates() + " " + two.conflicts()).isEqualTo("2 0 0");
        assertThat(three.added() + " " + three.duplicates() + " " + three.conflicts())
                .isEqualTo("0 3 0");
        Event event = ledger.read(2, 1).getFirst().event();
        assertThat(event.sessionId().value() + " " + event.agentId()).isEqualTo("dinner cook");
    }

    @Test
    void timesFallBackToWhenItWasSeen() {
        Event event = only(
                request("{\"timeUnixNano\":0,\"observedTimeUnixNano\":\"5000000000\",\"eventName\":\"gen_ai.x\"}"));
        assertThat(event.occurredAt().getEpochSecond()).isEqualTo(5);
    }

    @Test
    void oneThatCannotBeReadCostsItself() {
        Captured captured = read(request(
                "{\"eventName\":\"gen_ai.choice\"}",
                log(1, "gen_ai.choice", ",\"traceId\":\"abc\""),
                log(2, "gen_ai.choice", ",\"spanId\":\"abc\""),
                "{\"timeUnixNano\":\"soon\",\"eventName\":\"gen_ai.choice\"}",
                log(3, "gen_ai.choice", IN_SPAN)));
        assertThat(captured.events).hasSize(1);
        String place = "/resourceLogs/0/scopeLogs/0/logRecords/";
        assertThat(captured.refused())
                .containsExactly(
                        place + "0: a log record must have a timeUnixNano or an observedTimeUnixNano",
                        place
                                + "1: traceId must be 32 hexadecimal digits, 16 bytes of base64 or a decimal integer: abc",
                        place + "2: spanId must be 16 hexadecimal digits, 8 bytes of base64 or a decimal integer: abc",
                        place + "3: timeUnixNano must be nanoseconds since 1970: \"soon\"");
        assertThat(captured.places).containsExactly(place + "4");
    }

    @Test
    void whatASampleSaysCanBeRead() {
        assertThat(said("with-spans.json"))
                .containsExactly(
                        "system.instruction IN system: You sell bread.",
                        "observation.input IN user: Is there rye?",
                        "llm.message OUT assistant: stock(bread=rye)",
                        "system.instruction IN system: You sell bread.",
                        "observation.input IN user: Is there rye?",
                        "llm.message IN assistant: stock(bread=rye)",
                        "tool.output IN tool: 3 loaves",
                        "llm.message OUT assistant: Yes, three.",
                        "system.log OUT output: oven at 230");
        assertThat(said("alone.jsonl"))
                .containsExactly(
                        "llm.inference_details IN system: You sell bread.",
                        "llm.inference_details IN user: Is there rye?",
                        "llm.inference_details OUT assistant: Yes, three.",
                        "observation.input IN user: And wheat?",
                        "system.log OUT output: many");
    }

    private static List<String> said(String sample) {
        List<String> all = new ArrayList<>();
        for (Event event : Captured.read(GeneratedDocs.root()
                        .resolve("server/src/test/resources/traces/otel/otlp/events")
                        .resolve(sample))
                .events) {
            JsonNode payload = payload(event);
            if (payload.has("trace_id") || !payload.has("start_unix_nano")) {
                SpanFacts facts =
                        new SpanFacts(payload.path("name").asString(""), (ObjectNode) payload.path("attributes"));
                Stream.of(Message.Direction.values())
                        .flatMap(direction -> SpanMessages.of((ObjectNode) payload, facts, direction).stream())
                        .forEach(message -> all.add(event.type().value() + " " + message.direction() + " "
                                + message.role() + ": " + message.plain()));
            }
        }
        return all;
    }
}
