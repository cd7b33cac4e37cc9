// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventStatus;
import io.contextgraph.testing.Skips;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Recordings of real agents, which are not part of the project: for who has them in the folder {@code CG_TRACES_DIR}. Of
 * every shape in them {@link TracesTest} has a small one.
 */
class ForeignTracesTest extends TracesContract {
    private static final Optional<Path> RECORDINGS =
            Optional.ofNullable(System.getenv("CG_TRACES_DIR")).map(Path::of);

    ForeignTracesTest() {
        super(RECORDINGS.orElseThrow(), "recordings.txt");
    }

    @BeforeAll
    static void needsRecordings() {
        Skips.unless(
                RECORDINGS.isPresent(), ForeignTracesTest.class, "CG_TRACES_DIR names no folder of recorded traces");
    }

    @Test
    void countsAreThoseOfTheRecordings() {
        Captured tauBench = read("openai-chat/tau-bench-retail-grok-3.json.gz");
        assertThat(tauBench.events.stream().map(Event::sessionId).distinct()).hasSize(115);
        assertThat(count(tauBench, "system.session_start")).isEqualTo(115);
        assertThat(count(tauBench, "observation.input")).isEqualTo(970);
        assertThat(count(tauBench, "llm.chat")).isEqualTo(1787);
        assertThat(count(tauBench, "tool.execute")).isEqualTo(932);
        assertThat(tauBench.events.stream().flatMap(e -> e.toolName().stream()).distinct())
                .hasSize(16);

        Captured tau2 = read("tau2/tau2-retail-gpt-4.1.json.gz");
        assertThat(count(tau2, "llm.chat")).isEqualTo(516);
        assertThat(count(tau2, "observation.input")).isEqualTo(290);
        assertThat(count(tau2, "tool.execute")).isEqualTo(299);
        assertThat(tau2.events.stream().filter(e -> e.status().equals(Optional.of(EventStatus.FAILED))))
                .hasSize(12);

        Map<String, Integer> steps = Map.of(
                "marshmallow-1867.function_calling.traj", 11,
                "pydicom-1458.gpt4.traj", 12,
                "ctf-forensics-flash.traj", 4,
                "ctf-web-i_got_id_demo.traj", 21,
                "swe-smith-pandas-pr_53856.traj.gz", 17,
                "function_calling_simple.traj", 5);
        steps.forEach((file, expected) -> {
            Captured run = read("swe-agent/" + file);
            assertThat(count(run, "tool.execute")).as(file).isEqualTo(expected.longValue());
            assertThat(count(run, "llm.chat")).as(file).isEqualTo(expected.longValue());
        });
        Map<String, Integer> calls = Map.of(
                "claude-code/30530d66-37fb-4f3b-aa5f-d92b6a8afae2.jsonl.gz", 25,
                "claude-code/50a7220d-7250-46f3-b38e-b716ce25032e.jsonl", 1,
                "claude-code/50a7220d-7250-46f3-b38e-b716ce25032e/subagents/agent-a21e2f5.jsonl", 1,
                "openhands/basic_gui_mode.json", 4,
                "openhands/wrong_initial_state.json", 3,
                "openhands/multi_swe_bench-output.line1.jsonl.gz", 22);
        calls.forEach((file, expected) ->
                assertThat(count(read(file), "tool.execute")).as(file).isEqualTo(expected.longValue()));
        assertThat(read("otel/otlp-tempo/tempo_export_with_batches.json").events)
                .hasSize(86);
    }
}
