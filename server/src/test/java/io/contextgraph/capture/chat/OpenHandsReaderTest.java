// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.capture.file.Captured;
import io.contextgraph.capture.file.ImportSummary;
import io.contextgraph.capture.file.Runs;
import io.contextgraph.capture.format.Format;
import io.contextgraph.ledger.memory.InMemoryLedger;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenHandsReaderTest {
    private static final String ASK =
            "{\"id\":1,\"timestamp\":\"2026-03-01T11:00:01\",\"source\":\"user\",\"action\":\"message\",\"args\":{\"content\":\"Bake.\"}}";
    private static final String RUN =
            "{\"id\":3,\"timestamp\":\"2026-03-01T11:00:02\",\"source\":\"agent\",\"action\":\"run\",\"args\":{\"command\":\"heat\"},"
                    + "\"tool_call_metadata\":{\"function_name\":\"execute_bash\"}}";
    private static final String CAME =
            "{\"id\":4,\"cause\":3,\"timestamp\":\"2026-03-01T11:00:03\",\"source\":\"agent\",\"observation\":\"run\",\"content\":\"hot\",\"success\":true}";
    private static final String FINISH =
            "{\"id\":7,\"timestamp\":\"2026-03-01T11:00:06\",\"source\":\"agent\",\"action\":\"finish\",\"args\":{}}";

    @TempDir
    private Path folder = Path.of("");

    private Path file(String json) {
        return Captured.write(folder, "output.jsonl", json);
    }

    @Test
    void actionsAreEventsAndObservationsCloseThem() {
        Captured captured = Captured.read(file("["
                + String.join(
                        ",",
                        "{\"id\":0,\"source\":\"agent\",\"action\":\"system\",\"args\":{}}",
                        ASK,
                        "{\"id\":2,\"cause\":1,\"source\":\"user\",\"observation\":\"null\",\"content\":\"\"}",
                        RUN,
                        CAME,
                        "{\"id\":5,\"timestamp\":\"2026-03-01T11:00:04\",\"source\":\"agent\",\"action\":\"browse\",\"args\":{}}",
                        "{\"id\":6,\"cause\":5,\"timestamp\":\"2026-03-01T11:00:05\",\"source\":\"agent\",\"observation\":\"error\",\"content\":\"no net\"}",
                        "{\"id\":8,\"timestamp\":\"2026-03-01T11:00:05\",\"source\":\"agent\",\"action\":\"message\",\"args\":{\"content\":\"Hot.\"}}",
                        "7",
                        FINISH)
                + "]"));
        assertThat(captured.format).isEqualTo(Format.OPENHANDS);
        assertThat(captured.table())
                .containsExactly(
                        "observation.input openhands - - - 11:00:01.000 -",
                        "tool.execute openhands <0 execute_bash completed 11:00:02.000 11:00:03.000",
                        "tool.execute openhands <1 browse failed 11:00:04.000 11:00:05.000",
                        "llm.chat openhands <2 - completed 11:00:05.000 -",
                        "system.session_end openhands <3 - completed 11:00:06.000 -");
        assertThat(captured.refused())
                .containsExactly("/8: an event must be an object with an \"action\" or an \"observation\"");
        assertThat(captured.skipped)
                .isEqualTo(Map.of("actions of kind system", 1L, "observations without a call, of kind null", 1L));
        assertThat(captured.events.getFirst().sessionId().value()).matches("openhands-[0-9a-f]{12}");
    }

    private static String row(String... events) {
        return "{\"instance_id\":\"oven-1\",\"test_result\":{\"git_patch\":\"diff\"},\"metadata\":{\"agent_class\":\"Baker\","
                + "\"llm_config\":{\"model\":\"small\"}},\"history\":[" + String.join(",", events) + "]}\n";
    }

    @Test
    void aRowIsNamedByItsWorkAndTellsTheRest() {
        Captured captured = Captured.read(file(row(ASK, RUN, CAME, FINISH)));
        assertThat(captured.table())
                .containsExactly(
                        "system.run Baker - - - 11:00:01.000 -",
                        "observation.input Baker - - - 11:00:01.000 -",
                        "tool.execute Baker <1 execute_bash completed 11:00:02.000 11:00:03.000",
                        "system.session_end Baker <2 - completed 11:00:06.000 -");
        assertThat(captured.events.getFirst().sessionId().value()).isEqualTo("openhands:oven-1:small");
        assertThat(captured.events.getFirst().payload().orElseThrow().json()).contains("git_patch");
    }

    @Test
    void aSessionThatHasGrownAddsOnlyWhatIsNew() {
        InMemoryLedger ledger = new InMemoryLedger(Captured.CLOCK);
        assertThat(Runs.run(ledger, file("[" + ASK + "," + RUN + "]")).added()).isEqualTo(2);
        ImportSummary grown = Runs.run(ledger, file("[" + ASK + "," + RUN + "," + CAME + "," + FINISH + "]"));
        assertThat(grown.added()).isEqualTo(2);
        assertThat(grown.conflicts() + grown.refusedTotal()).isZero();
        assertThat(grown.notes()).isEmpty();
        assertThat(ledger.read(0, 10).stream()
                        .map(event -> event.event().sessionId())
                        .distinct())
                .hasSize(1);
        assertThat(ledger.read(0, 10).stream().map(event -> event.event().type().value()))
                .containsExactly("observation.input", "tool.execute", "tool.result", "system.session_end");
    }

    @Test
    void anEventAloneIsNoSession() {
        Captured captured = Captured.read(file(ASK));
        assertThat(captured.events).isEmpty();
        assertThat(captured.refused())
                .containsExactly(
                        ": a session must be an array of events, or a row with such an array in \"history\": put the events of"
                                + " one session into one array");
    }
}
