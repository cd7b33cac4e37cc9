// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.capture.file.Captured;
import io.contextgraph.capture.format.Format;
import io.contextgraph.capture.record.RunName;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SweAgentReaderTest {
    @TempDir
    private Path folder = Path.of("");

    private Captured read(String json) {
        return Captured.read(Captured.write(folder, "fix-17.traj", json));
    }

    @Test
    void stepsBecomeModelAndToolEventsInAChain() {
        Captured captured = read("""
                {"environment":"main","info":{"exit_status":"submitted (late)"},
                 "history":[
                  {"role":"system","content":"You fix code.","agent":"main"},
                  {"role":"user","content":"A demonstration","agent":"main","is_demo":true},
                  {"role":"user","content":"Fix it.","agent":"main"},
                  {"role":"assistant","action":"edit 1:1","tool_calls":[{"function":{"name":"edit"}}]},
                  {"role":"assistant","action":"","tool_calls":null}],
                 "trajectory":[
                  {"thought":"t","response":"r","action":"ls -F\\n","observation":"a.py","state":"{}"},
                  {"thought":"t","response":"r","action":"edit 1:1","observation":"","execution_time":0.2509,
                   "messages":[{"role":"system"}],"query":[1],"extra_info":{}},
                  7,
                  {"action":"","observation":null}]}
                """);
        assertThat(captured.format).isEqualTo(Format.SWE_AGENT);
        assertThat(captured.table())
                .containsExactly(
                        "system.session_start main - - - 00:00:00.000 -",
                        "observation.input main <0 - - 00:00:01.000 -",
                        "llm.chat main <1 - completed 00:00:02.000 -",
                        "tool.execute main <2 ls completed 00:00:03.000 -",
                        "llm.chat main <3 - completed 00:00:04.000 -",
                        "tool.execute main <4 edit completed 00:00:05.000 00:00:05.250",
                        "llm.chat main <5 - completed 00:00:06.250 -",
                        "tool.execute main <6 bash completed 00:00:07.250 -",
                        "system.session_end main <7 - completed 00:00:08.250 -");
        assertThat(captured.refused()).containsExactly("/trajectory/2: a step must be an object");
        assertThat(captured.skipped)
                .isEqualTo(Map.of(
                        "demonstrations",
                        1L,
                        "copies of the conversation in steps",
                        2L,
                        "entries of the history beside the steps",
                        2L));
        assertThat(captured.events).extracting(e -> e.sessionId().value()).containsOnly(session(captured));
        assertThat(session(captured)).matches("swe-agent-[0-9a-f]{12}");
        assertThat(captured.events.get(5).id().toString()).isEqualTo(RunName.eventId(session(captured), "3:0"));
        assertThat(captured.events.get(5).payload().orElseThrow().json())
                .startsWith(
                        "{\"action\":\"edit 1:1\",\"observation\":\"\",\"execution_time\":0.2509,\"extra_info\":{},"
                                + "\"call\":{\"function\":{\"name\":\"edit\"}},\"time\":\"synthetic\",\"capture\":{\"record\":");
        assertThat(captured.events.get(8).payload().orElseThrow().json())
                .startsWith("{\"environment\":\"main\",\"info\":{\"exit_status\":\"submitted (late)\"},"
                        + "\"time\":\"synthetic\",\"capture\":{\"record\":");
    }

    private static String session(Captured captured) {
        return captured.events.getFirst().sessionId().value();
    }

    @Test
    void theEndTellsHowTheRunEnded() {
        assertThat(end("exit_command_timeout")).contains(" timeout ");
        assertThat(end("exit_total_execution_time")).contains(" timeout ");
        assertThat(end("exit_cost")).contains(" failed ");
    }

    private String end(String exit) {
        return read("{\"history\":[],\"trajectory\":[],\"info\":{\"exit_status\":\"" + exit + "\"}}")
                .table()
                .getFirst();
    }

    @Test
    void aHistoryAloneIsAChat() {
        Captured captured = read("""
                {"history":[
                 {"role":"user","content":"Fix it.","agent":"main"},
                 {"role":"assistant","content":"I look.","agent":"main","tool_calls":[
                  {"id":"c","function":{"name":"open","arguments":"{}"}}]},
                 {"role":"tool","content":"text","agent":"main","tool_call_ids":["c"]}]}
                """);
        assertThat(captured.table())
                .containsExactly(
                        "observation.input main - - - 00:00:00.000 -",
                        "llm.chat main <0 - completed 00:00:01.000 -",
                        "tool.execute main <1 open completed 00:00:01.000 00:00:02.000");
        assertThat(captured.places).containsExactly("/history/0", "/history/1", "/history/1");
    }

    @Test
    void anArrayOfTrajectoriesIsThatOfEach() {
        String one = "{\"history\":[{\"role\":\"user\",\"content\":\"Fix %s.\"}],"
                + "\"trajectory\":[{\"thought\":\"t\",\"action\":\"ls\",\"observation\":\"a\"},7]}";
        Captured captured = read("[" + one.formatted("a") + ",5," + one.formatted("b") + "]");
        assertThat(captured.events).hasSize(6);
        assertThat(captured.events.stream().map(e -> e.sessionId().value()).distinct())
                .hasSize(2);
        assertThat(captured.refused())
                .containsExactly(
                        "/0/trajectory/1: a step must be an object",
                        "/1: a trajectory must have an array \"trajectory\" or \"history\"",
                        "/2/trajectory/1: a step must be an object");
    }
}
