// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import static io.contextgraph.graph.History.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.EventStatus;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.memory.InMemoryGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is written down of a session and gone on with is the sum of the session, or says that it does not know. */
final class SessionTallyTest {
    private static final SessionId S = new SessionId("s");

    @Test
    void whatIsWrittenDownGoesOnToTheSumOfAll() {
        long first = Long.getLong("contextgraph.seed", new Random().nextLong(1L << 40));
        System.out.println("SessionTallyTest: seeds from " + first + " on (-Dcontextgraph.seed=" + first + ")");
        int known = 0;
        int unknown = 0;
        for (long seed = first; seed < first + 400; seed++) {
            Random random = new Random(seed);
            List<RecordedEvent> events = session(random, random.nextInt(80), 1 + random.nextInt(60));
            SessionTally tally = new SessionTally();
            for (RecordedEvent event : events) {
                tally.add(event);
                if (random.nextInt(5) == 0) {
                    tally = reread(tally);
                }
            }
            Optional<SessionDigest> sum = reread(tally).digest(S);
            assertThat(tally.events()).isEqualTo(events.size());
            assertThat(sum).describedAs("seed " + seed).isEqualTo(tally.digest(S));
            assertThat(sum.isPresent()).describedAs("seed " + seed).isEqualTo(inTime(events));
            if (sum.isPresent()) {
                assertThat(sum).describedAs("seed " + seed).contains(inGraph(events));
            }
            known += sum.isPresent() ? 1 : 0;
            unknown += sum.isPresent() ? 0 : 1;
        }
        assertThat(known).isPositive();
        assertThat(unknown).isPositive();
    }

    @Test
    void askingForTheSumDoesNotEndTheAddingUp() {
        SessionTally tally = new SessionTally();
        for (RecordedEvent event : session(new Random(1), 40, 3)) {
            tally.add(event);
            assertThat(tally.digest(S)).isPresent();
        }
        assertThat(tally.digest(S)).contains(inGraph(session(new Random(1), 40, 3)));
    }

    @Test
    void anEventThatIsTooLateLeavesOnlyTheOrderUnknown() {
        History history = new History();
        for (int n = 1; n <= SessionTally.WINDOW + 1; n++) {
            history.add(n, "s", n * 1_000L);
        }
        SessionTally tally = tally(history.events());
        assertThat(tally.digest(S)).isPresent();
        history.add(90, "s", 0);
        history.add(91, "s", 90_000);

        SessionTally late = reread(tally(history.events()));

        assertThat(late.digest(S)).isEmpty();
        assertThat(late.events()).isEqualTo(history.events().size());
        List<RecordedEvent> inOrder = new ArrayList<>(history.events());
        inOrder.addFirst(inOrder.remove(SessionTally.WINDOW + 1));
        assertThat(sums(late)).isEqualTo(sums(tally(inOrder))).isNotEqualTo(sums(tally));
    }

    @Test
    void aTallyIsShort() {
        assertThat(new SessionTally().toString()).isEqualTo("1 0 0 0 0 0 -");
        assertThat(tally(session(new Random(3), 2_000, 5)).toString().length())
                .isLessThan(60 + 15 * SessionTally.WINDOW);
    }

    /** It is counted when it goes, and when it is back. */
    @Test
    void whatTheGraphHasForgottenIsInNoSum() {
        History history = new History();
        for (int n = 1; n <= 6; n++) {
            boolean failed = n % 3 == 0;
            history.add(n, "s", n * 1_000L, event -> event.status(failed ? EventStatus.FAILED : EventStatus.COMPLETED));
        }
        List<RecordedEvent> events = history.events();
        SessionTally tally = SessionTally.forgetting(new Forgetting(2, 4), 0);
        events.forEach(tally::leaves);
        // The third is important, the last two are not old enough.
        SessionTally rest = tally(List.of(events.get(2), events.get(4), events.get(5)));
        assertThat(tally.forgotten()).isEqualTo(3);
        assertThat(tally.sameEvents(rest)).isTrue();
        assertThat(tally.digest(S)).isEqualTo(rest.digest(S)).isPresent();
        assertThat(tally.toString()).isEqualTo("2 2 4 3 " + rest);
        SessionTally again = reread(tally);
        assertThat(again.forgotten()).isEqualTo(3);
        assertThat(again.forgetting()).isEqualTo(new Forgetting(2, 4));
        again.remove(events.get(0));
        assertThat(again.forgotten()).isEqualTo(2);
        assertThat(again.sameEvents(rest)).isTrue();
        again.remove(events.get(2));
        assertThat(again.forgotten()).isEqualTo(2);
        assertThat(again.events()).isEqualTo(2);
        for (String damaged :
                List.of("2 2 4", "2 2 4 3", "2 -1 4 3 " + rest, "2 2 4 x! " + rest, "2 2 4 3 2 " + rest)) {
            assertThatThrownBy(() -> SessionTally.of(damaged)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void whatIsNoTallyIsRefused() {
        String whole = tally(session(new Random(4), 40, 5)).toString();
        for (String text : List.of(
                "",
                "2" + whole.substring(1),
                whole + " ",
                whole + " 1,1",
                whole.substring(0, whole.lastIndexOf(',')),
                "1 0 0 0 0 ? -",
                "1 0 0 0 0",
                "1 0 0 0 x! 0 -")) {
            assertThatThrownBy(() -> SessionTally.of(text))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("tally must be");
        }
    }

    private static SessionTally tally(List<RecordedEvent> events) {
        SessionTally tally = new SessionTally();
        events.forEach(tally::add);
        return tally;
    }

    private static SessionTally reread(SessionTally tally) {
        SessionTally again = SessionTally.of(tally.toString());
        assertThat(again).hasToString(tally.toString());
        return again;
    }

    /** Events in about the order of time: each up to some places too late. */
    private static List<RecordedEvent> session(Random random, int size, int jitter) {
        History history = new History();
        for (int n = 1; n <= size; n++) {
            long parent = 1L + random.nextInt(size);
            boolean orphan = parent == n;
            history.add(
                    n,
                    "s",
                    (n + random.nextInt(jitter)) * 100L,
                    event -> event.parentId(orphan ? null : id(parent)).toolName(random.nextBoolean() ? "t" : null));
        }
        return new ArrayList<>(history.events());
    }

    /** Whether no event comes more than a window after one that it precedes. */
    private static boolean inTime(List<RecordedEvent> events) {
        for (int late = 0; late < events.size(); late++) {
            RecordedEvent event = events.get(late);
            long ahead = events.subList(0, late).stream()
                    .filter(other ->
                            other.event().occurredAt().isAfter(event.event().occurredAt()))
                    .count();
            if (ahead > SessionTally.WINDOW) {
                return false;
            }
        }
        return true;
    }

    private static SessionDigest inGraph(List<RecordedEvent> events) {
        InMemoryGraph graph = new InMemoryGraph();
        graph.apply(Projection.project(events));
        return graph.digests(Optional.empty(), GraphAudit.MAX_DIGESTS).sessions().stream()
                .findFirst()
                .orElse(SessionDigest.empty(S));
    }

    /** Everything but the FOLLOWS edges. */
    private static List<String> sums(SessionTally tally) {
        return List.of(tally.toString().split(" ")).subList(0, 5);
    }
}
