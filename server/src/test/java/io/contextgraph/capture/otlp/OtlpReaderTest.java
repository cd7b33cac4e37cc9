// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.capture.file.Captured;
import io.contextgraph.capture.record.DerivedIds;
import io.contextgraph.capture.record.Options;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.EventStatus;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OtlpReaderTest {
    private static final String TRACE = "5b8efff798038103d269b633813fc60c";

    @TempDir
    private Path folder = Path.of("");

    private Captured read(String json) {
        return Captured.read(Captured.write(folder, "spans.json", json));
    }

    private static String request(List<String> spans) {
        return "{\"resourceSpans\":[{\"resource\":{\"attributes\":[{\"key\":\"service.name\",\"value\":{\"stringValue\":"
                + "\"kitchen\"}}]},\"scopeSpans\":[{\"scope\":{\"name\":\"lib\"},\"spans\":["
                + String.join(",", spans) + "]}]}]}";
    }

    /** A span of one second that begins {@code second} seconds after the epoch's first hour. */
    private static String span(int id, int parent, int second, String more) {
        long start = (3600L + second) * 1_000_000_000L;
        return "{\"traceId\":\"" + TRACE + "\",\"spanId\":\"%016x\",\"parentSpanId\":\"".formatted(id)
                + (parent == 0 ? "" : "%016x".formatted(parent)) + "\",\"name\":\"s" + id
                + "\",\"startTimeUnixNano\":\"" + start + "\",\"endTimeUnixNano\":\"" + (start + 1_000_000_000L) + "\""
                + more + "}";
    }

    private static String attributes(String... pairs) {
        StringBuilder text = new StringBuilder(",\"attributes\":[");
        for (int i = 0; i < pairs.length; i += 2) {
            text.append(i == 0 ? "" : ",")
                    .append("{\"key\":\"" + pairs[i] + "\",\"value\":{\"stringValue\":\"" + pairs[i + 1] + "\"}}");
        }
        return text + "]";
    }

    private static List<String> kitchen() {
        return List.of(
                span(1, 99, 0, attributes("gen_ai.operation.name", "invoke_agent", "gen_ai.agent.name", "cook")),
                span(2, 1, 1, attributes("http.request.method", "GET")),
                span(3, 2, 1, attributes("openinference.span.kind", "CHAIN")),
                span(4, 3, 1, attributes("gen_ai.operation.name", "chat", "gen_ai.conversation.id", "dinner")),
                span(5, 3, 2, attributes("gen_ai.operation.name", "execute_tool", "gen_ai.tool.name", "scale")),
                span(6, 5, 2, attributes("gen_ai.request.model", "m", "gen_ai.system", "p")),
                span(7, 0, 3, attributes("gen_ai.operation.name", "think_hard", "gen_ai.agent.id", "a-1")),
                span(8, 3, 4, attributes("openinference.span.kind", "RETRIEVER")));
    }

    @Test
    void everySpanIsKeptUnderItsOwnParent() {
        Captured captured = read(request(kitchen()));
        assertThat(captured.refused()).isEmpty();
        assertThat(captured.skipped).isEmpty();
        assertThat(captured.table())
                .containsExactly(
                        "agent.invoke cook <elsewhere - completed 01:00:00.000 01:00:01.000",
                        "system.span cook <0 - completed 01:00:01.000 01:00:02.000",
                        "system.span cook <1 - completed 01:00:01.000 01:00:02.000",
                        "llm.chat cook <2 - completed 01:00:01.000 01:00:02.000",
                        "tool.execute cook <2 scale completed 01:00:02.000 01:00:03.000",
                        "llm.chat cook <4 - completed 01:00:02.000 01:00:03.000",
                        "system.span a-1 - - completed 01:00:03.000 01:00:04.000",
                        "tool.execute cook <2 - completed 01:00:04.000 01:00:05.000");
        assertThat(captured.events).extracting(e -> e.sessionId().value()).containsOnly("dinner");
        assertThat(captured.events).extracting(e -> e.traceId()).containsOnly(TRACE);
        assertThat(captured.events)
                .extracting(Event::importanceHint)
                .startsWith(OptionalInt.empty(), OptionalInt.of(1));
        assertThat(captured.events.get(0).parentId().orElseThrow().toString())
                .isEqualTo(DerivedIds.span(TRACE, "0000000000000063"));
        Event chat = captured.events.get(5);
        assertThat(chat.payloadRef()).isEqualTo("otlp:" + TRACE + ":0000000000000006");
        assertThat(chat.payload().orElseThrow().json())
                .matches(Pattern.quote(
                                "{\"name\":\"s6\",\"start_unix_nano\":\"3602000000000\",\"end_unix_nano\":\"3603000000000\","
                                        + "\"attributes\":{\"gen_ai.request.model\":\"m\",\"gen_ai.system\":\"p\"},"
                                        + "\"resource\":{\"attributes\":{\"service.name\":\"kitchen\"}},\"scope\":{\"name\":\"lib\"},"
                                        + "\"provider\":\"p\",\"model\":\"m\",\"capture\":{\"record\":\"")
                        + "[0-9a-f]{64}" + Pattern.quote("\"}}"));
    }

    @Test
    void whoWantsLessLeavesOutSpansByNameAndIsToldHowMany() {
        Path file = Captured.write(folder, "spans.json", request(kitchen()));
        Captured whole = Captured.read(file);
        Captured less = Captured.read(file, Options.skipping("x*", "s2", "s*"));
        assertThat(less.skipped).isEqualTo(Map.of("spans like s2", 1L, "spans like s*", 1L));
        assertThat(less.events).hasSize(6).isSubsetOf(whole.events);
    }

    @Test
    void orderAndDivisionOfSpansMakeNoDifference() {
        String expected = read(request(kitchen())).json();
        Random random = new Random(17);
        for (int round = 0; round < 50; round++) {
            List<String> spans = new ArrayList<>(kitchen());
            Collections.shuffle(spans, random);
            int cut = random.nextInt(spans.size() + 1);
            List<String> requests = List.of(request(spans.subList(0, cut)), request(spans.subList(cut, spans.size())));
            assertThat(read("[" + String.join(",", requests) + "]").json()).isEqualTo(expected);
            assertThat(read(String.join("\n", requests)).json()).isEqualTo(expected);
        }
    }

    @Test
    void tempoAndOlderNamesGiveTheSameEvents() {
        String expected = read(request(kitchen())).json();
        String tempo = request(kitchen())
                .replace("resourceSpans", "batches")
                .replace("scopeSpans", "instrumentationLibrarySpans")
                .replace("\"scope\"", "\"instrumentationLibrary\"")
                .replaceAll("UnixNano\":\"([0-9]+)\"", "UnixNano\":$1");
        assertThat(read(tempo).json()).isEqualTo(expected);
        assertThat(read("{\"trace\":" + request(kitchen()) + "}").json()).isEqualTo(expected);
        assertThat(Captured.read(Captured.write(
                                folder, "noname", Captured.gzip(Captured.gzip(tempo.getBytes(StandardCharsets.UTF_8)))))
                        .json())
                .isEqualTo(expected);
    }

    /** The same span with its ids in hexadecimal, base64 and decimal, and with numbers and names for its enums. */
    @Test
    void formsOfIdsAndEnumsMakeNoDifference() {
        String rest = ",\"name\":\"n\",\"startTimeUnixNano\":1,\"attributes\":[{\"key\":\"gen_ai.operation.name\","
                + "\"value\":{\"stringValue\":\"chat\"}},{\"key\":\"gen_ai.usage.prompt_tokens\",\"value\":{\"intValue\":"
                + "\"12\"}}],\"kind\":";
        List<String> forms = List.of(
                "{\"traceId\":\"5B8EFFF798038103D269B633813FC60C\",\"spanId\":\"EEE19B7EC3C1B174\",\"parentSpanId\":\"\""
                        + rest + "3,\"status\":{\"code\":2}}",
                "{\"traceId\":\"0x5b8efff798038103d269b633813fc60c\",\"spanId\":\"eee19b7ec3c1b174\",\"parentSpanId\":"
                        + "\"0000000000000000\"" + rest
                        + "\"SPAN_KIND_CLIENT\",\"status\":{\"code\":\"STATUS_CODE_ERROR\"}}",
                "{\"traceId\":\"W47/95gDgQPSabYzgT/GDA==\",\"spanId\":\"7uGbfsPBsXQ=\",\"parentSpanId\":null" + rest
                        + "\"CLIENT\",\"status\":{\"code\":\"ERROR\"}}",
                "{\"traceId\":121702245401190319682828931810593850892,\"spanId\":\"17213210219539181940\",\"parentSpanId\":0"
                        + rest + "3,\"status\":{\"code\":2}}");
        List<Captured> all =
                forms.stream().map(form -> read(request(List.of(form)))).toList();
        assertThat(all.get(0).events).hasSize(1);
        assertThat(all.get(0).events.get(0).status()).contains(EventStatus.FAILED);
        assertThat(all.get(0).json())
                .contains("\"usage\":{\"input_tokens\":12}", "\"kind\":\"SPAN_KIND_CLIENT\"", TRACE);
        assertThat(all.stream().map(Captured::json).distinct()).hasSize(1);
    }

    @Test
    void statuses() {
        assertThat(status("")).isEqualTo("completed");
        assertThat(status(",\"status\":{\"code\":1}")).isEqualTo("completed");
        assertThat(status(",\"status\":{\"code\":2,\"message\":\"boom\"}")).isEqualTo("failed");
        assertThat(status(",\"status\":{\"code\":2,\"message\":\"Deadline exceeded\"}"))
                .isEqualTo("timeout");
        assertThat(status(",\"events\":[{\"name\":\"exception\"}]")).isEqualTo("completed");
        assertThat(status("", "error.type", "ConnectTimeout")).isEqualTo("timeout");
        assertThat(status("", "error.type", "500")).isEqualTo("failed");
        assertThat(status(",\"status\":{\"code\":1}", "gen_ai.tool.status", "error"))
                .isEqualTo("failed");
        assertThat(status(",\"endTimeUnixNano\":0")).isEqualTo("running");
    }

    private String status(String more, String... attribute) {
        List<String> pairs = new ArrayList<>(List.of("gen_ai.operation.name", "chat"));
        pairs.addAll(List.of(attribute));
        String base =
                "{\"traceId\":\"" + TRACE + "\",\"spanId\":\"00000000000000aa\",\"startTimeUnixNano\":\"5000000\"";
        String end = more.contains("endTime") ? "" : ",\"endTimeUnixNano\":\"6000000\"";
        return read(request(List.of(base + end + more + attributes(pairs.toArray(String[]::new)) + "}")))
                .events
                .getFirst()
                .status()
                .orElseThrow()
                .wireName();
    }

    @Test
    void anEndBeforeTheStartIsDroppedAndCyclesEnd() {
        String early =
                "{\"traceId\":\"" + TRACE + "\",\"spanId\":\"00000000000000aa\",\"startTimeUnixNano\":\"9000000\","
                        + "\"endTimeUnixNano\":\"1000000\"" + attributes("gen_ai.operation.name", "chat") + "}";
        assertThat(read(request(List.of(early))).events.getFirst().endedAt()).isEmpty();

        Captured cycle = read(request(List.of(
                span(1, 2, 0, ""), span(2, 1, 0, ""), span(3, 1, 0, attributes("gen_ai.operation.name", "chat")))));
        assertThat(cycle.table())
                .containsExactly(
                        "system.span kitchen <1 - completed 01:00:00.000 01:00:01.000",
                        "system.span kitchen <0 - completed 01:00:00.000 01:00:01.000",
                        "llm.chat kitchen <0 - completed 01:00:00.000 01:00:01.000");
        Captured self = read(request(List.of(span(4, 4, 0, attributes("gen_ai.operation.name", "chat")))));
        assertThat(self.table()).containsExactly("llm.chat kitchen - - completed 01:00:00.000 01:00:01.000");
    }

    @Test
    void broken() {
        String chat = attributes("gen_ai.operation.name", "chat");
        Captured captured = read(request(List.of(
                "{\"spanId\":\"00000000000000aa\",\"startTimeUnixNano\":1}",
                "{\"traceId\":\"abc\",\"spanId\":\"00000000000000aa\",\"startTimeUnixNano\":1}",
                "{\"traceId\":\"" + TRACE + "\",\"spanId\":\"00000000000000aa\"}",
                "{\"traceId\":\"" + TRACE + "\",\"spanId\":\"00000000000000aa\",\"startTimeUnixNano\":\"soon\"}",
                "3",
                span(1, 0, 0, attributes("gen_ai.operation.name", "chat", "session.id", "__global__")),
                span(2, 0, 0, attributes("gen_ai.operation.name", "chat", "session.id", "two\\nlines")),
                span(3, 0, 0, attributes("gen_ai.operation.name", "chat", "session.id", "\\\"{a|b}*\\\" \uD83D\uDE00")),
                span(4, 0, 0, chat))));
        assertThat(captured.refused())
                .containsExactly(
                        "/resourceSpans/0/scopeSpans/0/spans/0: a span must have a traceId",
                        "/resourceSpans/0/scopeSpans/0/spans/1: traceId must be 32 hexadecimal digits, 16 bytes of base64 "
                                + "or a decimal integer: abc",
                        "/resourceSpans/0/scopeSpans/0/spans/2: a span must have a startTimeUnixNano",
                        "/resourceSpans/0/scopeSpans/0/spans/3: startTimeUnixNano must be nanoseconds since 1970: \"soon\"",
                        "/resourceSpans/0/scopeSpans/0/spans/4: a span must be an object");
        // Sessions that cannot be named so are named after the rest of their trace.
        assertThat(captured.events).hasSize(4);
        assertThat(captured.events).extracting(e -> e.sessionId().value()).containsOnly("\"{a|b}*\" \uD83D\uDE00");
    }

    @Test
    void hashesDoNotDependOnTheFile() {
        String first = read(request(kitchen())).events.stream()
                .map(EventJson::hash)
                .map(Object::toString)
                .collect(Collectors.joining());
        Captured other = Captured.read(Captured.write(folder, "other.name.gz", request(kitchen())));
        assertThat(other.events.stream()
                        .map(EventJson::hash)
                        .map(Object::toString)
                        .collect(Collectors.joining()))
                .isEqualTo(first);
    }
}
