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
import io.contextgraph.event.Event;
import io.contextgraph.event.Json;
import io.contextgraph.ledger.memory.InMemoryLedger;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** Spans that are not written as OTLP has them. */
class SpanFormsTest {
    private static final String TRACE = "7c01b1e5a04d42f7bd6e9a1c3d5f8005";
    private static final String SPAN = "00000000000000a1";
    private static final String PARENT = "00000000000000a0";
    private static final String ID = DerivedIds.span(TRACE, SPAN);
    private static final String OTLP = """
            {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"bakery"}}]},
             "scopeSpans":[{"scope":{"name":"lib"},"spans":[{"traceId":"%s","spanId":"%s","parentSpanId":"%s","flags":256,
             "name":"execute_tool scale","kind":3,"startTimeUnixNano":"1772355600000000123","endTimeUnixNano":"1772355600250000456",
             "attributes":[{"key":"gen_ai.operation.name","value":{"stringValue":"execute_tool"}},
              {"key":"grams","value":{"intValue":"250"}},{"key":"session.id","value":{"stringValue":"s-1"}}],
             "events":[{"timeUnixNano":"1772355600100000000","name":"weighed","attributes":[{"key":"ok","value":{"boolValue":true}}]}],
             "status":{}}]}]}]}""".formatted(TRACE, SPAN, PARENT);
    private static final String CLOUDWATCH_SPAN = """
            {"resource":{"attributes":{"service.name":"bakery"}},"scope":{"name":"lib"},"traceId":"%s","spanId":"%s",
             "parentSpanId":"%s","flags":256,"name":"execute_tool scale","kind":"CLIENT","startTimeUnixNano":1772355600000000123,
             "endTimeUnixNano":1772355600250000456,"durationNano":250000333,
             "attributes":{"gen_ai.operation.name":"execute_tool","grams":250,"session.id":"s-1"},
             "events":[{"timeUnixNano":1772355600100000000,"name":"weighed","attributes":{"ok":true}}],
             "status":{"code":"UNSET"}}""".formatted(TRACE, SPAN, PARENT);
    private static final String JAEGER = """
            {"data":[{"traceID":"%s","spans":[{"traceID":"%s","spanID":"a1","operationName":"execute_tool scale",
             "references":[{"refType":"FOLLOWS_FROM","traceID":"%s","spanID":"77"},
              {"refType":"CHILD_OF","traceID":"%s","spanID":"a0"}],
             "startTime":1772355600000000,"duration":250000,"flags":1,
             "tags":[{"key":"gen_ai.operation.name","type":"string","value":"execute_tool"},
              {"key":"grams","type":"int64","value":"250"},{"key":"share","type":"float64","value":0.5},
              {"key":"hot","type":"bool","value":true},{"key":"session.id","type":"string","value":"s-1"},
              {"key":"span.kind","type":"string","value":"client"},{"key":"error","type":"bool","value":true},
              {"key":"otel.status_description","type":"string","value":"no scale"}],
             "logs":[{"timestamp":1772355600100000,"fields":[{"key":"event","type":"string","value":"weighed"}]}],
             "processID":"p1","warnings":["clock skew"]}],
             "processes":{"p1":{"serviceName":"bakery","tags":[{"key":"oven","type":"int64","value":2}]}},
             "warnings":["a span is missing"]}],"total":0,"errors":[{"code":500,"msg":"late"}]}""".formatted(TRACE, TRACE, TRACE, TRACE);
    private static final String CONSOLE = """
            {"name":"execute_tool scale","context":{"trace_id":"0x%s","span_id":"0x%s","trace_state":"[]"},
             "kind":"SpanKind.CLIENT","parent_id":"0x%s","start_time":"2026-03-01T09:00:00.000000Z",
             "end_time":"2026-03-01T09:00:00.250000Z","status":{"status_code":"ERROR","description":"no scale"},
             "attributes":{"gen_ai.operation.name":"execute_tool","grams":250,"session.id":"s-1"},
             "events":[{"name":"weighed","timestamp":"2026-03-01T09:00:00.100000Z","attributes":{"ok":true}}],
             "links":[{"context":{"trace_id":"0x%s","span_id":"0x0000000000000077","trace_state":"[]"},"attributes":{"why":"x"}}],
             "resource":{"attributes":{"service.name":"bakery"},"schema_url":"https://example.org/1"}}""".formatted(TRACE, SPAN, PARENT, TRACE);

    @TempDir
    private Path folder = Path.of("");

    private Captured read(String json) {
        return Captured.read(Captured.write(folder, "spans.json", json));
    }

    private Event only(Format format, String json) {
        Captured captured = read(json);
        assertThat(captured.refused()).isEmpty();
        assertThat(captured.format).isEqualTo(format);
        assertThat(captured.events).hasSize(1);
        Event event = captured.events.getFirst();
        assertThat(event.id().toString()).isEqualTo(ID);
        assertThat(event.parentId().orElseThrow().toString()).isEqualTo(DerivedIds.span(TRACE, PARENT));
        assertThat(event.sessionId().value() + " " + event.agentId()).isEqualTo("s-1 bakery");
        return event;
    }

    private static ObjectNode payload(Event event) {
        return (ObjectNode) Json.MAPPER.readTree(event.payload().orElseThrow().json());
    }

    private static String row(String record) {
        return "{\"timestamp\":\"2026-03-01 09:00:00.250\",\"raw_otel_json\":" + record + "}";
    }

    @Test
    void aSpanOfCloudWatchIsTheSameRecordAsInOtlp() {
        Event otlp = only(Format.OTLP, OTLP);
        String text =
                Json.MAPPER.writeValueAsString(Json.MAPPER.getNodeFactory().stringNode(CLOUDWATCH_SPAN));
        for (String json : new String[] {row(CLOUDWATCH_SPAN), "[" + row(CLOUDWATCH_SPAN) + "]", row(text)}) {
            Event event = only(Format.AWS_CLOUDWATCH, json);
            ObjectNode payload = payload(event);
            assertThat(payload.path("around").toString()).isEqualTo("{\"timestamp\":\"2026-03-01 09:00:00.250\"}");
            assertThat(payload.without(List.of("around", "status"))).isEqualTo(payload(otlp));
            assertThat(event.payloadRef()).isEqualTo(otlp.payloadRef()).isEqualTo("otlp:" + TRACE + ":" + SPAN);
        }
        assertThat(payload(only(Format.OTLP, CLOUDWATCH_SPAN)).without("status"))
                .isEqualTo(payload(otlp));
        String longer = CLOUDWATCH_SPAN.replace("250000333", "7");
        assertThat(payload(only(Format.AWS_CLOUDWATCH, row(longer)))
                        .path("durationNano")
                        .intValue())
                .isEqualTo(7);
    }

    @Test
    void rowsOfCloudWatchThatAreNoRecordsAreNamed() {
        String log =
                "{\"timeUnixNano\":1772355600000000000,\"body\":\"done\",\"attributes\":{\"event.name\":\"gen_ai.choice\"},"
                        + "\"traceId\":\"" + TRACE + "\",\"spanId\":\"" + SPAN + "\"}";
        Captured captured = read("["
                + String.join(
                        ",",
                        row(log),
                        row("{\"level\":\"INFO\",\"message\":\"done\"}"),
                        "{\"timestamp\":\"t\",\"message\":\"m\"}",
                        row("\"{cut\""),
                        row("{\"spanId\":\"" + SPAN + "\",\"startTimeUnixNano\":1}"))
                + "]");
        assertThat(captured.events).extracting(e -> e.type().value()).containsExactly("llm.message");
        assertThat(captured.refused())
                .containsExactly(
                        "/1: raw_otel_json is neither a span nor a log record of OTLP: its fields are level, message",
                        "/2: a row must have an object or a text in raw_otel_json",
                        "/3: raw_otel_json is a text that is not JSON: {cut",
                        "/4: a span must have a traceId");
    }

    @Test
    void jaegerIsReadAsFarAsItHasIt() {
        Captured captured = read(JAEGER);
        assertThat(captured.skipped).containsEntry("errors that Jaeger tells of its answer", 1L);
        Event event = only(Format.JAEGER, JAEGER);
        assertThat(captured.table())
                .containsExactly("tool.execute bakery <elsewhere scale failed 09:00:00.000 09:00:00.250");
        assertThat(event.payloadRef()).isEqualTo("jaeger:" + TRACE + ":" + SPAN);
        ObjectNode payload = payload(event);
        assertThat(payload.path("capture").path("form").stringValue()).isEqualTo("jaeger");
        assertThat(payload.without("capture")).isEqualTo(Json.MAPPER.readTree("""
                {"name":"execute_tool scale","kind":"SPAN_KIND_CLIENT","status":{"code":"STATUS_CODE_ERROR","message":"no scale"},
                 "start_unix_nano":"1772355600000000000","end_unix_nano":"1772355600250000000",
                 "attributes":{"gen_ai.operation.name":"execute_tool","grams":250,"share":0.5,"hot":true,"session.id":"s-1",
                  "span.kind":"client","error":true,"otel.status_description":"no scale"},
                 "events":[{"timeUnixNano":"1772355600100000000","name":"weighed","attributes":{"event":"weighed"}}],
                 "links":[{"traceId":"%s","spanId":"0000000000000077","attributes":{"refType":"FOLLOWS_FROM"}}],
                 "flags":1,"warnings":["clock skew"],"resource":{"attributes":{"service.name":"bakery","oven":2}},
                 "around":{"warnings":["a span is missing"]}}""".formatted(TRACE)));
        String trace = JAEGER.substring("{\"data\":[".length(), JAEGER.indexOf("],\"total\""));
        assertThat(payload(only(Format.JAEGER, trace)).without("capture")).isEqualTo(payload);
    }

    @Test
    void whatIsOddInJaegerCostsItself() {
        Captured captured = read(
                "{\"data\":[{\"spans\":7},{\"traceID\":\"1\",\"spans\":[7,{\"traceID\":\"1\",\"spanID\":\"2\"},"
                        + "{\"traceID\":\"1\",\"spanID\":\"2\",\"startTime\":\"soon\"},"
                        + "{\"traceID\":\"1\",\"spanID\":\"3\",\"operationName\":\"x\",\"startTime\":1,\"processID\":\"none\"}]}]}");
        assertThat(captured.events).hasSize(1);
        assertThat(captured.events.getFirst().id().toString())
                .isEqualTo(DerivedIds.span("0".repeat(31) + "1", "0".repeat(15) + "3"));
        assertThat(captured.refused())
                .containsExactly(
                        "/data/0: a trace must have an array \"spans\"",
                        "/data/1/spans/0: a span must be an object",
                        "/data/1/spans/1: a span must have a startTime",
                        "/data/1/spans/2: startTime must be microseconds since 1970: \"soon\"");
    }

    @Test
    void theConsoleOfPythonIsRead() {
        Event event = only(Format.SDK_DUMP, CONSOLE);
        assertThat(event.status().orElseThrow().wireName()).isEqualTo("failed");
        assertThat(event.payloadRef()).isEqualTo("dump:" + TRACE + ":" + SPAN);
        assertThat(payload(event).without("capture")).isEqualTo(Json.MAPPER.readTree("""
                {"name":"execute_tool scale","kind":"SPAN_KIND_CLIENT","status":{"code":"STATUS_CODE_ERROR","message":"no scale"},
                 "start_unix_nano":"1772355600000000000","end_unix_nano":"1772355600250000000",
                 "attributes":{"gen_ai.operation.name":"execute_tool","grams":250,"session.id":"s-1"},
                 "events":[{"timeUnixNano":"1772355600100000000","name":"weighed","attributes":{"ok":true}}],
                 "links":[{"traceId":"%s","spanId":"0000000000000077","attributes":{"why":"x"}}],
                 "resource":{"attributes":{"service.name":"bakery"}},"resource_schema_url":"https://example.org/1"}""".formatted(TRACE)));
        assertThat(read(CONSOLE + "\n" + CONSOLE.replace(SPAN, "00000000000000b2")).events)
                .hasSize(2);
    }

    @Test
    void dumpsOfObjectsAreRead() {
        String decimal = """
                {"answer":"42","spans":[{"name":"execute_tool scale","kind":"client","parent":{"trace_id":1,"span_id":160,
                  "is_remote":false},"start_time":1772355600000000123,"end_time":1772355600250000456,
                  "status":{"status_code":"ok","description":null},
                  "context":{"trace_id":164866666666666666666666666666666666666,"span_id":161,"trace_flags":{"value":1}},
                  "attributes":{"gen_ai.operation.name":"execute_tool"},"links":[],"events":[]}]}""";
        Captured captured = read(decimal);
        assertThat(captured.refused()).isEmpty();
        assertThat(captured.skipped).containsExactly(Map.entry("fields beside the spans: answer", 1L));
        assertThat(captured.table())
                .containsExactly("tool.execute unknown <elsewhere scale completed 09:00:00.000 09:00:00.250");
        assertThat(payload(captured.events.getFirst()).path("context").toString())
                .isEqualTo("{\"trace_flags\":{\"value\":1}}");
        String snake = """
                [{"trace_id":"%s","span_id":"%s","parent_span_id":"%s","name":"execute_tool scale",
                 "start_time":1772355600000000123,"end_time":null,"attributes":{"session.id":"s-1","agent.name":"bakery"},
                 "scope":{"name":"core"},"status":{"code":"UNSET"},
                 "span_events":[{"name":"weighed","timestamp":5,"attributes":{}}]}]""".formatted(TRACE, SPAN, PARENT);
        ObjectNode payload = payload(only(Format.SDK_DUMP, snake));
        assertThat(payload.at("/events/0/timeUnixNano").stringValue()).isEqualTo("5");
        assertThat(payload.at("/scope/name").stringValue()).isEqualTo("core");
    }

    @Test
    void whatIsOddInADumpCostsItself() {
        Captured captured = read("["
                + String.join(
                        ",",
                        "{\"trace_id\":\"" + TRACE + "\",\"span_id\":\"" + SPAN + "\",\"name\":\"x\"}",
                        "{\"trace_id\":\"" + TRACE + "\",\"span_id\":\"" + SPAN
                                + "\",\"start_time\":\"2026-03-01T09:00:00\"}",
                        "{\"trace_id\":\"" + TRACE + "\",\"span_id\":\"12\",\"start_time\":-1}",
                        "{\"trace_id\":\"" + TRACE + "\",\"span_id\":\"none\",\"start_time\":1}")
                + "]");
        assertThat(captured.events).isEmpty();
        assertThat(captured.refused())
                .containsExactly(
                        "/0: a span must have a start_time",
                        "/1: start_time must be nanoseconds since 1970, or a time with an offset as RFC 3339 has it: "
                                + "2026-03-01T09:00:00",
                        "/2: start_time must be from 0 to 253402300799999999999: -1",
                        "/3: spanId must be 16 hexadecimal digits, 8 bytes of base64 or a decimal integer: none");
    }

    @Test
    void theSameSpanInAnotherFormIsRefusedWithBothNamed() {
        Path otlp = Captured.write(folder, "a.json", OTLP);
        Path rows = Captured.write(folder, "b.json", row(CLOUDWATCH_SPAN));
        Path jaeger = Captured.write(folder, "c.json", JAEGER);
        Path console = Captured.write(folder, "d.json", CONSOLE);
        InMemoryLedger ledger = new InMemoryLedger(Captured.CLOCK);
        ImportSummary first = Runs.run(ledger, otlp, rows, jaeger, console);
        assertThat(first.added() + " " + first.duplicates() + " " + first.conflicts())
                .isEqualTo("1 1 2");
        String kept = "the ledger has event " + ID + " of the same span from OTLP, and it stays so; here it is from ";
        assertThat(first.files().get(2).refusals())
                .singleElement()
                .satisfies(refusal -> assertThat(refusal.reason())
                        .isEqualTo(kept + "Jaeger JSON, which has lost nanoseconds and types of values"));
        assertThat(first.files().get(3).refusals())
                .singleElement()
                .satisfies(refusal -> assertThat(refusal.reason())
                        .isEqualTo(
                                kept + "the console output of an SDK, which has lost nanoseconds or types of values"));

        InMemoryLedger other = new InMemoryLedger(Captured.CLOCK);
        assertThat(Runs.run(other, jaeger).added()).isEqualTo(1);
        assertThat(Runs.run(other, jaeger).duplicates()).isEqualTo(1);
        assertThat(Runs.run(other, otlp).files().getFirst().refusals())
                .singleElement()
                .satisfies(refusal -> assertThat(refusal.reason())
                        .isEqualTo("the ledger has event " + ID
                                + " of the same span from Jaeger JSON, which has lost nanoseconds and types of values, and it"
                                + " stays so; here it is from OTLP"));
    }

    @Test
    void patternsLeaveOutSpansOfEachForm() {
        for (String json : new String[] {JAEGER, CONSOLE, row(CLOUDWATCH_SPAN)}) {
            String plain = json.replace("execute_tool scale", "GET /scale").replace("gen_ai.operation.name", "other");
            Path file = Captured.write(folder, "spans.json", plain);
            Captured captured = Captured.read(file, Options.skipping("GET *"));
            assertThat(captured.events).isEmpty();
            assertThat(captured.skipped).containsEntry("spans like GET *", 1L);
        }
    }
}
