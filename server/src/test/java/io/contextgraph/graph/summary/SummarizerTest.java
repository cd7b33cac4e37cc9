// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.summary;

import static io.contextgraph.graph.History.START;
import static io.contextgraph.graph.History.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.EventType;
import io.contextgraph.event.Payload;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.event.Sha256;
import io.contextgraph.graph.History;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class SummarizerTest {
    private static final SessionId S = new SessionId("s");
    private final History history = new History();

    @Test
    void aSummaryTellsWhatThereWas() {
        history.add(1, "s", 5_000, e -> e.agentId("a").status(EventStatus.COMPLETED));
        history.add(2, "s", 1_000, e -> e.agentId("b").toolName("search").payload(said("hello")));
        history.add(3, "s", 9_000, e -> e.agentId("a").toolName("search").status(EventStatus.COMPLETED));
        history.add(4, "s", 7_000, e -> e.agentId("a").toolName("read").payload(said("bye")));

        Summary summary = summary(history.events());

        assertThat(summary)
                .isEqualTo(new Summary(
                        S,
                        "1-4",
                        4,
                        1,
                        4,
                        START.plusSeconds(1),
                        START.plusSeconds(9),
                        counts(Map.of("tool.execute", 4L)),
                        counts(Map.of("search", 2L, "read", 1L)),
                        counts(Map.of("a", 3L, "b", 1L)),
                        counts(Map.of("completed", 2L)),
                        Optional.of("hello"),
                        Optional.of("bye"),
                        List.of(),
                        Sha256.hex((id(1) + "\n" + id(2) + "\n" + id(3) + "\n" + id(4) + "\n")
                                .getBytes(StandardCharsets.UTF_8))));
        assertThat(summary.id()).isEqualTo("summary:1-4:s");
        assertThat(summary.agents().json()).hasToString("{\"named\":{\"a\":3,\"b\":1},\"others\":0}");
    }

    @Test
    void theSameEventsGiveTheSameBytesAndAreReadBack() {
        Random random = new Random(7);
        for (int round = 0; round < 20; round++) {
            List<RecordedEvent> events = History.random(random, 60).events().stream()
                    .filter(event -> event.event().sessionId().equals(S))
                    .toList();
            if (!events.isEmpty()) {
                Summary summary = summary(events);
                assertThat(summary(events).properties().toString())
                        .isEqualTo(summary.properties().toString());
                assertThat(Summary.read(summary.properties())).isEqualTo(summary);
            }
        }
    }

    @Test
    void whatIsAboutAPersonIsNotTold() {
        history.add(1, "s", 0, e -> e.payload(said("secret")).dataSubjectId("p"));
        history.add(2, "s", 1, e -> e.payload(said("open")).status(EventStatus.COMPLETED));
        history.add(3, "s", 2, e -> e.payload(said("hidden")).dataSubjectId("p").status(EventStatus.FAILED));

        Summary summary = summary(history.events());

        assertThat(summary.firstText()).contains("open");
        assertThat(summary.lastText()).contains("open");
        assertThat(summary.failing())
                .singleElement()
                .satisfies(chain -> assertThat(chain.text()).isEmpty());
        assertThat(summary.properties().toString()).doesNotContain("secret", "hidden");
    }

    @Test
    void textsAreCutBetweenCharactersAndHaveNoHalfOnes() {
        String face = "\uD83D\uDE00";
        history.add(1, "s", 0, e -> e.payload(said(face.repeat(600))));
        history.add(2, "s", 0, e -> e.payload(said("   ")));
        history.add(3, "s", 0, e -> e.payload(said(face.repeat(Summarizer.MAX_TEXT))));

        Summary summary = summary(history.events());

        assertThat(summary.firstText()).contains(face.repeat(Summarizer.MAX_TEXT - 1) + "…");
        assertThat(summary.lastText()).contains(face.repeat(Summarizer.MAX_TEXT));
        Summarizer broken = new Summarizer(S, "1-1", event -> "half \uD83D");
        broken.add(history.events().getFirst());
        assertThat(broken.summary().firstText()).contains("half \uFFFD");
    }

    @Test
    void aFailureIsToldWithItsCausesWhereverTheyStand() {
        history.add(
                3,
                "s",
                0,
                e -> e.parentId(id(2)).toolName("t").status(EventStatus.FAILED).payload(said("broken")));
        history.add(1, "s", 0);
        history.add(4, "s", 0, e -> e.parentId(id(9)).status(EventStatus.TIMEOUT));
        history.add(2, "s", 0, e -> e.parentId(id(1)).status(EventStatus.COMPLETED));

        assertThat(summary(history.events()).failing())
                .containsExactly(
                        new FailingChain(
                                List.of(
                                        step(3, Optional.of("t"), EventStatus.FAILED),
                                        step(2, Optional.empty(), EventStatus.COMPLETED),
                                        new FailingChain.Step(
                                                id(1), "tool.execute", Optional.empty(), Optional.empty())),
                                false,
                                Optional.of("broken")),
                        new FailingChain(
                                List.of(step(4, Optional.empty(), EventStatus.TIMEOUT)), false, Optional.empty()));
    }

    @Test
    void circlesOfCausesEnd() {
        history.add(1, "s", 0, e -> e.parentId(id(2)).status(EventStatus.FAILED));
        history.add(2, "s", 0, e -> e.parentId(id(1)));

        assertThat(summary(history.events()).failing())
                .singleElement()
                .satisfies(chain -> assertThat(ids(chain)).containsExactly(id(1), id(2)));
    }

    @Test
    void failuresChainsAndWhatIsRememberedAreBounded() {
        history.add(1, "s", 0);
        for (long n = 2; n <= 30; n++) {
            long parent = n - 1;
            history.add(n, "s", 0, e -> e.parentId(id(parent)).status(EventStatus.FAILED));
        }

        List<FailingChain> chains = summary(history.events()).failing();

        assertThat(chains).hasSize(Failures.MAX_CHAINS);
        assertThat(ids(chains.getFirst())).containsExactly(id(2), id(1));
        assertThat(chains.getFirst().cut()).isFalse();
        FailingChain longest = chains.getLast();
        long last = Failures.MAX_CHAINS + 1;
        assertThat(ids(longest))
                .isEqualTo(LongStream.range(0, Failures.MAX_STEPS)
                        .mapToObj(back -> id(last - back))
                        .toList());
        assertThat(longest.cut()).isTrue();
    }

    @Test
    void aCauseIsFoundAsLongAsItIsRemembered() {
        for (int between : List.of(Failures.REMEMBERED - 2, Failures.REMEMBERED)) {
            History far = new History();
            far.add(1, "s", 0);
            LongStream.rangeClosed(2, between + 1L).forEach(n -> far.add(n, "s", 0));
            far.add(9_999, "s", 0, e -> e.parentId(id(1)).status(EventStatus.FAILED));
            assertThat(ids(summary(far.events()).failing().getFirst())).hasSize(between < Failures.REMEMBERED ? 2 : 1);
        }
        History waiting = new History();
        waiting.add(1, "s", 0, e -> e.parentId(id(2)).status(EventStatus.FAILED));
        waiting.add(2, "s", 0);
        LongStream.rangeClosed(3, Failures.REMEMBERED + 10L).forEach(n -> waiting.add(n, "s", 0));
        assertThat(ids(summary(waiting.events()).failing().getFirst())).containsExactly(id(1), id(2));
    }

    @Test
    void manyNamesAreCountedTogether() {
        for (long n = 1; n <= 2_000; n++) {
            String agent = n % 2 == 0 ? "b" : "a" + n;
            history.add(n, "s", 0, e -> e.agentId(agent));
        }

        NameCounts agents = summary(history.events()).agents();

        assertThat(agents.named()).hasSize(NameCounts.MAX_NAMES).containsEntry("b", 1_000L);
        assertThat(agents.named().keySet()).startsWith("b", "a1", "a1001");
        assertThat(agents.others()).isEqualTo(2_000 - 1_000 - (NameCounts.MAX_NAMES - 1));
    }

    @Test
    void aSummaryIsOfOneSessionAndOfSomething() {
        RecordedEvent other = history.add(1, "other", 0);
        Summarizer summarizer = new Summarizer(S, "1-1", event -> "");
        assertThatThrownBy(summarizer::summary).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> summarizer.add(other)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(summarizer::summary).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> Summary.read(Map.of(Summary.SUMMARY_ID, "summary:1:s")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("summary:1:s");
    }

    private static FailingChain.Step step(long number, Optional<String> tool, EventStatus status) {
        return new FailingChain.Step(id(number), new EventType("tool.execute").value(), tool, Optional.of(status));
    }

    private static List<EventId> ids(FailingChain chain) {
        return chain.steps().stream().map(FailingChain.Step::id).toList();
    }

    private static NameCounts counts(Map<String, Long> named) {
        return NameCounts.of(named, 0);
    }

    private static Payload said(String text) {
        return new Payload("{\"said\":\"" + text + "\"}");
    }

    private static Summary summary(List<RecordedEvent> events) {
        Summarizer summarizer = new Summarizer(
                S,
                events.stream()
                        .map(e -> Long.toString(e.seq()))
                        .collect(Collectors.collectingAndThen(
                                Collectors.toList(), seqs -> seqs.getFirst() + "-" + seqs.getLast())),
                SummarizerTest::text);
        events.forEach(summarizer::add);
        return summarizer.summary();
    }

    private static String text(Event event) {
        String json = event.payload().orElseThrow().json();
        return json.substring(json.indexOf(':') + 2, json.length() - 2);
    }
}
