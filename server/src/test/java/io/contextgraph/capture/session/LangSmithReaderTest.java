// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.capture.file.Captured;
import io.contextgraph.capture.format.Format;
import io.contextgraph.capture.record.DerivedIds;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LangSmithReaderTest {
    private static final String ONE = "00000000-0000-4000-8000-000000000001";
    private static final String TWO = "00000000-0000-4000-8000-000000000002";
    private static final String THREE = "00000000-0000-4000-8000-000000000003";

    @TempDir
    private Path folder = Path.of("");

    private static String run(String id, String type, int second, String more) {
        return "{\"id\":\"" + id + "\",\"name\":\"weigh\",\"run_type\":\"" + type
                + "\",\"start_time\":\"2026-03-01T12:00:0" + second + ".000000\"" + more + "}";
    }

    private Captured read(String content) {
        return Captured.read(Captured.write(folder, "runs.jsonl", content));
    }

    @Test
    void runsAreEventsUnderTheirOwnIds() {
        String trace = ",\"trace_id\":\"" + ONE + "\"";
        Captured captured = read(String.join(
                "\n",
                run(
                        THREE,
                        "tool",
                        2,
                        ",\"error\":\"ValueError\",\"end_time\":\"2026-03-01T12:00:03\",\"dotted_order\":\"20260301T120000000000Z"
                                + ONE + ".20260301T120002000000Z" + THREE + "\""),
                run(
                        ONE,
                        "chain",
                        0,
                        trace + ",\"end_time\":\"2026-03-01T12:00:05\",\"session_id\":\"project\","
                                + "\"extra\":{\"metadata\":{\"thread_id\":\"talk-1\"}}"),
                run(TWO, "llm", 1, trace + ",\"parent_run_id\":\"" + ONE + "\",\"status\":\"pending\"")));
        assertThat(captured.format).isEqualTo(Format.LANGSMITH);
        assertThat(captured.refused()).isEmpty();
        assertThat(captured.table())
                .containsExactly(
                        "system.span unknown - - completed 12:00:00.000 12:00:05.000",
                        "llm.chat unknown <0 - running 12:00:01.000 -",
                        "tool.execute unknown <0 weigh failed 12:00:02.000 12:00:03.000");
        assertThat(captured.events).extracting(event -> event.id().toString()).containsExactly(ONE, TWO, THREE);
        assertThat(captured.events)
                .extracting(event -> event.sessionId().value() + " " + event.traceId())
                .containsOnly("talk-1 " + ONE);
    }

    @Test
    void runsMayStandInRuns() {
        Captured captured = read("{\"runs\":["
                + run("root", "chain", 0, ",\"child_runs\":[" + run(TWO, "retriever", 1, "") + ",7]")
                        .replace("\"2026-03-01T12:00:00.000000\"", "1772366400000")
                + "]}");
        assertThat(captured.table())
                .containsExactly(
                        "system.span unknown - - running 12:00:00.000 -",
                        "tool.execute unknown <0 weigh running 12:00:01.000 -");
        assertThat(captured.events.getFirst().id().toString()).isEqualTo(DerivedIds.record("langsmith", "root"));
        assertThat(captured.events.getFirst().payload().orElseThrow().json()).doesNotContain("child_runs");
        assertThat(captured.events)
                .extracting(event -> event.sessionId().value())
                .containsOnly("root");
        assertThat(captured.refused())
                .containsExactly("/runs/0/child_runs/1: a run must have an \"id\" and a \"start_time\"");
    }
}
