// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.Original;
import io.contextgraph.event.Payload;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.ExpectedSessionSeq;
import io.contextgraph.ledger.LedgerContract;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.TrimmedFixture;
import io.contextgraph.ledger.personal.PersonalEvent;
import io.contextgraph.ledger.personal.PersonalEvents;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.ledger.trim.FencedException;
import io.contextgraph.testing.Events;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What {@link Pruning#restore} must do: everything is as it was before it went. */
public abstract class RestoringContract extends LedgerContract<PartitionFixture> {
    private static final int SESSIONS = 5;

    private static SessionId session(long n) {
        return new SessionId("session-" + n);
    }

    private static EventId id(RecordedEvent event) {
        return event.event().id();
    }

    private Pruning pruning() {
        return ledger.pruning();
    }

    private Fence fence() {
        return ledger.trimming().lease().take("one", Duration.ofMinutes(1)).orElseThrow();
    }

    /** What the store holds by name, but for what remembers prunings. */
    protected abstract Map<String, Object> stored();

    /** Some with payloads, sealed ones among them, parents, tools, originals; with what an archive would have of them. */
    private List<RecordedEvent> given(int count) {
        for (long n = 1; n <= count; n++) {
            Optional<Original> original = n % 4 == 0
                    ? Optional.of(new Original(
                            new Position(1000 + n, 0), n + 7, 1, Instant.ofEpochMilli(1000 + n), Optional.empty()))
                    : Optional.empty();
            var ignored = ledger.log()
                    .append(
                            List.of(new Append(
                                    given(n, session(n % SESSIONS).value()), ExpectedSessionSeq.ANY, original)),
                            Durability.MEMORY);
        }
        TrimmedFixture.trim(ledger.trimming());
        return all().stream()
                .map(event -> ledger.log().find(id(event)).found().orElseThrow())
                .toList();
    }

    private static Event given(long n, String session) {
        return n % 5 == 2 ? Events.about(n, session, (int) n % 2, 1 + (int) n % 3) : Events.full(n, session);
    }

    private static Map<SessionId, String> tallies(List<RecordedEvent> events) {
        Map<SessionId, String> tallies = new HashMap<>();
        events.forEach(event -> tallies.put(event.event().sessionId(), "t"));
        return tallies;
    }

    private Pruned prune(String segment, List<RecordedEvent> events) {
        Fence fence = fence();
        Pruned pruned = pruning()
                .begin(
                        fence,
                        new Pruning.Plan(
                                segment,
                                "ceiling 90d",
                                SeqRun.of(
                                        events.stream().map(RecordedEvent::seq).toList()),
                                true));
        long next = all().stream()
                .map(RecordedEvent::seq)
                .filter(seq -> events.stream().noneMatch(event -> event.seq() == seq))
                .findFirst()
                .orElseThrow();
        for (int from = 0; from < events.size(); from += Pruning.MAX_STEP) {
            List<RecordedEvent> some = events.subList(from, Math.min(events.size(), from + Pruning.MAX_STEP)).stream()
                    .map(LedgerContract::slim)
                    .toList();
            boolean last = from + some.size() == events.size();
            assertThat(pruning().step(fence, pruned, some, tallies(some), last ? next : 1))
                    .isEmpty();
        }
        ledger.trimming().lease().release(fence);
        return pruned;
    }

    private void restore(List<RecordedEvent> events) {
        Fence fence = fence();
        pruning().restore(fence, events, tallies(events));
        ledger.trimming().lease().release(fence);
    }

    private List<RecordedEvent> search(EventQuery.Builder query) {
        List<RecordedEvent> found = new ArrayList<>();
        EventQuery next = query.limit(7).build();
        while (true) {
            var page = ledger.search().search(next);
            found.addAll(page.events());
            if (page.next().isEmpty()) {
                return found;
            }
            next = next.withCursor(page.next().get());
        }
    }

    /** Everything that a reader can be told. */
    private Map<String, Object> answers(List<RecordedEvent> events) {
        Map<String, Object> answers = new LinkedHashMap<>();
        answers.put("all", all());
        answers.put("head", ledger.order().head());
        answers.put("extent", pruning().extent());
        events.forEach(event -> answers.put("find " + event.seq(), ledger.log().find(id(event))));
        for (EventQuery.Order order : EventQuery.Order.values()) {
            answers.put("search " + order, search(EventQuery.builder().order(order)));
            answers.put(
                    "agent " + order,
                    search(EventQuery.builder()
                            .order(order)
                            .agentId(events.getFirst().event().agentId())));
            for (long n = 0; n < SESSIONS; n++) {
                answers.put(
                        "session " + n + order,
                        search(EventQuery.builder().order(order).sessionId(session(n))));
            }
        }
        for (long n = 0; n < SESSIONS; n++) {
            answers.put("summary " + n, ledger.sessions().find(session(n)));
        }
        answers.put(
                "pruned",
                pruning()
                        .sessions(ledger.sessions().list(100, Optional.empty()).items().stream()
                                .map(summary -> summary.id())
                                .toList()));
        return answers;
    }

    private void narrow(int events) {
        Fence fence = fence();
        ledger.trimming().index().prepare();
        var ignored = ledger.trimming().index().narrow(fence, events);
        ledger.trimming().lease().release(fence);
    }

    private static void assertSame(Map<String, Object> now, Map<String, Object> before) {
        assertThat(now.keySet()).isEqualTo(before.keySet());
        before.forEach((name, value) -> assertThat(now.get(name)).as(name).isEqualTo(value));
    }

    private void comesBackAsItWas(List<RecordedEvent> events) {
        Map<String, Object> before = answers(events);
        Map<String, Object> stored = stored();
        List<RecordedEvent> going = events.subList(0, events.size() - 1);
        Pruned ignored = prune("s1", going.subList(0, 20));
        ignored = prune("s2", going.subList(20, going.size()));
        assertThat(all()).hasSize(1);
        for (int from = 0; from < going.size(); from += 10) {
            List<RecordedEvent> some = going.subList(from, Math.min(going.size(), from + 10));
            restore(some);
            assertThat(all().stream().map(RecordedEvent::seq).toList())
                    .isEqualTo(LongStream.concat(
                                    LongStream.rangeClosed(1, from + some.size()), LongStream.of(events.size()))
                            .distinct()
                            .boxed()
                            .toList());
        }
        assertSame(answers(events), before);
        assertSame(stored(), stored);
        assertThat(pruning().extent()).isEqualTo(Pruning.Extent.NONE);
    }

    @Test
    void everythingIsAsItWas() {
        comesBackAsItWas(given(43));
    }

    @Test
    void whatTheIndexDoesNotHaveComesBackWhereItWas() {
        List<RecordedEvent> events = given(43);
        narrow(33);
        comesBackAsItWas(events);
    }

    /** The index leaves behind what went before. */
    @Test
    void whatWentBeforeTheIndexNarrowedIsFoundAgain() {
        List<RecordedEvent> events = given(43);
        List<RecordedEvent> found = search(EventQuery.builder().sessionId(session(2)));
        Pruned ignored = prune("s1", events.subList(0, 25));
        narrow(100);
        restore(events.subList(0, 25));
        assertThat(all()).isEqualTo(events.stream().map(LedgerContract::slim).toList());
        for (RecordedEvent event : events) {
            assertThat(ledger.log().find(id(event))).isEqualTo(new Lookup.Found(event));
        }
        assertThat(search(EventQuery.builder().sessionId(session(2)))).containsExactlyInAnyOrderElementsOf(found);
        assertThat(pruning().extent()).isEqualTo(Pruning.Extent.NONE);
    }

    @Test
    void whatWasErasedMeanwhileComesBackWithoutItsPayload() {
        List<RecordedEvent> events = given(20);
        PersonalEvents personal = ledger.personal();
        // Events 2 and 12 are of person 0, 7 and 17 of person 1; 7 by the key of generation 2, 17 by that of generation
        // 3.
        assertThat(personal.count(Events.pseudonym(0))).isEqualTo(2);
        assertThat(personal.count(Events.pseudonym(1))).isEqualTo(2);
        Pruned ignored = prune("s1", events.subList(0, 19));
        assertThat(personal.count(Events.pseudonym(0)) + personal.count(Events.pseudonym(1)))
                .isZero();
        assertThat(personal.events(Events.pseudonym(1), 0, 10)).isEmpty();
        assertThat(personal.raise(Events.pseudonym(1), 2)).isEqualTo(2);

        restore(events.subList(0, 19));
        for (RecordedEvent event : events) {
            RecordedEvent expected = event.seq() == 7 ? event.withPayload(Optional.empty()) : event;
            assertThat(ledger.log().find(id(event))).isEqualTo(new Lookup.Found(expected));
        }
        assertThat(personal.events(Events.pseudonym(0), 0, 10))
                .containsExactly(new PersonalEvent(2, Events.id(2)), new PersonalEvent(12, Events.id(12)));
        assertThat(personal.events(Events.pseudonym(1), 0, 10)).containsExactly(new PersonalEvent(17, Events.id(17)));
        assertThat(ledger.log().payloads(List.of(Events.id(7), Events.id(17)))).containsOnlyKeys(Events.id(17));
    }

    @Test
    void nothingAboutAPersonComesBackInPlain() {
        List<RecordedEvent> events = given(5);
        Pruned ignored = prune("s1", events.subList(0, 3));
        RecordedEvent plain = events.get(1).withPayload(Optional.of(new Payload("{\"text\":\"plain\"}")));
        assertThatThrownBy(() -> restore(List.of(events.getFirst(), plain, events.get(2))))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("is not sealed");
        assertThat(all()).hasSize(2);
    }

    /** Whatever goes and comes back in whatever order. */
    @Test
    void inAnyOrder() {
        RandomGenerator random = RandomGeneratorFactory.getDefault().create(20261129);
        List<RecordedEvent> events = given(60);
        Map<String, Object> before = answers(events);
        List<RecordedEvent> gone = new ArrayList<>();
        for (int round = 0; round < 12; round++) {
            boolean takes = gone.isEmpty() || random.nextBoolean();
            List<RecordedEvent> some = events.subList(0, 59).stream()
                    .filter(event -> takes != gone.contains(event) && random.nextInt(2) == 0)
                    .toList();
            if (some.isEmpty()) {
                continue;
            }
            if (takes) {
                Pruned ignored = prune("s" + round, some);
                gone.addAll(some);
            } else {
                restore(some);
                gone.removeAll(some);
            }
            assertThat(all())
                    .isEqualTo(events.stream()
                            .filter(event -> !gone.contains(event))
                            .map(LedgerContract::slim)
                            .toList());
            assertThat(pruning().extent().events()).isEqualTo(gone.size());
        }
        gone.sort((one, other) -> Long.compare(one.seq(), other.seq()));
        if (!gone.isEmpty()) {
            restore(gone);
        }
        assertSame(answers(events), before);
    }

    @Test
    void aSessionOfWhichSomeIsStillGoneSaysSo() {
        List<RecordedEvent> events = given(20);
        Pruned pruned = prune("s1", events.subList(0, 15));
        Fence fence = fence();
        List<RecordedEvent> first = events.subList(0, 1);
        assertThatThrownBy(() -> pruning().restore(fence, first, Map.of()))
                .isInstanceOf(IllegalArgumentException.class);
        pruning().restore(fence, first, Map.of(session(1), "left"));
        assertThat(pruning().sessions(Set.of(session(1), session(2))))
                .isEqualTo(Map.of(session(1), new PrunedSession(2, "left"), session(2), new PrunedSession(3, "t")));
        assertThat(pruning().extent().events()).isEqualTo(14);
        assertThat(pruning().extent().firstSeq()).isEqualTo(1);
        assertThat(ledger.log().find(id(events.get(1)))).isEqualTo(pruned.gone());
        assertThat(ledger.log()
                        .append(List.of(Append.of(events.getFirst().event())), Durability.MEMORY)
                        .outcomes()
                        .getFirst())
                .isInstanceOf(AppendOutcome.Duplicate.class);
    }

    /** An event whose id has been forgotten comes back as well. */
    @Test
    void whatTheLedgerHasForgottenComesBack() {
        List<RecordedEvent> events = given(10);
        Pruned pruned = prune("s1", events.subList(0, 5));
        Fence fence = fence();
        assertThat(pruning().forget(fence, pruned.at().plusMillis(1), 9)).isEqualTo(5);
        pruning().restore(fence, events.subList(0, 5), tallies(events));
        assertThat(all()).isEqualTo(events.stream().map(LedgerContract::slim).toList());
    }

    @Test
    void aPruningUnderWayIsAtItsEnd() {
        List<RecordedEvent> events = given(10);
        Pruned pruned = prune("s1", events.subList(0, 5));
        assertThat(pruning().last()).contains(pruned);
        restore(events.subList(0, 2));
        assertThat(pruning().last()).isEmpty();
        assertThat(pruning().find(pruned.at())).contains(pruned);
        Fence fence = fence();
        Pruned again = pruning().begin(fence, pruned.plan());
        assertThat(again.at()).isAfter(pruned.at());
        assertThat(pruning().last()).contains(again);
    }

    @Test
    void nothingComesBackThatIsThereOrNeverWentOrWithoutTheLease() {
        List<RecordedEvent> events = given(10);
        Fence fence = fence();
        assertThatThrownBy(() -> pruning().restore(fence, events.subList(0, 2), Map.of()))
                .isInstanceOf(RuntimeException.class);
        ledger.trimming().lease().release(fence);
        Pruned ignored = prune("s1", events.subList(0, 5));
        Map<String, Object> stored = stored();
        Fence next = fence();
        assertThatThrownBy(() -> pruning().restore(next, events.subList(4, 6), tallies(events)))
                .isInstanceOf(LedgerException.class);
        assertThatThrownBy(() -> pruning().restore(next, List.of(), Map.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> pruning().restore(fence, events.subList(0, 2), tallies(events)))
                .isInstanceOf(FencedException.class);
        ledger.trimming().lease().release(next);
        assertSame(stored(), stored);
        assertThat(all()).hasSize(5);
        restore(events.subList(0, 2));
        assertThatThrownBy(() -> restore(events.subList(0, 2))).isInstanceOf(LedgerException.class);
    }
}
