// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.cli.console.ExitCode;
import io.contextgraph.event.Json;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * What people see of calls that were answered later, and of the spans of frameworks: a baker's session, whose call 3 is
 * answered by 4, below the spans 2, 6 and 7, of which 7 failed.
 */
class FoldingTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-01T12:00:00Z"), ZoneOffset.UTC);

    private final InMemoryWorkspace workspace = new InMemoryWorkspace(CLOCK);
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    @BeforeEach
    void importASession() throws IOException {
        Path file = Files.writeString(
                folder.resolve("bakery.ndjson"),
                event(1, 0, "llm.chat", "completed", "{\"role\": \"assistant\", \"content\": \"I look.\"}")
                        + event(2, 1, "system.span", "completed", "{\"name\": \"graph step\"}")
                        + event(3, 2, "tool.execute", "pending", "{\"arguments\": {\"loaf\": \"rye\"}, \"call\": {}}")
                        + event(4, 3, "tool.result", "failed", "{\"content\": \"oven cold\", \"result\": {}}")
                        + event(5, 4, "llm.chat", "completed", "{\"role\": \"assistant\", \"content\": \"Cold.\"}")
                        + event(6, 5, "system.span", "completed", "{\"name\": \"post\"}")
                        + event(7, 6, "system.span", "failed", "{\"name\": \"log\", \"error\": \"disk full\"}")
                        + event(8, 5, "tool.execute", "pending", "{\"arguments\": {\"loaf\": \"oat\"}, \"call\": {}}"));
        assertThat(run("import", file.toString())).isEqualTo(ExitCode.OK);
        clear();
    }

    private static String id(int number) {
        return "00000000-0000-4000-8000-00000000000" + number;
    }

    private static String event(int number, int parent, String type, String status, String payload) {
        String tool = type.startsWith("tool.") ? ", \"tool_name\": \"bake\"" : "";
        String cause = parent == 0 ? "" : ", \"parent_event_id\": \"" + id(parent) + "\"";
        return ("{\"event_id\": \"%s\", \"event_type\": \"%s\", \"occurred_at\": \"2026-03-01T10:00:0%dZ\","
                        + " \"session_id\": \"bakery\", \"agent_id\": \"baker\", \"trace_id\": \"t\","
                        + " \"status\": \"%s\", \"payload\": %s%s%s}\n")
                .formatted(id(number), type, number, status, payload, tool, cause);
    }

    @Test
    void aSessionShowsCallsAsAnsweredAndNoSpansOfFrameworks() {
        assertThat(run("session", "bakery")).isEqualTo(ExitCode.OK);
        assertThat(out).hasToString("""
                bakery: 8 events, 2026-03-01T10:00:01.000Z to 2026-03-01T10:00:08.000Z, agents baker, status pending

                AFTER         TOOK     AGENT  TYPE               STATUS     EVENT                                 SAYS
                +0:00:00.000           baker  llm.chat           completed  %s  I look.
                +0:00:02.000  1000 ms  baker  tool.execute bake  failed     %s  loaf=rye -> oven cold
                +0:00:04.000           baker  llm.chat           completed  %s  Cold.
                +0:00:06.000           baker  system.span        failed     %s  disk full
                +0:00:07.000           baker  tool.execute bake  pending    %s  loaf=oat
                """.formatted(id(1), id(3), id(5), id(7), id(8)));
        assertThat(err.toString())
                .endsWith("2 spans of frameworks and 1 result of calls are folded; --all shows them"
                        + System.lineSeparator());

        clear();
        assertThat(run("session", "bakery", "--all")).isEqualTo(ExitCode.OK);
        assertThat(out.toString().lines().skip(3)).hasSize(8);
        assertThat(err.toString()).doesNotContain("folded");
    }

    @Test
    void aTraceHangsWhatIsBelowFoldedEventsOnTheNearestShownCause() {
        assertThat(run("trace", id(5))).isEqualTo(ExitCode.OK);
        assertThat(tree()).isEqualTo("""
                llm.chat  completed  baker  @P  "I look."
                └─ tool.execute bake  failed  baker  @P  "loaf=rye -> oven cold"
                   └─ ▶ llm.chat  completed  baker  @P  "Cold."
                      ├─ system.span  failed  baker  @P  "disk full"
                      └─ tool.execute bake  pending  baker  @P  "loaf=oat"
                """);
        assertThat(err.toString()).contains("2 spans of frameworks and 1 result of calls are folded");

        clear();
        assertThat(run("trace", id(5), "--all")).isEqualTo(ExitCode.OK);
        assertThat(tree().lines()).hasSize(8).anyMatch(line -> line.contains("tool.result bake  failed"));
    }

    @Test
    void logRecordsAreFoldedToo() throws IOException {
        Path file = Files.writeString(
                folder.resolve("log.ndjson"), event(9, 8, "system.log", "completed", "{\"body\": \"lamp on\"}"));
        assertThat(run("import", file.toString())).isEqualTo(ExitCode.OK);
        clear();
        assertThat(run("session", "bakery")).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).doesNotContain("system.log");
        assertThat(err.toString())
                .contains("2 spans of frameworks, 1 log record and 1 result of calls are folded; --all shows them");
    }

    /** Nobody asks for an event and does not see it; what led to the answer of a call that is no part of the tree shows too. */
    @Test
    void theEventThatWasAskedForIsNeverFolded() {
        assertThat(run("trace", id(2), "--max-depth", "1")).isEqualTo(ExitCode.OK);
        assertThat(tree()).isEqualTo("""
                llm.chat  completed  baker  @P  "I look."
                └─ ▶ system.span  completed  baker  @P  "name=graph step"
                   └─ tool.execute bake  failed  baker  @P  "loaf=rye -> oven cold"
                """);
        clear();
        assertThat(run("trace", id(4), "--max-depth", "1")).isEqualTo(ExitCode.OK);
        assertThat(tree()).isEqualTo("""
                tool.execute bake  failed  baker  @P  "loaf=rye -> oven cold"
                └─ ▶ tool.result bake  failed  baker  @P  "oven cold"
                   └─ llm.chat  completed  baker  @P  "Cold."
                """);
    }

    @Test
    void aContextShowsCallsAsAnswered() {
        assertThat(run("context", "bakery")).isEqualTo(ExitCode.OK);
        assertThat(out.toString())
                .contains("tool.execute bake (failed)   loaf=rye -> oven cold")
                .contains("tool.execute bake (pending)  loaf=oat")
                .doesNotContain("tool.result");
        clear();
        assertThat(run("context", "bakery", "--all")).isEqualTo(ExitCode.OK);
        assertThat(out.toString()).contains("tool.result bake (failed)");
        clear();
        assertThat(run("context", "bakery", "--max-nodes", "1")).isEqualTo(ExitCode.OK);
        assertThat(out.toString().lines()).hasSize(2);
    }

    /** For machines: all nodes, and the events as they are. */
    @Test
    void jsonAndEventsFoldNothing() {
        assertThat(run("session", "bakery", "--json")).isEqualTo(ExitCode.OK);
        JsonNode events = json().get("events");
        assertThat(events).hasSize(8);
        assertThat(events.get(2).get("status").stringValue()).isEqualTo("pending");
        assertThat(run("trace", id(4), "--json")).isEqualTo(ExitCode.OK);
        JsonNode traced = json();
        assertThat(traced.at("/causes/nodes")).hasSize(4);
        JsonNode call = traced.at("/causes/nodes/1/attributes");
        assertThat(call.get("status").stringValue()).isEqualTo("failed");
        assertThat(call.get("result_event_id").stringValue()).isEqualTo(id(4));
        assertThat(run("events", "--status", "pending")).isEqualTo(ExitCode.OK);
        assertThat(out.toString().lines())
                .hasSize(3)
                .anyMatch(line -> line.contains("pending") && line.endsWith("loaf=rye"));
    }

    private JsonNode json() {
        JsonNode json = Json.MAPPER.readTree(out.toString());
        clear();
        return json;
    }

    private String tree() {
        return out.toString().replaceAll("@\\d+-\\d+", "@P");
    }

    private void clear() {
        out.getBuffer().setLength(0);
        err.getBuffer().setLength(0);
    }

    private int run(String... arguments) {
        return Cli.run(TestSurroundings.local(out, err, workspace, CLOCK, folder), arguments);
    }
}
