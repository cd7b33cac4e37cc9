// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.EventType;
import io.contextgraph.event.Payload;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.PartitionFixture;
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

    private final List<PartitionFixture> open = new ArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private PartitionFixture ledger;

    /** An empty ledger. */
    abstract PartitionFixture fresh();

    @BeforeEach
    final void open() {
        ledger = opened();
    }

    @AfterEach
    final void close() {
        open.reversed().forEach(PartitionFixture::close);
    }

    private PartitionFixture opened() {
        PartitionFixture fresh = fresh();
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

    private ImportSummary run(PartitionFixture into, Optional<String> prefix, Path... files) {
        CaptureOptions usual = CaptureOptions.DEFAULTS;
        CaptureOptions options = new CaptureOptions(
                usual.syntheticStart(),
                prefix,
                usual.agentId(),
                usual.errorTextFails(),
                usual.skip(),
                usual.maxDocumentBytes(),
                usual.maxLineBytes(),
                usual.whom(),
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
    private static Map<String, String> sessions(PartitionFixture ledger) {
        Map<String, List<String>> sessions = new TreeMap<>();
        ledger.order().read(0, 1000).forEach(event -> {
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
        Event result = ledger.order().read(3, 1).getFirst().event();
        assertThat(result.toolName()).contains("clock");
        assertThat(result.status()).contains(EventStatus.COMPLETED);
        assertThat(result.parentId())
                .contains(ledger.order().read(2, 1).getFirst().event().id());
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
            PartitionFixture fresh = opened();
            run(fresh, Optional.empty(), order);
            ways.add(sessions(fresh));
        }
        assertThat(ways.get(0)).hasSize(3);
        assertThat(ways).containsOnly(ways.get(0));
    }

    @Test
    void aSessionThatSomebodyElseWroteIsNotGoneOnWith() {
        Event own = own("1");
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

    @Test
    void twoRunsThatGoOnFromOneBeginningStayTwo() {
        String other = "{\"role\":\"assistant\",\"content\":\"Why?\"}";
        run(chat("begun.json", ASK));
        chat("a/one.json", ASK, NOON, THANKS);
        chat("a/two.json", ASK, other);
        run(folder.resolve("a"));
        assertThat(sessions(ledger).values()).containsExactlyInAnyOrder("input chat input", "input chat");
        for (String again : List.of("a", "a/one.json", "a/two.json", "begun.json", "")) {
            assertThat(run(folder.resolve(again)).added()).as(again).isZero();
        }
        assertThat(run(chat("a/two.json", ASK, other, THANKS)).added()).isEqualTo(1);
        assertThat(sessions(ledger)).hasSize(2);
    }

    @Test
    void aBeginningThatIsImportedLaterDoesNotTakeItsRunOver() {
        run(chat("whole.json", ASK, NOON, THANKS));
        run(chat("begun.json", ASK));
        assertThat(sessions(ledger).values()).containsExactlyInAnyOrder("input chat input", "input");
        assertThat(run(folder.resolve("whole.json")).added()).isZero();
        assertThat(run(chat("whole.json", ASK, NOON, THANKS, ASK)).added()).isEqualTo(1);
        assertThat(sessions(ledger).values()).containsExactlyInAnyOrder("input chat input input", "input");
    }

    @Test
    void whatIsToldOfABeginningIsKeptBesideTheWhole() {
        String rows = "{\"cost\":1,\"messages\":[" + ASK + "," + NOON + "]}\n{\"cost\":2,\"messages\":[" + ASK + ","
                + NOON + "," + THANKS + "]}\n";
        ImportSummary summary = run(file("snapshots.jsonl", rows));
        assertThat(summary.added()).isEqualTo(5);
        assertThat(summary.duplicates()).isEqualTo(2);
        assertThat(sessions(ledger).values()).containsExactly("run run input chat input");
        assertThat(run(folder).added()).isZero();
    }

    @Test
    void theEndOfARunIsNotThatOfItsBeginning() {
        file("1.traj", trajectory("oven-1", "model-a", "first"));
        file("2.traj", trajectory("oven-1", "model-a", "first", "second"));
        assertThat(run(folder).added()).isEqualTo(7);
        assertThat(sessions(ledger).values())
                .containsExactly("session_start input chat execute chat execute session_end");
    }

    @Test
    void modelsThatAnswerAlikeInOneRowAreTwoRuns() {
        String messages = "\"messages\":[" + ASK + "," + NOON + "]}";
        file("a.jsonl", "{\"id\":1,\"model\":\"model-a\"," + messages);
        file("b.jsonl", "{\"id\":1,\"model\":\"model-b\"," + messages);
        assertThat(run(folder).notes()).isEmpty();
        assertThat(sessions(ledger)).isEqualTo(Map.of("1:model-a", "input chat", "1:model-b", "input chat"));
        assertThat(run(folder).added()).isZero();
    }

    @Test
    void aRunThatGoesOnWithoutTheAnswersOfAnotherIsNoneOfIt() {
        run(chat("answered.json", ASK, CALL, says("12:00")));
        ImportSummary summary = run(chat("waiting.json", ASK, CALL, THANKS));
        assertThat(summary.notes()).singleElement().asString().contains("differ from record 3 on");
        assertThat(sessions(ledger).values())
                .containsExactlyInAnyOrder("input chat execute", "input chat execute? input");
        assertThat(run(folder).added()).isZero();
        // The beginning of both is in either.
        assertThat(run(chat("begun.json", ASK, CALL)).added()).isZero();
        assertThat(run(chat("answered.json", ASK, CALL, says("12:00"), NOON)).added())
                .isEqualTo(1);
        assertThat(sessions(ledger)).hasSize(2);
    }

    private static Event own(String session) {
        return Event.builder(
                        EventId.of("00000000-0000-0000-0000-%012d".formatted(session.length())),
                        new EventType("agent.step"),
                        Instant.parse("2026-01-01T00:00:00Z"),
                        new SessionId(session))
                .agentId("a")
                .traceId("t")
                .payload(new Payload("{}"))
                .build();
    }

    /** A record behind a call takes the place that the answer of another run has. */
    @Test
    void runsThatDifferRightBehindACallAreTwo() {
        run(chat("a.json", ASK, CALL, says("12:00"), NOON));
        run(chat("b.json", ASK, CALL, THANKS, NOON, THANKS));
        run(chat("c.json", ASK, CALL, THANKS));
        assertThat(sessions(ledger))
                .hasSize(2)
                .containsValues("input chat execute chat", "input chat execute? input chat input");
        assertThat(run(folder).added()).isZero();
    }

    @Test
    void recordsThatAreNoEventsDoNotHideThatRunsDiffer() {
        String one = "{\"role\":\"user\",\"content\":\"one\",\"is_demo\":true}";
        String two = "{\"role\":\"user\",\"content\":\"two\",\"is_demo\":true}";
        file(
                "rows.jsonl",
                "{\"id\":\"1\",\"messages\":[" + ASK + "," + one + "," + NOON + "]}\n{\"id\":\"1\",\"messages\":[" + ASK
                        + "," + two + "," + NOON + "]}\n");
        run(folder);
        assertThat(sessions(ledger)).hasSize(2);
        assertThat(run(folder).added()).isZero();
        run(row("third.jsonl", "1", ASK, THANKS, NOON, THANKS, NOON));
        assertThat(sessions(ledger)).hasSize(3);
        assertThat(run(folder).added()).isZero();
    }

    @Test
    void aRunWithoutMessagesIsNotPutIntoTheSessionOfAnother() {
        run(row("a.jsonl", "1", ASK, NOON));
        file("b.jsonl", "{\"id\":\"1\",\"note\":\"other\",\"messages\":[]}");
        assertThat(run(folder).added()).isEqualTo(1);
        assertThat(sessions(ledger)).hasSize(2).containsEntry("1", "input chat");
        assertThat(run(folder).added()).isZero();
    }

    @Test
    void namesThatSomebodyElseHasTakenEndNoImport() {
        run(row("a.jsonl", "1", ASK, NOON));
        run(row("b.jsonl", "1", THANKS, NOON));
        String taken = sessions(ledger).keySet().stream()
                .filter(name -> name.startsWith("1~"))
                .findFirst()
                .orElseThrow();
        PartitionFixture other = opened();
        for (String name : List.of("1", taken)) {
            assertThat(other.log()
                            .append(List.of(Append.of(own(name))), Durability.MEMORY)
                            .outcomes())
                    .hasSize(1);
        }
        assertThat(run(other, Optional.empty(), folder.resolve("b.jsonl")).added())
                .isEqualTo(2);
        assertThat(sessions(other)).hasSize(3);
        assertThat(run(other, Optional.empty(), folder.resolve("b.jsonl")).added())
                .isZero();
    }

    @Test
    void aChatIsNotPutIntoTheSessionOfEventsThatAreImportedWithIt() {
        row("a.jsonl", "1", ASK, NOON);
        file("b.ndjson", EventJson.toJson(own("1")) + "\n");
        file(
                "c.json",
                "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"traceId\":\"0af7651916cd43dd8448eb211c80319e\","
                        + "\"spanId\":\"00000000000000d1\",\"name\":\"chat m\",\"startTimeUnixNano\":\"1788795000000000000\","
                        + "\"attributes\":[{\"key\":\"session.id\",\"value\":{\"stringValue\":\"2\"}}]}]}]}]}");
        row("d.jsonl", "2", THANKS, NOON);
        assertThat(run(folder).notes()).hasSize(2);
        assertThat(sessions(ledger)).hasSize(4).containsEntry("1", "step").containsEntry("2", "chat");
        assertThat(run(folder).added()).isZero();
    }

    @Test
    void aRunAndTheExportOfItAreTheSame() throws IOException {
        file("a.jsonl", "{\"id\":\"1\",\"reward\":1,\"messages\":[" + ASK + "," + NOON + "]}");
        run(folder);
        StringBuilder export = new StringBuilder();
        for (RecordedEvent event : ledger.order().read(0, 10)) {
            Event whole =
                    ledger.log().find(event.event().id()).found().orElseThrow().event();
            export.append(EventJson.toJson(whole)).append('\n');
        }
        file("export.ndjson", export.toString());
        PartitionFixture other = opened();
        ImportSummary both = run(other, Optional.empty(), folder);
        assertThat(both.notes()).isEmpty();
        assertThat(both.added()).isEqualTo(3);
        assertThat(both.duplicates()).isEqualTo(3);
        assertThat(sessions(other)).isEqualTo(sessions(ledger));
    }

    @Test
    void aRunThatSomebodyElsesSessionHasToldApartIsFoundWithAPrefixToo() {
        assertThat(ledger.log()
                        .append(List.of(Append.of(own("1"))), Durability.MEMORY)
                        .outcomes())
                .hasSize(1);
        assertThat(run(row("a.jsonl", "1", ASK, NOON)).added()).isEqualTo(2);
        assertThat(run(ledger, Optional.of("team-x"), folder).added()).isZero();
        row("a.jsonl", "1", ASK, NOON, THANKS);
        assertThat(run(ledger, Optional.of("team-x"), folder).added()).isEqualTo(1);
        assertThat(sessions(ledger)).hasSize(2).containsValues("step", "input chat input");
    }
}
