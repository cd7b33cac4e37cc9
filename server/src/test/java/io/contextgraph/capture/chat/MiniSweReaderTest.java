// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.capture.file.Captured;
import io.contextgraph.capture.format.Format;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MiniSweReaderTest {
    @TempDir
    private Path folder = Path.of("");

    private Captured read(String json) {
        return Captured.read(Captured.write(folder, "fix-17.traj.json", json));
    }

    private static String said(String role, String text) {
        return "{\"role\":\"" + role + "\",\"content\":\"" + text + "\"}";
    }

    private static String block(String command) {
        return said("assistant", "I do.\\n\\n```mswea_bash_command\\n" + command + "\\n```");
    }

    @Test
    void commandsInTextsAreCallsAndReturnCodesTheirStatus() {
        Captured captured = read("["
                + String.join(
                        ",",
                        said("system", "You fix."),
                        said("user", "Fix it."),
                        block("cat oven"),
                        said("user", "<returncode>1</returncode>\\n<output>\\n</output>"),
                        block("sleep 99"),
                        said("user", "The last command timed out and has been killed."),
                        said("assistant", "```bash\\na\\n```\\n```bash\\nb\\n```"),
                        said("user", "One command, please."),
                        block("echo done"),
                        said("user", "a patch"))
                + "]");
        assertThat(captured.format).isEqualTo(Format.MINI_SWE);
        assertThat(captured.table())
                .containsExactly(
                        "system.session_start mini-swe-agent - - - 00:00:00.000 -",
                        "observation.input mini-swe-agent <0 - - 00:00:01.000 -",
                        "llm.chat mini-swe-agent <1 - completed 00:00:02.000 -",
                        "tool.execute mini-swe-agent <2 bash failed 00:00:02.000 00:00:03.000",
                        "llm.chat mini-swe-agent <3 - completed 00:00:04.000 -",
                        "tool.execute mini-swe-agent <4 bash timeout 00:00:04.000 00:00:05.000",
                        "llm.chat mini-swe-agent <5 - completed 00:00:06.000 -",
                        "observation.input mini-swe-agent <6 - - 00:00:07.000 -",
                        "llm.chat mini-swe-agent <7 - completed 00:00:08.000 -",
                        "tool.execute mini-swe-agent <8 bash completed 00:00:08.000 00:00:09.000");
        assertThat(captured.events.get(3).payload().orElseThrow().json())
                .startsWith("{\"arguments\":{\"command\":\"cat oven\"}");
    }

    private static final String TIMED = "{\"trajectory_format\":\"mini-swe-agent-1.1\",\"instance_id\":\"oven-1\","
            + "\"info\":{\"exit_status\":\"%s\",\"submission\":\"diff\",\"model_stats\":{\"instance_cost\":0.5},"
            + "\"config\":{\"model\":{\"model_name\":\"small\"}}},\"messages\":["
            + said("system", "You fix.")
            + ",{\"role\":\"assistant\",\"content\":\"I look.\",\"tool_calls\":[{\"id\":\"c1\","
            + "\"function\":{\"name\":\"bash\",\"arguments\":\"{}\"}}],\"extra\":{\"cost\":0.1,\"timestamp\":1772355600.5}},"
            + "{\"role\":\"tool\",\"tool_call_id\":\"c1\",\"content\":\"\",\"extra\":{\"returncode\":0,\"timestamp\":1772355601.75}}%s]}";

    @Test
    void timesStandBesideMessagesAndTheEndTellsTheRest() {
        Captured captured = read(TIMED.formatted("Submitted", ""));
        assertThat(captured.table())
                .containsExactly(
                        "system.session_start small - - - 09:00:00.500 -",
                        "llm.chat small <0 - completed 09:00:00.500 09:00:00.500",
                        "tool.execute small <1 bash completed 09:00:00.500 09:00:01.750",
                        "system.session_end small <2 - completed 09:00:01.750 -");
        assertThat(captured.events.getFirst().sessionId().value()).isEqualTo("mini-swe-agent:oven-1:small");
        assertThat(captured.events.getLast().payload().orElseThrow().json())
                .contains("\"submission\":\"diff\"", "\"instance_cost\":0.5");
        assertThat(read(TIMED.formatted("LimitsExceeded", "")).table().getLast())
                .contains(" failed ");
        assertThat(read(TIMED.formatted("TimeExceeded", "")).table().getLast()).contains(" timeout ");
    }

    @Test
    void theLastMessageIsToldOnce() {
        String exit = ",{\"role\":\"exit\",\"content\":\"diff\",\"extra\":{\"exit_status\":\"Submitted\"}}";
        Captured captured = read(TIMED.formatted("Submitted", exit));
        assertThat(captured.table()).hasSize(4);
        assertThat(captured.skipped).isEqualTo(Map.of("last messages that say what the file says of the end", 1L));
        String alone =
                TIMED.formatted("Submitted", exit).replace("\"exit_status\":\"Submitted\",\"submission\"", "\"s\"");
        assertThat(read(alone).table().getLast()).isEqualTo("system.session_end small <3 - completed 09:00:01.750 -");
    }
}
