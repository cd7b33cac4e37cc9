// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.capture.file.Captured;
import io.contextgraph.capture.otlp.OtlpRequest;
import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.capture.record.Options;
import io.contextgraph.docs.GeneratedDocs;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.Json;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.memory.InMemoryLedger;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ops.Metrics;
import io.contextgraph.testing.FailingPorts;
import io.contextgraph.tracing.OwnTraces;
import io.contextgraph.tracing.Tracing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class OtlpIntakeTest {
    private static final String TRACE = "7c93b1e5a04d42f7bd6e9a1c3d5f8027";

    private static final String LOG = "{\"traceId\":\"" + TRACE
            + "\",\"spanId\":\"0000000000000002\",\"timeUnixNano\":\"1772362800000000000\",\"body\":{\"stringValue\":\"x\"}}";

    private final InMemoryLedger ledger = new InMemoryLedger(Captured.CLOCK);

    private static OtlpIntake intake(Partition ledger, CaptureOptions options) {
        return new OtlpIntake(
                ledger,
                Durability.MEMORY,
                options,
                Captured.CLOCK,
                new Metrics(),
                new BroughtTraces(new OwnTraces(Optional::empty), Tracing.OFF));
    }

    private static ExportOutcome take(OtlpIntake intake, Signal signal, String body) {
        return intake.take(signal, body.length(), () -> OtlpRequest.of(Json.MAPPER.readTree(body)), "somebody");
    }

    private ExportOutcome take(String body) {
        return take(intake(ledger, CaptureOptions.DEFAULTS), Signal.TRACES, body);
    }

    private static String span(String id, String parent, String name, String more) {
        return "{\"traceId\":\"%s\",\"spanId\":\"%s\",\"parentSpanId\":\"%s\",\"name\":\"%s\","
                        .formatted(TRACE, id, parent, name)
                + "\"startTimeUnixNano\":\"1772362800000000000\",\"endTimeUnixNano\":\"1772362801000000000\"" + more
                + "}";
    }

    private static String request(String... spans) {
        return "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[" + String.join(",", spans) + "]}]}]}";
    }

    private static String session(String name) {
        return ",\"attributes\":[{\"key\":\"session.id\",\"value\":{\"stringValue\":\"" + name + "\"}}]";
    }

    private List<RecordedEvent> events() {
        return ledger.whole(ledger.read(0, 1_000));
    }

    private String session(int index) {
        return events().get(index).event().sessionId().value();
    }

    private static Path traces() {
        return GeneratedDocs.root().resolve("server/src/test/resources/traces/otel");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "otlp/proto-example.json",
                "openinference/recipes.json",
                "langfuse/weigh.json",
                "openllmetry/weigh.json",
                "tempo/export.json"
            })
    void aRequestGivesTheEventsOfItsFile(String file) throws IOException {
        Path path = traces().resolve(file);
        Captured captured = Captured.read(path);
        JsonNode body = Json.MAPPER.readTree(Files.readString(path));
        intake(ledger, CaptureOptions.DEFAULTS).take(Signal.TRACES, 1_000, () -> OtlpRequest.of(body), "somebody");
        assertThat(captured.events).isNotEmpty();
        Comparator<String> any = Comparator.naturalOrder();
        assertThat(events().stream()
                        .map(recorded -> EventJson.toJson(recorded.event()).toString())
                        .sorted(any)
                        .toList())
                .isEqualTo(captured.events.stream()
                        .map(event -> EventJson.toJson(event).toString())
                        .sorted(any)
                        .toList());
    }

    @Test
    void aSpanBelongsToTheSessionOfTheNearestAboveIt() {
        ExportOutcome outcome = take(request(
                span("0000000000000003", "0000000000000002", "leaf", ""),
                span("0000000000000002", "0000000000000001", "inner", session("inner")),
                span("0000000000000001", "", "outer", session("outer")),
                span("0000000000000004", "0000000000000001", "other", "")));
        assertThat(outcome.isWhole()).isTrue();
        assertThat(events().stream().map(event -> event.event().sessionId().value()))
                .containsExactlyInAnyOrder("inner", "inner", "outer", "outer");
    }

    @Test
    void whatTheLedgerKnowsOfATraceCounts() {
        OtlpIntake intake = intake(ledger, CaptureOptions.DEFAULTS);
        take(intake, Signal.TRACES, request(span("0000000000000001", "", "first", session("s1"))));
        take(intake, Signal.TRACES, request(span("0000000000000002", "0000000000000001", "second", "")));
        // Another server has not seen the first one.
        take(request(span("0000000000000003", "0000000000000001", "third", "")));
        assertThat(events().stream().map(event -> event.event().sessionId().value()))
                .containsExactly("s1", "s1", "s1");
    }

    private static String log(int second, String name) {
        return """
                {"resourceLogs":[{"scopeLogs":[{"logRecords":[{
                  "timeUnixNano":"%d000000000",
                  "body":{"stringValue":"claude_code.%s"},
                  "attributes":[
                    {"key":"session.id","value":{"stringValue":"s1"}},
                    {"key":"prompt.id","value":{"stringValue":"p1"}}]}]}]}]}
                """.formatted(second, name);
    }

    @Test
    void whatFollowsFromAPromptOfAnEarlierRequestIsItsChild() {
        OtlpIntake intake = intake(ledger, CaptureOptions.DEFAULTS);
        take(intake, Signal.LOGS, log(1, "user_prompt"));
        take(intake, Signal.LOGS, log(4, "api_request"));
        // Another server has not seen the first one.
        take(intake(ledger, CaptureOptions.DEFAULTS), Signal.LOGS, log(5, "tool_decision"));
        List<Event> events = events().stream().map(RecordedEvent::event).toList();
        assertThat(events.stream().map(event -> event.type().value()))
                .containsExactly("observation.input", "llm.chat", "tool.decision");
        assertThat(events.stream().skip(1).map(Event::parentId))
                .containsOnly(Optional.of(events.getFirst().id()));
    }

    @Test
    void lateKnowledgeMovesNothing() {
        OtlpIntake intake = intake(ledger, CaptureOptions.DEFAULTS);
        String first = request(span("0000000000000002", "0000000000000001", "first", ""));
        take(intake, Signal.TRACES, first);
        take(intake, Signal.TRACES, request(span("0000000000000001", "", "root", session("late"))));
        assertThat(take(intake, Signal.TRACES, first)).isEqualTo(ExportOutcome.WHOLE);
        assertThat(events()).hasSize(2);
        assertThat(session(0)).isEqualTo(TRACE);
        assertThat(session(1)).isEqualTo("late");
        take(intake, Signal.TRACES, request(span("0000000000000003", "0000000000000001", "next", "")));
        assertThat(session(2)).isEqualTo("late");
    }

    @Test
    void whatIsLeftOutIsToldNowAndThen() {
        OtlpIntake intake = intake(ledger, Options.skipping("GET *"));
        String body = request(span("0000000000000001", "", "GET /", ""), span("0000000000000002", "", "work", ""));
        assertThat(take(intake, Signal.TRACES, body))
                .isEqualTo(new ExportOutcome(0, "left out by capture.skip, and counted: 1 spans like GET *"));
        assertThat(take(intake, Signal.TRACES, body)).isEqualTo(ExportOutcome.WHOLE);
        assertThat(events()).hasSize(1);
    }

    @Test
    void whatComesInPartsIsTheSame() {
        List<String> requests = List.of(
                request(span("0000000000000003", "0000000000000002", "leaf", "")),
                request(span("0000000000000002", "0000000000000001", "inner", session("inner"))),
                "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[" + LOG + "]}]}]}",
                "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[" + LOG + "," + LOG + ",{\"body\":{}}]}]}]}");
        OtlpIntake intake = intake(ledger, CaptureOptions.DEFAULTS);
        ExportOutcome outcome = intake.take(
                Signal.TRACES,
                1_000,
                () -> new OtlpRequest(
                        requests.stream()
                                .<Supplier<JsonNode>>map(one -> () -> Json.MAPPER.readTree(one))
                                .toList(),
                        2),
                "somebody");
        assertThat(outcome.refused()).isEqualTo(3);
        assertThat(outcome.told()).contains("2 spans refused: too large to be read: more than 4194304 bytes");
        // Three log records that say the same are three.
        assertThat(events()).hasSize(5);
        assertThat(events().stream().map(event -> event.event().sessionId().value()))
                .containsOnly("inner");
    }

    @Test
    void halvesOfCharactersAreTold() {
        ExportOutcome outcome = take(request(span("0000000000000001", "", "half \\ud83d", "")));
        assertThat(outcome.refused()).isZero();
        assertThat(outcome.told()).contains("1 halves of characters, now U+FFFD");
    }

    @Test
    void whatIsNotKeptIsRefused() {
        ExportOutcome outcome = take(
                intake(ledger, CaptureOptions.DEFAULTS),
                Signal.METRICS,
                "{\"resourceMetrics\":[{\"scopeMetrics\":[{\"metrics\":[{\"name\":\"m\",\"sum\":{\"dataPoints\":[{},{},{}]}}]}]}]}");
        assertThat(outcome.refused()).isEqualTo(3);
        assertThat(outcome.told()).startsWith("3 metric data points refused: ");
    }

    @Test
    void aLedgerThatIsAwayIsNoAnswer() {
        FailingPorts away = new FailingPorts();
        OtlpIntake intake = intake(away.of(ledger), CaptureOptions.DEFAULTS);
        String body = request(span("0000000000000001", "", "work", session("s1")));
        away.failWith(new LedgerException(LedgerException.Reason.UNAVAILABLE, "away"));
        assertThatThrownBy(() -> take(intake, Signal.TRACES, body)).isInstanceOf(LedgerException.class);
        away.recover();
        assertThat(take(intake, Signal.TRACES, body)).isEqualTo(ExportOutcome.WHOLE);
        assertThat(events()).hasSize(1);
    }
}
