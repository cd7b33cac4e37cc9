// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.EventType;
import io.contextgraph.event.Payload;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.LedgerFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two runs never become one session, and one run never becomes two, in every ledger. */
abstract class RunIdentityContract {
    private static final String ASK = "{\"role\":\"user\",\"content\":\"What time is it?\"}";
    private static final String CALL =
            "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"c1\",\"type\":\"function\","
                    + "\"function\":{\"name\":\"clock\",\"arguments\":\"{}\"}}]}";
    private static final String NOON = "{\"role\":\"assistant\",\"content\":\"Noon.\"}";
    private static final String THANKS = "{\"role\":\"user\",\"content\":\"Thanks\"}";

    @TempDir
    private Path folder = Path.of("");

    private final List<LedgerFixture> open = new ArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private LedgerFixture ledger;

    /** An empty ledger. */
    abstract LedgerFixture fresh();

    @BeforeEach
    final void open() {
        ledger = opened();
    }

    @AfterEach
    final void close() {
        open.reversed().forEach(LedgerFixture::close);
    }

    private LedgerFixture opened() {
        LedgerFixture fresh = fresh();
        open.add(fresh);
        return fresh;
    }

    private static String says(String time) {
        return "{\"role\":\"tool\",\"tool_call_id\":\"c1\",\"content\":\"" + time + "\"}";
    }

    private Path file(String name, String text) {
        try {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path chat(String name, String... messages) {
        return file(name, "[" + String.join(",", messages) + "]");
    }

    private Path row(String name, String id, String... messages) {
        return file(name, "{\"id\":\"" + id + "\",\"messages\":[" + String.join(",", messages) + "]}");
    }

    private static String trajectory(String instance, String model, String... thoughts) {
        return "{\"history\":[{\"role\":\"system\",\"content\":\"You fix ovens.\"},{\"role\":\"user\",\"content\":\"Fix it.\"}],"
                + "\"replay_config\":{\"problem_statement\":{\"id\":\"" + instance
                + "\"},\"agent\":{\"model\":{\"name\":\""
                + model + "\"}}},\"info\":{\"exit_status\":\"submitted\"},\"trajectory\":["
                + Arrays.stream(thoughts)
                        .map(thought -> "{\"thought\":\"" + thought + "\",\"action\":\"ls\",\"observation\":\"a\"}")
                        .collect(Collectors.joining(","))
                + "]}";
    }

    private ImportSummary run(LedgerFixture into, Optional<String> prefix, Path... files) {
        CaptureOptions usual = CaptureOptions.DEFAULTS;
        CaptureOptions options = new CaptureOptions(
                usual.syntheticStart(),
                prefix,
                usual.agentId(),
                usual.errorTextFails(),
                usual.skip(),
                usual.maxDocumentBytes(),
                usual.maxLineBytes(),
                usual.limits());
        ImportSummary summary = new ImportRun(
                        into,
                        Durability.MEMORY,
                        new Capture(options, Captured.CLOCK),
                        (attempt, because) -> {},
                        ImportProgress.NONE)
                .run(List.of(files));
        assertThat(summary.conflicts()).isZero();
        assertThat(summary.refusedTotal()).isZero();
        return summary;
    }

    private ImportSummary run(Path... files) {
        return run(ledger, Optional.empty(), files);
    }

    /** What each session says, one word for each event. */
    private static Map<String, String> sessions(LedgerFixture ledger) {
        Map<String, List<String>> sessions = new TreeMap<>();
        ledger.log().read(0, 1000).forEach(event -> {
            Event whole =
                    ledger.log().find(event.event().id()).found().orElseThrow().event();
            sessions.computeIfAbsent(whole.sessionId().value(), id -> new ArrayList<>())
                    .add(whole.type().value().replaceAll(".*\\.", "")
                            + whole.status()
                                    .filter(status -> status == EventStatus.PENDING)
                                    .map(status -> "?")
                                    .orElse(""));
        });
        Map<String, String> said = new TreeMap<>();
        sessions.forEach((id, events) -> said.put(id, String.join(" ", events)));
        return said;
    }

    @Test
    void aTranscriptThatGrewGetsItsAnswerAndTheRest() {
        run(chat("live.json", ASK, CALL));
        assertThat(sessions(ledger).values()).containsExactly("input chat execute?");
        ImportSummary grown = run(chat("live.json", ASK, CALL, says("12:00"), NOON));
        assertThat(grown.added()).isEqualTo(2);
        assertThat(grown.duplicates()).isEqualTo(3);
        assertThat(grown.notes()).isEmpty();
        assertThat(sessions(ledger).values()).containsExactly("input chat execute? result chat");
        assertThat(run(folder.resolve("live.json")).added()).isZero();
        // What stands in the file by then does not become less by an older copy of it.
        assertThat(run(chat("old.json", ASK, CALL)).added()).isZero();
        assertThat(run(chat("old.json", ASK, CALL, says("12:00"))).added()).isZero();
        Event result = ledger.log().read(3, 1).getFirst().event();
        assertThat(result.toolName()).contains("clock");
        assertThat(result.status()).contains(EventStatus.COMPLETED);
        assertThat(result.parentId())
                .contains(ledger.log().read(2, 1).getFirst().event().id());
    }

    @Test
    void aTranscriptMayGrowBeforeAndAfterItsFirstAnswer() {
        run(chat("live.json", ASK));
        String session = sessions(ledger).keySet().iterator().next();
        run(chat("live.json", ASK, CALL));
        run(chat("live.json", ASK, CALL, says("12:00")));
        run(chat("live.json", ASK, CALL, says("12:00"), NOON, THANKS));
        assertThat(sessions(ledger)).isEqualTo(Map.of(session, "input chat execute? result chat input"));
    }

    @Test
    void chatsOfOnePrefixStayApart() {
        run(ledger, Optional.of("team-x"), chat("monday.json", ASK, NOON), chat("tuesday.json", THANKS, NOON));
        assertThat(sessions(ledger)).hasSize(2);
        assertThat(sessions(ledger).keySet()).allMatch(name -> name.matches("team-x:chat-[0-9a-f]{12}"));
        // Without the prefix they are the same chats.
        assertThat(run(folder).added()).isZero();
        assertThat(run(chat("monday.json", ASK, NOON, THANKS)).added()).isEqualTo(1);
        assertThat(sessions(ledger)).hasSize(2);
    }

    @Test
    void theNameOfTheFileDoesNotMatter() {
        run(chat("a/one.json", ASK, NOON));
        assertThat(run(chat("b/two.json", ASK, NOON)).duplicates()).isEqualTo(2);
        assertThat(sessions(ledger)).hasSize(1);
    }

    @Test
    void rowsOfOneIdThatDifferAreTwoSessionsAndBothAreNamed() {
        row("test.jsonl", "1", ASK, NOON, THANKS);
        row("train.jsonl", "1", ASK, THANKS, NOON);
        ImportSummary summary = run(folder);
        assertThat(summary.added()).isEqualTo(6);
        assertThat(sessions(ledger)).hasSize(2).containsKey("1");
        assertThat(sessions(ledger).keySet()).last().asString().matches("1~[0-9a-f]{12}");
        assertThat(summary.notes())
                .singleElement()
                .asString()
                .contains("test.jsonl", "train.jsonl", "another run", "differ from record 2 on");
        // Alone, again and in another order, they are who they were.
        assertThat(run(folder.resolve("train.jsonl")).added()).isZero();
        assertThat(run(folder.resolve("test.jsonl")).added()).isZero();
        assertThat(run(folder.resolve("train.jsonl"), folder.resolve("test.jsonl"))
                        .added())
                .isZero();
    }

    @Test
    void importedOneAfterTheOtherTheSecondIsToldApartFromTheLedger() {
        run(row("train.jsonl", "1", ASK, NOON));
        ImportSummary summary = run(row("test.jsonl", "1", THANKS, NOON));
        assertThat(sessions(ledger)).hasSize(2);
        assertThat(summary.notes())
                .singleElement()
                .asString()
                .contains("that of the ledger", "differ from record 1 on");
        assertThat(run(folder.resolve("test.jsonl")).added()).isZero();
        ImportSummary grown = run(row("test.jsonl", "1", THANKS, NOON, ASK));
        assertThat(grown.added()).isEqualTo(1);
        assertThat(sessions(ledger)).hasSize(2);
    }

    @Test
    void runsThatDifferInTheirLastAnswerAloneAreTwo() {
        run(chat("a.json", ASK, CALL, says("12:00")));
        run(chat("b.json", ASK, CALL, says("13:00")));
        assertThat(sessions(ledger).values()).containsExactly("input chat execute", "input chat execute");
        run(chat("c.json", ASK, CALL, says("13:00"), NOON));
        assertThat(sessions(ledger)).hasSize(2).containsValue("input chat execute chat");
    }

    @Test
    void runsThatDifferInAnAnswerThatCameLaterAreTwo() {
        run(chat("a.json", ASK, CALL));
        run(chat("a.json", ASK, CALL, says("12:00")));
        run(chat("b.json", ASK, CALL, says("13:00")));
        assertThat(sessions(ledger).values())
                .containsExactlyInAnyOrder("input chat execute? result", "input chat execute");
        assertThat(run(folder).added()).isZero();
    }

    @Test
    void trajectoriesOfOneInstanceInSiblingFoldersAreTwo() {
        file("run-1/oven-1.traj", trajectory("oven-1", "model-a", "first", "second"));
        file("run-2/oven-1.traj", trajectory("oven-1", "model-a", "first", "other", "third"));
        file("run-3/oven-1.traj", trajectory("oven-1", "model-b", "first"));
        ImportSummary summary = run(folder);
        assertThat(summary.notes()).hasSize(1);
        assertThat(sessions(ledger)).hasSize(3).containsKeys("swe-agent:oven-1:model-a", "swe-agent:oven-1:model-b");
        assertThat(sessions(ledger).values())
                .containsExactlyInAnyOrder(
                        "session_start input chat execute chat execute session_end",
                        "session_start input chat execute chat execute chat execute session_end",
                        "session_start input chat execute session_end");
        assertThat(run(folder).added()).isZero();
    }

    @Test
    void whoIsFirstInAnImportDoesNotDependOnTheOrderOfFiles() {
        Path one = row("one.jsonl", "1", ASK, NOON);
        Path two = row("two.jsonl", "1", ASK, THANKS, NOON);
        Path three = row("three.jsonl", "1", ASK, THANKS, ASK);
        List<Map<String, String>> ways = new ArrayList<>();
        for (Path[] order : new Path[][] {{one, two, three}, {three, two, one}, {two, three, one}}) {
            LedgerFixture fresh = opened();
            run(fresh, Optional.empty(), order);
            ways.add(sessions(fresh));
        }
        assertThat(ways.get(0)).hasSize(3);
        assertThat(ways).containsOnly(ways.get(0));
    }

    @Test
    void aSessionThatSomebodyElseWroteIsNotGoneOnWith() {
        Event own = Event.builder(
                        EventId.of("00000000-0000-0000-0000-000000000001"),
                        new EventType("agent.step"),
                        Instant.parse("2026-01-01T00:00:00Z"),
                        new SessionId("1"))
                .agentId("a")
                .traceId("t")
                .payload(new Payload("{}"))
                .build();
        assertThat(ledger.log()
                        .append(List.of(Append.of(own)), Durability.MEMORY)
                        .outcomes())
                .hasSize(1);
        ImportSummary summary = run(row("rows.jsonl", "1", ASK, NOON));
        assertThat(summary.notes()).hasSize(1);
        assertThat(sessions(ledger).keySet()).hasSize(2);
        assertThat(sessions(ledger)).containsEntry("1", "step");
        assertThat(run(folder).added()).isZero();
    }
}
