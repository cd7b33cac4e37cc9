// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.capture.file.Captured;
import io.contextgraph.capture.file.ImportSummary;
import io.contextgraph.capture.file.Runs;
import io.contextgraph.capture.format.Format;
import io.contextgraph.capture.record.DerivedIds;
import io.contextgraph.event.EventId;
import io.contextgraph.ledger.memory.InMemoryLedger;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LangfuseReaderTest {
    private static final String ROOT = observation(
            "o1", "null", "AGENT", "baker", "\"endTime\":\"2026-03-01T09:00:09.000Z\",\"sessionId\":\"day-1\"");

    @TempDir
    private Path folder = Path.of("");

    private static String observation(String id, String parent, String type, String name, String more) {
        return "{\"id\":\"" + id + "\",\"traceId\":\"t1\",\"parentObservationId\":" + parent + ",\"type\":\"" + type
                + "\",\"name\":\"" + name + "\",\"startTime\":\"2026-03-01T09:00:0" + id.charAt(1) + ".000Z\"," + more
                + "}";
    }

    private Path file(String name, String content) {
        return Captured.write(folder, name, content);
    }

    @Test
    void observationsAreEventsByTheirTypes() {
        String end = "\"endTime\":\"2026-03-01T09:00:08.000Z\"";
        Captured captured = Captured.read(file(
                "o.jsonl",
                String.join(
                        "\n",
                        observation("o4", "\"o1\"", "EVENT", "bell", "\"level\":\"WARNING\""),
                        observation("o2", "\"o1\"", "GENERATION", "ask", end),
                        observation("o3", "\"o2\"", "TOOL", "weigh", "\"level\":\"ERROR\"," + end),
                        observation("o5", "\"gone\"", "SPAN", "rest", "\"endTime\":null"),
                        observation("o6", "\"o1\"", "EMBEDDING", "embed", end),
                        ROOT)));
        assertThat(captured.format).isEqualTo(Format.LANGFUSE);
        assertThat(captured.refused()).isEmpty();
        assertThat(captured.table())
                .containsExactly(
                        "agent.invoke baker - - completed 09:00:01.000 09:00:09.000",
                        "llm.chat baker <0 - completed 09:00:02.000 09:00:08.000",
                        "tool.execute baker <1 weigh failed 09:00:03.000 09:00:08.000",
                        "system.span baker <0 - completed 09:00:04.000 -",
                        "system.span unknown <elsewhere - running 09:00:05.000 -",
                        "llm.embed baker <0 - completed 09:00:06.000 09:00:08.000");
        assertThat(captured.events)
                .extracting(event -> event.sessionId().value() + " " + event.traceId())
                .containsOnly("day-1 t1");
        assertThat(captured.events.getFirst().id().toString()).isEqualTo(DerivedIds.record("langfuse", "t1", "o1"));
    }

    @Test
    void aTraceTellsOfItselfAndGivesItsObservationsTheirSession() {
        String trace =
                "{\"id\":\"t1\",\"timestamp\":\"2026-03-01T09:00:00.000Z\",\"name\":\"day\",\"sessionId\":\"day-2\","
                        + "\"bookmarked\":false,\"input\":\"Bake.\"%s}";
        String inside = observation("o2", "null", "GENERATION", "ask", "\"endTime\":null");
        for (String file : new String[] {
            trace.formatted(",\"observations\":[" + inside + ",7]"),
            "{\"trace\":" + trace.formatted("") + ",\"observations\":[" + inside + ",7]}"
        }) {
            Captured captured = Captured.read(file("trace-t1.json", file));
            assertThat(captured.format).isEqualTo(Format.LANGFUSE);
            assertThat(captured.table())
                    .containsExactly(
                            "system.run unknown - - - 09:00:00.000 -", "llm.chat unknown - - running 09:00:02.000 -");
            assertThat(captured.events)
                    .extracting(event -> event.sessionId().value())
                    .containsOnly("day-2");
            assertThat(captured.refused()).containsExactly("/observations/1: an observation must be an object");
        }
    }

    @Test
    void namesAreThoseOfTheInterfaceOrOfExports() {
        String snake = ROOT.replace("traceId", "trace_id")
                .replace("parentObservationId", "parent_observation_id")
                .replace("sessionId", "session_id")
                .replace("\"startTime\":\"2026-03-01T09:00:01.000Z\"", "\"start_time\":\"2026-03-01 09:00:01.000000\"")
                .replace("\"endTime\":\"2026-03-01T09:00:09.000Z\"", "\"end_time\":\"2026-03-01 09:00:09.000000\"");
        Captured one = Captured.read(file("a.json", "{\"data\":[" + ROOT + "],\"meta\":{\"page\":1}}"));
        Captured other = Captured.read(
                file("b.jsonl", snake + "\n" + snake.replace("o1", "o2").replace("00:01.", "00:02.") + "\n"));
        assertThat(other.format).isEqualTo(Format.LANGFUSE);
        assertThat(other.table().getFirst()).isEqualTo(one.table().getFirst());
        assertThat(other.events.getFirst().id()).isEqualTo(one.events.getFirst().id());
        assertThat(other.events.getFirst().sessionId())
                .isEqualTo(one.events.getFirst().sessionId());
    }

    @Test
    void twiceAddsNothingAndWhatSaysTooLittleCostsItself() {
        InMemoryLedger ledger = new InMemoryLedger(Captured.CLOCK);
        Path file = file("o.jsonl", ROOT + "\n" + ROOT.replace("\"id\":\"o1\",", "") + "\n");
        ImportSummary first = Runs.run(ledger, file);
        assertThat(first.added()).isEqualTo(1);
        assertThat(first.refusedTotal()).isEqualTo(1);
        assertThat(Runs.run(ledger, file).added()).isZero();
        assertThat(Captured.read(file).refused())
                .containsExactly("line 2: an observation must have an \"id\", a \"traceId\" and a \"startTime\"");
    }

    @Test
    void theFirstOfATraceNamesItsSessionAlsoAmongSpansOfOpenTelemetry() {
        String trace = "7c93b1e5a04d42f7bd6e9a1c3d5f8027";
        String ofLangfuse = ROOT.replace("\"t1\"", "\"" + trace + "\"");
        String silent = ofLangfuse.replace("o1", "o7").replace(",\"sessionId\":\"day-1\"", "");
        Path exported = file("o.jsonl", ofLangfuse + "\n" + silent + "\n");
        assertThat(sessionOfSilent(trace, exported, "2026-03-01T09:00:00Z")).isEqualTo("of-spans");
        assertThat(sessionOfSilent(trace, exported, "2026-03-01T09:00:02Z")).isEqualTo("day-1");
    }

    private String sessionOfSilent(String trace, Path exported, String startOfSpan) {
        Path spans = file(
                "spans.json", """
                {"resourceSpans":[{"scopeSpans":[{"spans":[{
                  "traceId":"%s","spanId":"0000000000000001","name":"work","startTimeUnixNano":"%d000000000",
                  "attributes":[{"key":"session.id","value":{"stringValue":"of-spans"}}]}]}]}]}
                """.formatted(trace, Instant.parse(startOfSpan).getEpochSecond()));
        InMemoryLedger ledger = new InMemoryLedger(Captured.CLOCK);
        assertThat(Runs.run(ledger, exported, spans).added()).isEqualTo(3);
        return ledger.log()
                .find(EventId.of(DerivedIds.record("langfuse", trace, "o7")))
                .found()
                .orElseThrow()
                .event()
                .sessionId()
                .value();
    }
}
