// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.personal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.Event;
import io.contextgraph.event.Payload;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendOutcome.Appended;
import io.contextgraph.ledger.AppendOutcome.Conflict;
import io.contextgraph.ledger.AppendOutcome.Duplicate;
import io.contextgraph.ledger.LedgerContract;
import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.testing.Events;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What every {@link PersonalEvents} must do. */
public abstract class PersonalEventsContract extends LedgerContract<PartitionFixture> {
    private static final SubjectPseudonym ONE = Events.pseudonym(1);
    private static final SubjectPseudonym TWO = Events.pseudonym(2);
    private static final SubjectPseudonym NOBODY = Events.pseudonym(99);

    private PersonalEvents personal() {
        return ledger.personal();
    }

    private static PersonalEvent at(long seq, long number) {
        return new PersonalEvent(seq, Events.id(number));
    }

    /** All pages of some size. */
    private static List<PersonalEvent> all(PersonalEvents personal, SubjectPseudonym subject, int size) {
        List<PersonalEvent> all = new ArrayList<>();
        List<PersonalEvent> page = personal.events(subject, 0, size);
        while (!page.isEmpty()) {
            assertThat(page).hasSizeLessThanOrEqualTo(size);
            all.addAll(page);
            page = personal.events(subject, page.getLast().seq(), size);
        }
        return all;
    }

    @Test
    void aLedgerWithoutPersonsHasNothingOfThem() {
        append(Events.full(1, "session"));
        assertThat(personal().events(NOBODY, 0, 10)).isEmpty();
    }

    @Test
    void eventsAboutAPersonAreFoundInPagesOfAnySize() {
        List<Event> events = new ArrayList<>();
        List<PersonalEvent> expected = new ArrayList<>();
        for (int n = 1; n <= 120; n++) {
            events.add(
                    n % 3 == 0
                            ? Events.event(n, "session-" + n % 4)
                            : Events.about(n, "session-" + n % 4, n % 3, 1 + n % 5));
            if (n % 3 == 1) {
                expected.add(at(n, n));
            }
        }
        assertThat(append(events)).hasOnlyElementsOfType(Appended.class);
        for (int size : List.of(1, 7, 39, 40, 41, PersonalEvents.MAX_STEP)) {
            assertThat(all(another().personal(), ONE, size)).isEqualTo(expected);
        }
        assertThat(personal().events(ONE, 119, 10)).isEmpty();
        for (int size : List.of(0, PersonalEvents.MAX_STEP + 1)) {
            assertThatThrownBy(() -> personal().events(ONE, 0, size)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> personal().events(ONE, -1, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatIsForgottenLeavesTheEventAndTakesThePayload() {
        append(List.of(
                Events.about(1, "session", 1, 1),
                Events.full(2, "session"),
                Events.about(3, "session", 2, 1),
                Events.about(4, "session", 1, 2)));
        List<RecordedEvent> before = all();
        assertThat(personal().raise(ONE, 2)).isEqualTo(2);
        assertThat(personal().forget(ONE, List.of(at(1, 1), at(4, 4), at(9, 9))))
                .isEqualTo(2);
        assertThat(personal().forget(ONE, List.of(at(1, 1)))).isZero();

        assertThat(personal().events(ONE, 0, 10)).isEmpty();
        assertThat(personal().count(ONE)).isZero();
        assertThat(all()).isEqualTo(before);
        RecordedEvent forgotten = another().log().find(Events.id(1)).found().orElseThrow();
        assertThat(forgotten).isEqualTo(before.getFirst());
        assertThat(forgotten.event().payload()).isEmpty();
        assertThat(forgotten.event().dataSubjectId()).contains(ONE.value());
        assertThat(ledger.log()
                        .payloads(LongStream.rangeClosed(1, 4)
                                .mapToObj(Events::id)
                                .toList()))
                .containsOnlyKeys(Events.id(2), Events.id(3));
        assertThat(personal().count(TWO)).isEqualTo(1);
        // The same again is still a duplicate, and sealed anew still a conflict.
        assertThat(append(Events.about(1, "session", 1, 1))).isInstanceOf(Duplicate.class);
        assertThat(append(Events.about(1, "session", 1, 5))).isInstanceOf(Conflict.class);
    }

    @Test
    void whatNoFenceCoversIsNotForgotten() {
        append(List.of(Events.about(1, "session", 1, 1), Events.about(2, "session", 1, 2)));
        List<PersonalEvent> both = List.of(at(1, 1), at(2, 2));
        assertThatThrownBy(() -> personal().forget(ONE, both))
                .isInstanceOf(UnfencedException.class)
                .hasMessageContaining(ONE.value());
        assertThat(personal().raise(ONE, 1)).isEqualTo(1);
        assertThat(personal().raise(TWO, 9)).isEqualTo(9);
        assertThatThrownBy(() -> personal().forget(ONE, both)).isInstanceOf(UnfencedException.class);
        assertThat(personal().count(ONE)).isEqualTo(2);
        assertThat(ledger.log().payloads(List.of(Events.id(1), Events.id(2)))).hasSize(2);
        // Those of another are none of its own.
        assertThat(personal().forget(TWO, both)).isZero();
        assertThat(personal().forget(ONE, List.of(at(1, 1)))).isEqualTo(1);
        assertThat(personal().events(ONE, 0, 10)).containsExactly(at(2, 2));
        for (List<PersonalEvent> none : List.of(
                List.<PersonalEvent>of(),
                LongStream.rangeClosed(1, PersonalEvents.MAX_STEP + 1)
                        .mapToObj(n -> at(n, n))
                        .toList())) {
            assertThatThrownBy(() -> personal().forget(ONE, none)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aPersonWithManyEventsIsForgottenInSteps() {
        List<Event> events = LongStream.rangeClosed(1, 1300)
                .mapToObj(n -> Events.about(n, "session-" + n % 9, 1, 1))
                .toList();
        assertThat(append(events)).hasOnlyElementsOfType(Appended.class);
        assertThat(personal().raise(ONE, 1)).isEqualTo(1);
        int forgotten = 0;
        List<PersonalEvent> page = personal().events(ONE, 0, PersonalEvents.MAX_STEP);
        while (!page.isEmpty()) {
            forgotten += personal().forget(ONE, page);
            page = personal().events(ONE, page.getLast().seq(), PersonalEvents.MAX_STEP);
        }
        assertThat(forgotten).isEqualTo(1300);
        assertThat(personal().count(ONE)).isZero();
        assertThat(all()).hasSize(1300);
        List<AppendOutcome> again = append(events.subList(0, 3));
        assertThat(again).hasOnlyElementsOfType(Duplicate.class);
    }

    @Test
    void aPersonWhoReturnsIsForgottenAgain() {
        append(Events.about(1, "session", 1, 1));
        assertThat(personal().raise(ONE, 1)).isEqualTo(1);
        assertThat(personal().forget(ONE, List.of(at(1, 1)))).isEqualTo(1);
        append(Events.about(2, "session", 1, 2));
        assertThat(personal().events(ONE, 0, 10)).containsExactly(at(2, 2));
        Payload back =
                ledger.log().payloads(List.of(Events.id(1), Events.id(2))).get(Events.id(2));
        assertThat(back).isEqualTo(Events.sealed(2, ONE, 2));
        assertThat(personal().raise(ONE, 2)).isEqualTo(2);
        assertThat(personal().forget(ONE, List.of(at(1, 1), at(2, 2)))).isEqualTo(1);
        assertThat(personal().count(ONE)).isZero();
    }
}
