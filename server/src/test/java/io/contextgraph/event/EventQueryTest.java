// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.EventQuery.Order;
import io.contextgraph.event.EventQuery.Place;
import io.contextgraph.testing.Events;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EventQueryTest {
    private static final Position POSITION = new Position(1_769_860_800_000L, 3);

    private static RecordedEvent recorded() {
        Event event = Events.event(1, "session");
        return new RecordedEvent(event, POSITION, 9, 1, Events.BASE, EventJson.hash(event));
    }

    @Test
    void aCursorHoldsItsPlace() {
        EventQuery query = EventQuery.builder().agentId("agent|1").limit(10).build();
        Cursor cursor = query.cursorAfter(recorded(), 77, POSITION);
        assertThat(cursor.text().length()).isLessThanOrEqualTo(Cursor.MAX_LENGTH);
        Place place = new Place(Events.BASE.plusSeconds(1).toEpochMilli(), 9, 77, POSITION);
        assertThat(query.withCursor(cursor).after()).contains(place);
        assertThat(EventQuery.builder()
                        .agentId("agent|1")
                        .limit(500)
                        .cursor(cursor)
                        .build()
                        .after())
                .contains(place);
        assertThat(query.after()).isEmpty();
    }

    @Test
    void aCursorIsBoundToItsQuery() {
        Cursor cursor = EventQuery.builder().agentId("a").build().cursorAfter(recorded(), 77, POSITION);
        for (EventQuery other : List.of(
                EventQuery.builder().cursor(cursor).build(),
                EventQuery.builder().traceId("a").cursor(cursor).build(),
                EventQuery.builder().agentId("A").cursor(cursor).build(),
                EventQuery.builder()
                        .agentId("a")
                        .minImportance(1)
                        .cursor(cursor)
                        .build(),
                EventQuery.builder()
                        .agentId("a")
                        .from(Events.BASE)
                        .cursor(cursor)
                        .build(),
                EventQuery.builder()
                        .agentId("a")
                        .order(Order.POSITION_DESC)
                        .cursor(cursor)
                        .build())) {
            assertThatThrownBy(other::after)
                    .isInstanceOfSatisfying(
                            InvalidInputException.class,
                            e -> assertThat(e.faults()).extracting(Fault::code).containsExactly("invalid_cursor"));
        }
    }

    @Test
    void aDamagedCursorIsRefused() {
        EventQuery query = EventQuery.builder().build();
        String good = query.cursorAfter(recorded(), 77, POSITION).text();
        for (String text : List.of(
                "", "!", "a", good.substring(1), good + good, good.substring(0, good.length() - 6), "A".repeat(513))) {
            assertThatThrownBy(() -> query.withCursor(new Cursor(text)).after())
                    .as(text)
                    .isInstanceOf(InvalidInputException.class);
        }
    }

    @Test
    void limitsAndRangesAreChecked() {
        for (int limit : List.of(0, -1, 1001)) {
            assertThatThrownBy(() -> EventQuery.builder().limit(limit).build())
                    .isInstanceOf(InvalidInputException.class);
        }
        assertThatThrownBy(() -> EventQuery.builder()
                        .from(Events.BASE.plusMillis(1))
                        .to(Events.BASE)
                        .build())
                .isInstanceOf(InvalidInputException.class);
    }

    @Test
    void aTypeFilterIsATypeOrAPrefix() {
        TypeFilter prefix = new TypeFilter("tool.*");
        assertThat(prefix.matches(new EventType("tool.execute"))).isTrue();
        assertThat(prefix.matches(new EventType("tool.execute.retry"))).isTrue();
        assertThat(prefix.matches(new EventType("toolbox.open"))).isFalse();
        TypeFilter exact = new TypeFilter("tool.execute");
        assertThat(exact.matches(new EventType("tool.execute"))).isTrue();
        assertThat(exact.matches(new EventType("tool.execute.retry"))).isFalse();
        assertThat(exact.exact()).isEqualTo(Optional.of(new EventType("tool.execute")));
        assertThat(prefix.exact()).isEmpty();
        for (String text : List.of("", "*", ".*", "tool", "tool.", "tool*", "Tool.*", "tool.*.x", "tool.**", "a b.*")) {
            assertThat(TypeFilter.parse(text)).as(text).isEmpty();
        }
    }
}
