// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.EventType;
import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.Page;
import io.contextgraph.event.SessionId;
import io.contextgraph.testing.Events;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What every {@link Sessions} must do. */
public abstract class SessionsContract extends LedgerContract<LedgerFixture> {
    private static Event event(long n, String session, long millis, String agent, EventStatus status) {
        return Event.builder(Events.id(n), new EventType("a.b"), Events.BASE.plusMillis(millis), new SessionId(session))
                .agentId(agent)
                .status(status)
                .payloadRef("r")
                .build();
    }

    @Test
    void anEmptyLedgerHasNoSessions() {
        assertThat(ledger.sessions().find(new SessionId("s"))).isEmpty();
        assertThat(ledger.sessions().list(10, Optional.empty())).isEqualTo(new Page<>(List.of(), Optional.empty()));
    }

    @Test
    void aSummaryTellsWhatTheSessionHolds() {
        append(Events.event(9, "other"));
        append(event(1, "s", 500, "zeta", EventStatus.RUNNING));
        append(event(2, "s", 100, "alpha", EventStatus.FAILED));
        append(event(3, "s", 900, "Beta", EventStatus.COMPLETED));
        append(event(4, "s", 300, "alpha", EventStatus.PENDING));
        SessionId id = new SessionId("s");
        SessionSummary expected = new SessionSummary(
                id,
                2,
                Events.BASE.plusMillis(100),
                Events.BASE.plusMillis(900),
                Events.id(4),
                4,
                List.of("Beta", "alpha", "zeta"),
                Optional.of(EventStatus.PENDING));
        assertThat(ledger.sessions().find(id)).contains(expected);
        assertThat(another().sessions().find(id)).contains(expected);

        // A duplicate and a conflict leave no trace.
        append(event(1, "s", 500, "zeta", EventStatus.RUNNING));
        append(event(1, "s", 5, "omega", EventStatus.RUNNING));
        assertThat(ledger.sessions().find(id)).contains(expected);

        append(Events.event(5, "s"));
        assertThat(ledger.sessions().find(id).orElseThrow().status()).isEmpty();
    }

    @Test
    void theDirectoryIsNewestFirstAndPagesReachEverySession() {
        List<SessionId> expected = new ArrayList<>();
        for (int n = 1; n <= 30; n++) {
            append(Events.event(n, "session-" + n));
            append(Events.event(100 + n, "session-" + (1 + n / 2)));
            expected.addFirst(new SessionId("session-" + n));
        }
        for (int limit : List.of(1, 7, 29, 30, 31)) {
            List<SessionSummary> found = new ArrayList<>();
            Page<SessionSummary> page = ledger.sessions().list(limit, Optional.empty());
            while (true) {
                found.addAll(page.items());
                if (page.next().isEmpty()) {
                    break;
                }
                assertThat(page.items()).hasSize(limit);
                page = ledger.sessions().list(limit, page.next());
            }
            assertThat(found.stream().map(SessionSummary::id)).containsExactlyElementsOf(expected);
            for (SessionSummary summary : found) {
                assertThat(ledger.sessions().find(summary.id())).contains(summary);
            }
        }
    }

    @Test
    void newSessionsDoNotDisturbPagesThatGoOn() {
        for (int n = 1; n <= 4; n++) {
            append(Events.event(n, "session-" + n));
        }
        Page<SessionSummary> first = ledger.sessions().list(2, Optional.empty());
        append(Events.event(5, "session-5"));
        append(Events.event(6, "session-1"));
        Page<SessionSummary> second = ledger.sessions().list(2, first.next());
        assertThat(second.items().stream().map(s -> s.id().value())).containsExactly("session-2", "session-1");
        assertThat(second.next()).isEmpty();
    }

    @Test
    void hostileNamesAreOnlyNames() {
        List<String> names = Events.HOSTILE_NAMES;
        for (int i = 0; i < names.size(); i++) {
            append(event(i + 1L, names.get(i), i, names.get(i), EventStatus.RUNNING));
        }
        assertThat(ledger.sessions().list(1000, Optional.empty()).items().stream()
                        .map(s -> s.id().value()))
                .containsExactlyElementsOf(names.reversed());
        for (String name : names) {
            SessionSummary summary = ledger.sessions().find(new SessionId(name)).orElseThrow();
            assertThat(summary.agents()).containsExactly(name);
            assertThat(summary.eventCount()).isEqualTo(1);
        }
    }

    @Test
    void limitsAndCursorsAreChecked() {
        append(Events.event(1, "a"));
        append(Events.event(2, "b"));
        for (int limit : List.of(0, -1, Sessions.MAX_LIMIT + 1)) {
            assertThatThrownBy(() -> ledger.sessions().list(limit, Optional.empty()))
                    .isInstanceOf(InvalidInputException.class);
        }
        for (Cursor cursor : List.of(
                new Cursor("nonsense"),
                Cursor.of("sessions", List.of("x")),
                Cursor.of("sessions", List.of()),
                Cursor.of("others", List.of("1")))) {
            assertThatThrownBy(() -> ledger.sessions().list(1, Optional.of(cursor)))
                    .isInstanceOf(InvalidInputException.class);
        }
    }
}
