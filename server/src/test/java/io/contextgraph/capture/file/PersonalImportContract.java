// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.capture.record.Whom;
import io.contextgraph.docs.GeneratedDocs;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventJson;
import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.personal.SealedForm;
import io.contextgraph.privacy.key.KeyVersions;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is imported about persons: sealed, found again, erased for good; and nothing of it elsewhere. */
abstract class PersonalImportContract {
    private static final Path TRACES = GeneratedDocs.root().resolve("server/src/test/resources/traces");
    private static final List<Path> FOREIGN = List.of(
            TRACES.resolve("openai-chat"),
            TRACES.resolve("swe-agent"),
            TRACES.resolve("tau2"),
            TRACES.resolve("anthropic"),
            TRACES.resolve("claude-code"),
            TRACES.resolve("langfuse"),
            TRACES.resolve("langsmith"),
            TRACES.resolve("mini-swe"),
            TRACES.resolve("openhands"),
            TRACES.resolve("otel/otlp/agent/request.otlp.json"),
            TRACES.resolve("otel/otlp/unmapped/request.pb"),
            TRACES.resolve("otel/otlp/events"),
            TRACES.resolve("otel/otlp/requests.jsonl"),
            TRACES.resolve("otel/otlp/proto-example.json"),
            TRACES.resolve("otel/tempo"));
    private static final String JANE = "jane.roe@example.org";
    private static final String JOHN = "john.doe@example.org";

    @TempDir
    private Path folder = Path.of("");

    private final KeyVersions keys = KeyVersions.random();
    private final PartitionFixture fixture = fresh();

    abstract PartitionFixture fresh();

    /** All that is kept, as texts. */
    abstract Stream<String> texts(PartitionFixture ledger);

    @AfterEach
    void close() {
        fixture.close();
    }

    private PersonsBed bed() {
        return new PersonsBed(fixture, folder, keys);
    }

    private Path file(String name, String content) {
        return Captured.write(folder, name, content);
    }

    /** What stands in a chat that says nothing of its name, from its beginning. */
    private static String chat(int messages) {
        List<String> all = List.of(
                "{\"role\":\"system\",\"content\":\"You sell pianos.\"}",
                "{\"role\":\"user\",\"content\":\"I am out of work.\"}",
                "{\"role\":\"assistant\",\"content\":\"I am sorry.\",\"tool_calls\":[{\"id\":\"c1\",\"function\":"
                        + "{\"name\":\"look\",\"arguments\":\"{}\"}}]}",
                "{\"role\":\"tool\",\"tool_call_id\":\"c1\",\"content\":\"nothing\"}",
                "{\"role\":\"assistant\",\"content\":\"There is nothing.\"}",
                "{\"role\":\"user\",\"content\":\"Thank you.\"}",
                "{\"role\":\"assistant\",\"content\":\"Come back soon.\"}");
        return "[" + String.join(",", all.subList(0, messages)) + "]";
    }

    private static String span(String trace, int number, String session, String more) {
        return "{\"traceId\":\"%s\",\"spanId\":\"%016x\",\"name\":\"chat\",\"startTimeUnixNano\":\"%d\",\"endTimeUnixNano\":\"%d\","
                        .formatted(
                                trace, number, 1_772_355_600_000_000_000L + number, 1_772_355_600_500_000_000L + number)
                + "\"attributes\":[{\"key\":\"gen_ai.operation.name\",\"value\":{\"stringValue\":\"chat\"}},"
                + "{\"key\":\"session.id\",\"value\":{\"stringValue\":\"" + session + "\"}}" + more + "]}";
    }

    private static String userId(String json) {
        return ",{\"key\":\"user.id\",\"value\":" + json + "}";
    }

    private static String request(String... spans) {
        return "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[" + String.join(",", spans) + "]}]}]}";
    }

    private static Set<EventId> ids(List<Event> events) {
        return events.stream().map(Event::id).collect(Collectors.toSet());
    }

    private void assertNoTraceOf(String... words) {
        List<String> found = texts(fixture)
                .map(text -> text.replace("hmac-sha256:", ""))
                .filter(text -> Stream.of(words).anyMatch(text::contains))
                .toList();
        assertThat(found).isEmpty();
    }

    private static void assertSilent(ImportSummary summary, String... words) {
        assertThat(summary.toString()).doesNotContain(words);
    }

    @Test
    void everyFormatIsSealedAndFoundAgainAndErasedForGood() {
        PersonsBed bed = bed();
        Path[] files = FOREIGN.toArray(Path[]::new);
        ImportSummary one = bed.run(bed.person(JANE), files);
        assertThat(one.added()).isPositive().isEqualTo(one.events()).isEqualTo(one.personal());
        assertThat(one.erased()).isZero();
        List<Event> stored = bed.stored();
        assertThat(stored).hasSize(Math.toIntExact(one.added())).allSatisfy(event -> {
            assertThat(event.dataSubjectId()).contains(bed.nameOf(JANE));
            assertThat(SealedForm.of(event)).isPresent();
        });
        assertNoTraceOf(JANE, "example.org", "Until noon", "Rye and", "\"content\"", "sha256:");

        ImportSummary two = bed.run(bed.person(JANE), files);
        assertThat(two.duplicates()).isEqualTo(one.events());
        assertThat(two.added() + two.conflicts() + two.erased()).isZero();
        assertThat(two.refusedTotal()).isEqualTo(one.refusedTotal());

        bed.erase(JANE);
        ImportSummary three = bed.run(bed.person(JANE), files);
        assertThat(three.erased()).isEqualTo(one.added());
        assertThat(three.personal()).isEqualTo(one.personal());
        assertThat(three.added() + three.conflicts()).isZero();
        assertThat(three.refusedTotal()).isEqualTo(one.refusedTotal() + three.erased());

        // Whoever returns is somebody new: what was erased stays erased.
        bed.authorise(JANE);
        ImportSummary four = bed.run(bed.person(JANE), files);
        assertThat(four.erased()).isEqualTo(one.added());
        assertThat(four.added() + four.conflicts()).isZero();
        assertThat(ids(bed.stored())).isEqualTo(ids(stored));
    }

    /** Whoever has the text and not the keys can make no name, id or digest of it that stands anywhere. */
    @Test
    void nothingThatFollowsFromATextStandsInPlain() {
        PersonsBed bed = bed();
        Set<String> derived = new TreeSet<>();
        for (Path file : List.of(
                file("chat.json", chat(6)),
                TRACES.resolve("openai-chat/conversations.jsonl"),
                TRACES.resolve("openai-chat/messages.json"),
                TRACES.resolve("otel/otlp/events/alone.jsonl"),
                TRACES.resolve("swe-agent/simple-15.traj"))) {
            Captured.read(file).events.forEach(event -> {
                derived.add(event.payloadRef());
                derived.add(event.payloadRef().substring("sha256:".length()));
                boolean named = Stream.of("chat-77", "rye-8", "swe-agent:")
                        .anyMatch(name -> event.sessionId().value().startsWith(name));
                if (!named) {
                    derived.add(event.id().toString());
                    derived.add(event.sessionId().value());
                    derived.add(event.traceId());
                }
            });
            ImportSummary ignored = bed.run(bed.person(JANE), file);
        }
        assertThat(derived).hasSizeGreaterThan(20);
        assertThat(bed.stored()).isNotEmpty();
        assertNoTraceOf(derived.toArray(String[]::new));
    }

    @Test
    void idsAreTheSameWithTheSameFirstKeyAndOthersWithAnother() {
        Path file = file("chat.json", chat(6));
        Set<EventId> here = ids(Captured.read(file, PersonsBed.options(bed().person(JANE))).events);
        PersonsBed rotated = new PersonsBed(fixture, folder, keys.rotated().rotated());
        assertThat(ids(Captured.read(file, PersonsBed.options(rotated.person(JANE))).events))
                .isEqualTo(here);
        PersonsBed others = new PersonsBed(fixture, folder, KeyVersions.random());
        assertThat(ids(Captured.read(file, PersonsBed.options(others.person(JANE))).events))
                .doesNotContainAnyElementsOf(here);
    }

    @Test
    void aFileThatGoesOnAddsItsTail() {
        PersonsBed bed = bed();
        Whom jane = bed.person(JANE);
        assertThat(bed.run(jane, file("chat.json", chat(3))).added()).isEqualTo(4);
        ImportSummary grown = bed.run(jane, file("chat.json", chat(6)));
        assertThat(grown.duplicates()).isEqualTo(4);
        assertThat(grown.added()).as("an answer apart, and two messages").isEqualTo(3);
        assertThat(bed.sessions()).hasSize(1);
        ImportSummary again = bed.run(jane, folder.resolve("chat.json"));
        assertThat(again.duplicates()).as("a call and its answer are one").isEqualTo(6);
        assertThat(again.added()).isZero();

        bed.erase(JANE);
        bed.authorise(JANE);
        ImportSummary back = bed.run(jane, file("chat.json", chat(7)));
        assertThat(back.erased()).isEqualTo(6);
        assertThat(back.added()).as("what is said after the return").isEqualTo(1);
        assertThat(bed.sessions()).hasSize(1);
    }

    @Test
    void anotherRunOfTheSameNameIsKeptApart() {
        PersonsBed bed = bed();
        Path one = file("one.json", "{\"conversation_id\":\"c-1\",\"messages\":" + chat(5) + "}");
        Path two = file(
                "two.json", "{\"conversation_id\":\"c-1\",\"messages\":" + chat(5).replace("pianos", "organs") + "}");
        ImportSummary first = bed.run(bed.person(JANE), one);
        ImportSummary second = bed.run(bed.person(JANE), two);
        assertThat(second.added()).isEqualTo(first.added());
        assertThat(second.notes()).singleElement().asString().contains("is called c-1; they differ from record 1 on");
        assertThat(bed.sessions()).hasSize(2).contains("c-1").anyMatch(session -> session.startsWith("c-1~"));
        assertThat(bed.run(bed.person(JANE), one, two).duplicates()).isEqualTo(first.added() + second.added());
        // The same of somebody else is another one, too.
        ImportSummary johns = bed.run(bed.person(JOHN), one);
        assertThat(johns.added()).isEqualTo(first.added());
        assertThat(bed.sessions()).hasSize(3);
        assertThat(bed.run(bed.person(JOHN), one).duplicates()).isEqualTo(first.added());
    }

    @Test
    void whatTwoPersonsSayAlikeIsOfEach() {
        PersonsBed bed = bed();
        Path file = file("chat.json", chat(5));
        assertThat(bed.run(bed.person(JANE), file).added()).isEqualTo(5);
        assertThat(bed.run(bed.person(JOHN), file).added()).isEqualTo(5);
        assertThat(bed.sessions()).hasSize(2);
        bed.erase(JOHN);
        assertThat(bed.run(bed.person(JANE), file).duplicates()).isEqualTo(5);
        assertThat(bed.run(bed.person(JOHN), file).erased()).isEqualTo(5);
    }

    @Test
    void anAttributeNamesThePersonsOfSpansAndOthersAreAboutNobody() {
        PersonsBed bed = bed();
        String trace = "7c01b1e5a04d42f7bd6e9a1c3d5f8101";
        Path file = file(
                "spans.json",
                request(
                        span(trace, 1, "s-1", userId("{\"stringValue\":\"" + JANE + "\"}")),
                        span(trace, 2, "s-1", userId("{\"intValue\":\"77001\"}")),
                        span(trace, 3, "s-1", userId("{\"stringValue\":\"\"}")),
                        span(trace, 4, "s-1", ""),
                        span(trace, 5, "s-1", userId("{\"boolValue\":true}"))));
        ImportSummary one = bed.run(bed.named("user.id"), file);
        assertThat(one.added()).isEqualTo(4);
        assertThat(one.personal()).isEqualTo(2);
        assertThat(one.files().getFirst().refusals())
                .extracting(refusal -> refusal.place() + ": " + refusal.reason())
                .containsExactly(
                        "/resourceSpans/0/scopeSpans/0/spans/4: what names the person must be a text or a whole number");
        assertThat(bed.stored())
                .extracting(event -> event.dataSubjectId().orElse("nobody"))
                .containsExactlyInAnyOrder(bed.nameOf(JANE), bed.nameOf("77001"), "nobody", "nobody");
        // What is about nobody is what it would be without all this.
        assertThat(bed.stored().stream()
                        .filter(event -> event.dataSubjectId().isEmpty())
                        .map(event -> EventJson.toJson(event).toString()))
                .isSubsetOf(Captured.read(file).json().lines().toList());
        assertNoTraceOf(JANE, "77001");

        ImportSummary two = bed.run(bed.named("user.id"), file);
        assertThat(two.duplicates()).isEqualTo(4);
        bed.erase(JANE);
        ImportSummary three = bed.run(bed.named("user.id"), file);
        assertThat(three.duplicates()).isEqualTo(3);
        assertThat(three.erased()).isEqualTo(1);
    }

    @Test
    void aFieldNamesThePersonOfAChatOrATrajectory() {
        PersonsBed bed = bed();
        Path file = file(
                "chats.jsonl",
                "{\"id\":\"k1\",\"user\":\"" + JANE + "\",\"messages\":" + chat(5) + "}\n"
                        + "{\"id\":\"k2\",\"messages\":" + chat(5) + "}\n"
                        + "{\"id\":\"k3\",\"messages\":[{\"role\":\"user\",\"user\":\"" + JOHN
                        + "\",\"content\":\"Hello.\"}]}\n"
                        + "{\"id\":\"k4\",\"user\":\"" + JANE + "\",\"messages\":[{\"role\":\"user\",\"user\":\"" + JOHN
                        + "\",\"content\":\"Hello.\"}]}\n");
        Path trajectory = file(
                "t.traj",
                "{\"user\":\"" + JANE
                        + "\",\"trajectory\":[{\"action\":\"ls\",\"thought\":\"look\",\"observation\":\"a\"}],"
                        + "\"info\":{\"exit_status\":\"submitted\"}}");
        ImportSummary summary = bed.run(bed.named("user"), file, trajectory);
        Set<String> about = bed.stored().stream()
                .map(event -> event.sessionId().value().replaceAll("-[0-9a-f]{12}$", "") + " "
                        + event.dataSubjectId()
                                .map(name -> name.equals(bed.nameOf(JANE)) ? "Jane" : "John")
                                .orElse("nobody"))
                .collect(Collectors.toSet());
        assertThat(about).containsExactlyInAnyOrder("k1 Jane", "k2 nobody", "k3 John", "swe-agent Jane");
        assertThat(summary.refusedTotal()).isEqualTo(1);
        assertThat(summary.files().getFirst().refusals().getFirst().reason())
                .isEqualTo(
                        "a run is about one person, and what names persons here names 2: import the conversations apart");
        assertNoTraceOf(JANE, JOHN);
        assertSilent(summary, JANE, JOHN);
        assertThat(bed.run(bed.named("user"), file, trajectory).duplicates()).isEqualTo(summary.added());
    }

    @Test
    void aRunWhoseEnvelopeWouldNameThePersonIsRefusedAsOne() {
        PersonsBed bed = bed();
        Path file = file(
                "chats.jsonl",
                "{\"conversation_id\":\"chat with " + JANE + "\",\"messages\":" + chat(5) + "}\n"
                        + "{\"conversation_id\":\"other\",\"messages\":"
                        + chat(5).replace("\"look\"", "\"mail " + JANE + "\"")
                        + "}\n{\"conversation_id\":\"third\",\"messages\":" + chat(5) + "}\n");
        ImportSummary summary = bed.run(bed.person(JANE), file);
        assertThat(bed.sessions()).containsExactly("third");
        assertThat(summary.added()).isEqualTo(5);
        assertThat(summary.refusedTotal()).isEqualTo(2);
        assertThat(summary.files().getFirst().refusals())
                .extracting(refusal -> refusal.place() + ": " + refusal.reason() + " "
                        + refusal.faults().getFirst().pointer())
                .containsExactly(
                        "line 1: the run is refused with all it has, 5 events: envelopes would have the id of a person /session_id",
                        "line 2: the run is refused with all it has, 5 events: envelopes would have the id of a person /tool_name");
        assertNoTraceOf(JANE);
        assertSilent(summary, JANE);
    }

    /** A session that one span calls after its person is that of its neighbours, too. */
    @Test
    void whatIsAboutNobodyMayNotNameAPersonEither() {
        PersonsBed bed = bed();
        String trace = "7c01b1e5a04d42f7bd6e9a1c3d5f8102";
        Path file = file(
                "spans.json",
                request(
                        span(trace, 1, "of " + JANE, userId("{\"stringValue\":\"" + JANE + "\"}")),
                        span(trace, 2, "of " + JANE, ""),
                        span(trace, 3, "s-9", "")));
        ImportSummary summary = bed.run(bed.named("user.id"), file);
        assertThat(summary.added()).isEqualTo(1);
        assertThat(summary.refusedTotal()).isEqualTo(2);
        assertThat(bed.sessions()).containsExactly("s-9");
        assertNoTraceOf(JANE);
        assertSilent(summary, JANE);
    }

    @Test
    void nothingThatIsToldNamesThePerson() {
        PersonsBed bed = bed();
        Path file = file(
                JANE + ".jsonl",
                "{\"messages\":[{\"role\":\"" + JANE + "\",\"content\":\"x\"}]}\n{\"messages\": [" + JANE + "]}\n{\""
                        + JANE + "\":1}\n");
        Path spans = file(
                "spans.json",
                "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"traceId\":\"" + JANE
                        + "\",\"attributes\":[]}]}]}]}");
        for (Whom whom : List.of(bed.person(JANE), bed.named("user.id"))) {
            ImportSummary summary = bed.run(whom, file, spans);
            assertThat(summary.refusedTotal()).isEqualTo(4);
            assertThat(summary.files())
                    .flatExtracting(ImportSummary.FileReport::refusals)
                    .allSatisfy(refusal ->
                            assertThat(refusal.reason() + refusal.faults()).doesNotContain(JANE));
        }
        assertSilent(bed.run(bed.person(JANE), file, spans), JANE);
    }

    @Test
    void eventsThatSayItThemselvesAreRefusedWholeFile() {
        PersonsBed bed = bed();
        Path file = TRACES.resolve("events/shift.ndjson");
        ImportSummary summary = bed.run(bed.person(JANE), file);
        assertThat(summary.added()).isZero();
        assertThat(summary.files().getFirst().refusals()).singleElement().satisfies(refusal -> {
            assertThat(refusal.place()).isEmpty();
            assertThat(refusal.reason()).contains("says itself whom it is about, in data_subject_id");
        });
        assertThat(bed.stored()).isEmpty();
    }

    @Test
    void whatWasImportedInPlainIsTold() {
        PersonsBed bed = bed();
        String trace = "7c01b1e5a04d42f7bd6e9a1c3d5f8103";
        Path file = file("spans.json", request(span(trace, 1, "s-1", userId("{\"stringValue\":\"" + JANE + "\"}"))));
        assertThat(bed.run(Whom.NOBODY, file).added()).isEqualTo(1);
        ImportSummary summary = bed.run(bed.named("user.id"), file);
        assertThat(summary.conflicts()).isEqualTo(1);
        assertThat(summary.duplicates()).isZero();
        assertThat(summary.files().getFirst().refusals().getFirst().reason())
                .contains("in plain, about nobody, and it stays so");
    }

    /** What is sealed is not brought in once more in plain. */
    @Test
    void whatIsSealedIsNotTakenInPlain() {
        PersonsBed bed = bed();
        String trace = "7c01b1e5a04d42f7bd6e9a1c3d5f8104";
        Path file = file("spans.json", request(span(trace, 1, "s-1", userId("{\"stringValue\":\"" + JANE + "\"}"))));
        assertThat(bed.run(bed.named("user.id"), file).added()).isEqualTo(1);
        ImportSummary summary = bed.run(Whom.NOBODY, file);
        assertThat(summary.conflicts()).isEqualTo(1);
        assertThat(summary.added()).isZero();
        assertNoTraceOf(JANE);
    }

    /** The session of a span was derived from less at the first time: it is the same record, whose person may be erased. */
    @Test
    void aSpanThatIsDerivedFromMoreIsTheSameRecord() {
        PersonsBed bed = bed();
        String trace = "7c01b1e5a04d42f7bd6e9a1c3d5f8105";
        String child = span(trace, 2, "", userId("{\"stringValue\":\"" + JANE + "\"}"));
        Path one = file("one.json", request(child));
        Path both = file("both.json", request(span(trace, 1, "s-1", ""), child));
        assertThat(bed.run(bed.named("user.id"), one).added()).isEqualTo(1);
        ImportSummary more = bed.run(bed.named("user.id"), both);
        assertThat(more.added()).isEqualTo(1);
        assertThat(more.duplicates()).isEqualTo(1);
        bed.erase(JANE);
        bed.authorise(JANE);
        ImportSummary erased = bed.run(bed.named("user.id"), both);
        assertThat(erased.duplicates()).isEqualTo(1);
        assertThat(erased.erased()).isEqualTo(1);
    }

    @Test
    void namesOfNobodyAreWhatTheyWere() {
        PersonsBed bed = bed();
        Path file = file("chat.json", chat(6));
        ImportSummary summary = bed.run(bed.named("user"), file);
        assertThat(summary.personal()).isZero();
        assertThat(bed.stored().stream().map(event -> EventJson.toJson(event).toString()))
                .containsExactlyElementsOf(Captured.read(file).json().lines().toList());
        assertThat(summary.added()).isEqualTo(6);
    }
}
