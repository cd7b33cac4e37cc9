// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.contextgraph.capture.file.Captured;
import io.contextgraph.capture.file.ImportSummary;
import io.contextgraph.capture.file.Runs;
import io.contextgraph.capture.record.DerivedIds;
import io.contextgraph.event.Event;
import io.contextgraph.event.Json;
import io.contextgraph.ledger.memory.InMemoryLedger;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import io.opentelemetry.proto.logs.v1.SeverityNumber;
import io.opentelemetry.proto.resource.v1.Resource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What programs write of themselves, as streams of log records. */
class LogStreamsTest {
    @TempDir
    private Path folder = Path.of("");

    private Captured read(String json) {
        return Captured.read(Captured.write(folder, "logs.json", json));
    }

    /** A record of a second, with attributes that are texts, numbers or truths. */
    private static ObjectNode log(int second, Object... attributes) {
        ObjectNode log = Json.MAPPER.createObjectNode().put("timeUnixNano", second + "000000000");
        ArrayNode list = log.putArray("attributes");
        for (int i = 0; i < attributes.length; i += 2) {
            ObjectNode value =
                    list.addObject().put("key", (String) attributes[i]).putObject("value");
            switch (attributes[i + 1]) {
                case Integer number -> value.put("intValue", number.toString());
                case Boolean truth -> value.put("boolValue", truth);
                case Object text -> value.put("stringValue", text.toString());
            }
        }
        return log;
    }

    private static ObjectNode body(ObjectNode log, String text) {
        log.putObject("body").put("stringValue", text);
        return log;
    }

    private static String request(String service, ObjectNode... logs) {
        ObjectNode request = Json.MAPPER.createObjectNode();
        ObjectNode resource = request.putArray("resourceLogs").addObject();
        resource.putObject("resource")
                .putArray("attributes")
                .addObject()
                .put("key", "service.name")
                .putObject("value")
                .put("stringValue", service);
        resource.putArray("scopeLogs").addObject().putArray("logRecords").addAll(List.of(logs));
        return request.toString();
    }

    private static ObjectNode payload(Event event) {
        return (ObjectNode) Json.MAPPER.readTree(event.payload().orElseThrow().json());
    }

    /** As Claude Code writes an event: the whole name in the body, without its prefix among the attributes. */
    private static ObjectNode claude(int second, String name, Object... more) {
        List<Object> all = new ArrayList<>(List.of("session.id", "loaf", "event.name", name, "prompt.id", "p-1"));
        all.addAll(List.of(more));
        return body(log(second, all.toArray()), "claude_code." + name);
    }

    @Test
    void claudeCode() {
        Captured captured = read(request(
                "claude-code",
                claude(1, "user_prompt", "prompt", "Weigh the rye."),
                claude(4, "api_request", "model", "m", "duration_ms", "2500", "input_tokens", "10", "output_tokens", 3),
                claude(5, "tool_decision", "tool_name", "Bash", "decision", "accept", "source", "config"),
                claude(7, "tool_result", "tool_name", "Bash", "success", "true", "duration_ms", 1500),
                claude(
                        8,
                        "tool_result",
                        "tool_name",
                        "Bash",
                        "success",
                        "false",
                        "duration_ms",
                        1,
                        "error",
                        "no scale"),
                claude(9, "api_error", "error", "Request timed out", "duration_ms", 1000, "agent.name", "Explore"),
                claude(10, "compaction", "trigger", "auto")));
        assertThat(captured.refused()).isEmpty();
        assertThat(captured.table())
                .containsExactly(
                        "observation.input claude-code - - - 00:00:01.000 -",
                        "llm.chat claude-code <0 - completed 00:00:01.500 00:00:04.000",
                        "tool.decision claude-code <0 Bash - 00:00:05.000 -",
                        "tool.execute claude-code <0 Bash completed 00:00:05.500 00:00:07.000",
                        "tool.execute claude-code <0 Bash failed 00:00:07.999 00:00:08.000",
                        "llm.chat Explore <0 - timeout 00:00:08.000 00:00:09.000",
                        "system.log claude-code <0 - - 00:00:10.000 -");
        assertThat(captured.events).extracting(e -> e.sessionId().value()).containsOnly("loaf");
        assertThat(captured.events).extracting(Event::traceId).containsOnly(DerivedIds.traceOfLog("loaf", "p-1"));
        ObjectNode chat = payload(captured.events.get(1));
        assertThat(chat.path("name").stringValue()).isEqualTo("claude_code.api_request");
        assertThat(chat.path("model").stringValue()).isEqualTo("m");
        assertThat(chat.path("usage").toString()).isEqualTo("{\"input_tokens\":10,\"output_tokens\":3}");
        assertThat(captured.events.getLast().importanceHint()).hasValue(1);
    }

    @Test
    void codex() {
        Object[] common = {"conversation.id", "crumb", "model", "m"};
        Captured captured = read(request(
                "codex_cli_rs",
                log(1, with(common, "event.name", "codex.conversation_starts")),
                log(2, with(common, "event.name", "codex.user_prompt", "prompt", "Weigh the rye.")),
                log(
                        4,
                        with(
                                common,
                                "event.name",
                                "codex.api_request",
                                "duration_ms",
                                "1000",
                                "http.response.status_code",
                                429)),
                log(
                        5,
                        with(
                                common,
                                "event.name",
                                "codex.sse_event",
                                "event.kind",
                                "response.completed",
                                "input_token_count",
                                "12",
                                "output_token_count",
                                "4")),
                log(6, with(common, "event.name", "codex.tool_decision", "tool_name", "shell", "decision", "approved")),
                log(
                        8,
                        with(
                                common,
                                "event.name",
                                "codex.tool_result",
                                "tool_name",
                                "shell",
                                "success",
                                "true",
                                "duration_ms",
                                "1900",
                                "output",
                                "250 g"))));
        assertThat(captured.refused()).isEmpty();
        assertThat(captured.table())
                .containsExactly(
                        "system.session_start codex_cli_rs - - - 00:00:01.000 -",
                        "observation.input codex_cli_rs - - - 00:00:02.000 -",
                        "llm.chat codex_cli_rs - - failed 00:00:03.000 00:00:04.000",
                        "llm.stream_event codex_cli_rs - - completed 00:00:05.000 -",
                        "tool.decision codex_cli_rs - shell - 00:00:06.000 -",
                        "tool.execute codex_cli_rs - shell completed 00:00:06.100 00:00:08.000");
        assertThat(captured.events).extracting(e -> e.sessionId().value()).containsOnly("crumb");
        Event stream = captured.events.get(3);
        assertThat(payload(stream).path("usage").toString()).isEqualTo("{\"input_tokens\":12,\"output_tokens\":4}");
        assertThat(stream.importanceHint()).hasValue(1);
    }

    private static Object[] with(Object[] common, Object... more) {
        List<Object> all = new ArrayList<>(List.of(common));
        all.addAll(List.of(more));
        return all.toArray();
    }

    @Test
    void geminiCli() {
        Object[] common = {"session.id", "crust", "prompt_id", "p-7"};
        Captured captured = read(request(
                "gemini-cli",
                log(1, "session.id", "crust", "event.name", "gemini_cli.config", "model", "m"),
                log(2, with(common, "event.name", "gemini_cli.user_prompt", "prompt", "Weigh the rye.")),
                log(3, with(common, "event.name", "gemini_cli.api_request", "request_text", "[]")),
                log(
                        4,
                        with(
                                common,
                                "event.name",
                                "gemini_cli.api_response",
                                "duration_ms",
                                500,
                                "status_code",
                                200,
                                "input_token_count",
                                9,
                                "output_token_count",
                                2)),
                log(
                        5,
                        with(
                                common,
                                "event.name",
                                "gemini_cli.tool_call",
                                "function_name",
                                "weigh",
                                "success",
                                false,
                                "error_type",
                                "execution_timeout",
                                "duration_ms",
                                10)),
                log(
                        6,
                        with(
                                common,
                                "event.name",
                                "gemini_cli.agent.finish",
                                "agent_name",
                                "baker",
                                "duration_ms",
                                100)),
                log(7, "session.id", "crust", "event.name", "gemini_cli.conversation_finished")));
        assertThat(captured.refused()).isEmpty();
        assertThat(captured.table())
                .containsExactly(
                        "system.session_start gemini-cli - - - 00:00:01.000 -",
                        "observation.input gemini-cli - - - 00:00:02.000 -",
                        "llm.request gemini-cli <1 - - 00:00:03.000 -",
                        "llm.chat gemini-cli <1 - completed 00:00:03.500 00:00:04.000",
                        "tool.execute gemini-cli <1 weigh timeout 00:00:04.990 00:00:05.000",
                        "agent.invoke baker <1 - completed 00:00:05.900 00:00:06.000",
                        "system.session_end gemini-cli - - - 00:00:07.000 -");
        assertThat(captured.events).extracting(e -> e.sessionId().value()).containsOnly("crust");
    }

    @Test
    void aPromptIsFoundWhereverItCame() {
        Path prompt = Captured.write(folder, "prompt.json", request("claude-code", claude(1, "user_prompt")));
        Path result = Captured.write(
                folder,
                "result.json",
                request("claude-code", claude(2, "tool_result", "tool_name", "Bash", "success", "true")));
        InMemoryLedger ledger = new InMemoryLedger(Captured.CLOCK);
        ImportSummary first = Runs.run(ledger, prompt);
        ImportSummary second = Runs.run(ledger, result);
        assertThat(first.added() + second.added()).isEqualTo(2);
        List<Event> events =
                ledger.read(0, 2).stream().map(recorded -> recorded.event()).toList();
        assertThat(events.getLast().parentId()).contains(events.getFirst().id());
        assertThat(Runs.run(ledger, result, prompt).duplicates()).isEqualTo(2);
        assertThat(Captured.read(result).events.getFirst().parentId()).isEmpty();
    }

    @Test
    void anEventInASpanIsItsChild() {
        ObjectNode log = claude(2, "tool_result", "tool_name", "Bash", "success", "true")
                .put("traceId", "5b8efff798038103d269b633813fc60c")
                .put("spanId", "00000000000000aa");
        Event event = read(request("claude-code", claude(1, "user_prompt"), log))
                .events
                .getLast();
        assertThat(event.parentId().orElseThrow().toString())
                .isEqualTo(DerivedIds.span("5b8efff798038103d269b633813fc60c", "00000000000000aa"));
        assertThat(event.traceId()).isEqualTo("5b8efff798038103d269b633813fc60c");
    }

    @Test
    void oddValuesCostNothing() {
        Captured captured = read(request(
                "claude-code",
                claude(
                        1,
                        "tool_result",
                        "tool_name",
                        "two\nlines",
                        "success",
                        "perhaps",
                        "duration_ms",
                        "99999999999999"),
                claude(2, "tool_result", "duration_ms", "-5", "input_tokens", "many"),
                body(log(3, "event.name", "tool_result"), "Tool finished."),
                body(log(4), "claude_code.user_prompt")));
        assertThat(captured.table())
                .containsExactly(
                        "tool.execute claude-code - - completed 00:00:01.000 00:00:01.000",
                        "tool.execute claude-code - - completed 00:00:02.000 -",
                        "observation.input claude-code - - - 00:00:04.000 -");
        assertThat(captured.refused()).singleElement().asString().contains("without a trace context");
    }

    @Test
    void jsonAndProtobufGiveTheSameEvents() throws InvalidProtocolBufferException {
        ObjectNode one = claude(4, "api_request", "model", "m", "duration_ms", 2500, "cached", true);
        one.put("severityNumber", 9)
                .put("severityText", "INFO")
                .put("flags", 1)
                .put("observedTimeUnixNano", "4000000001");
        String json = request("claude-code", claude(1, "user_prompt"), one, one);
        LogRecord record = LogRecord.newBuilder()
                .setTimeUnixNano(4_000_000_000L)
                .setObservedTimeUnixNano(4_000_000_001L)
                .setSeverityNumber(SeverityNumber.SEVERITY_NUMBER_INFO)
                .setSeverityText("INFO")
                .setFlags(1)
                .setBody(text("claude_code.api_request"))
                .addAttributes(pair("session.id", text("loaf")))
                .addAttributes(pair("event.name", text("api_request")))
                .addAttributes(pair("prompt.id", text("p-1")))
                .addAttributes(pair("model", text("m")))
                .addAttributes(pair(
                        "duration_ms", AnyValue.newBuilder().setIntValue(2500).build()))
                .addAttributes(
                        pair("cached", AnyValue.newBuilder().setBoolValue(true).build()))
                .build();
        LogRecord prompt = LogRecord.newBuilder()
                .setTimeUnixNano(1_000_000_000L)
                .setBody(text("claude_code.user_prompt"))
                .addAttributes(pair("session.id", text("loaf")))
                .addAttributes(pair("event.name", text("user_prompt")))
                .addAttributes(pair("prompt.id", text("p-1")))
                .build();
        byte[] bytes = ExportLogsServiceRequest.newBuilder()
                .addResourceLogs(ResourceLogs.newBuilder()
                        .setResource(Resource.newBuilder().addAttributes(pair("service.name", text("claude-code"))))
                        .addScopeLogs(ScopeLogs.newBuilder()
                                .addLogRecords(prompt)
                                .addLogRecords(record)
                                .addLogRecords(record)))
                .build()
                .toByteArray();
        Captured captured = read(json);
        assertThat(captured.events).hasSize(3);
        assertThat(captured.events).extracting(Event::id).doesNotHaveDuplicates();
        assertThat(read(OtlpProtobuf.request(bytes).toString()).json()).isEqualTo(captured.json());
    }

    private static AnyValue text(String text) {
        return AnyValue.newBuilder().setStringValue(text).build();
    }

    private static KeyValue pair(String key, AnyValue value) {
        return KeyValue.newBuilder().setKey(key).setValue(value).build();
    }
}
