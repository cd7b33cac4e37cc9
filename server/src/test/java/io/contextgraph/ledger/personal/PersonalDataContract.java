// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.personal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.Event;
import io.contextgraph.ledger.AppendOutcome.Appended;
import io.contextgraph.ledger.AppendOutcome.Conflict;
import io.contextgraph.ledger.AppendOutcome.Duplicate;
import io.contextgraph.ledger.AppendOutcome.Fenced;
import io.contextgraph.ledger.LedgerContract;
import io.contextgraph.ledger.LedgerFixture;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.testing.Events;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What every {@link PersonalData} must do. */
public abstract class PersonalDataContract extends LedgerContract<LedgerFixture> {
    private static final SubjectPseudonym ONE = Events.pseudonym(1);
    private static final SubjectPseudonym TWO = Events.pseudonym(2);
    private static final SubjectPseudonym NOBODY = Events.pseudonym(99);

    /** So many that each partition has some of them. */
    private static final int SESSIONS = 60;

    private PersonalData personal() {
        return ledger.personal();
    }

    /** Of each session one event about a person. */
    private static List<Event> about(int person, int generation, long first) {
        return LongStream.range(0, SESSIONS)
                .mapToObj(n -> Events.about(first + n, "session-" + n, person, generation))
                .toList();
    }

    @Test
    void ofNobodyThereIsNothing() {
        append(Events.full(1, "session"));
        assertThat(personal().count(NOBODY)).isZero();
        assertThat(personal().fence(NOBODY)).isEmpty();
    }

    @Test
    void payloadsAreCountedWhereverTheyAre() {
        assertThat(append(about(1, 1, 1))).hasOnlyElementsOfType(Appended.class);
        assertThat(append(about(2, 1, 1001).subList(0, 20))).hasOnlyElementsOfType(Appended.class);
        append(Events.full(5000, "session-1"));
        assertThat(another().personal().count(ONE)).isEqualTo(SESSIONS);
        assertThat(personal().count(TWO)).isEqualTo(20);
    }

    @Test
    void aFenceKeepsWhatIsNewOutOfEverySession() {
        assertThat(personal().raise(ONE, 3)).isEqualTo(3);
        assertThat(append(about(1, 3, 1))).hasOnlyElementsOfType(Fenced.class);
        assertThat(personal().count(ONE)).isZero();
        assertThat(append(about(1, 4, 1))).hasOnlyElementsOfType(Appended.class);
    }

    /** That of all is the lowest: what is behind it is kept out everywhere. */
    @Test
    void aFenceIsAsHighAsItIsEverywhere() {
        List<Partition> partitions = ledger.partitions();
        Partition first = partitions.getFirst();
        assertThat(first.personal().raise(ONE, 5)).isEqualTo(5);
        OptionalInt alone = partitions.size() == 1 ? OptionalInt.of(5) : OptionalInt.empty();
        assertThat(personal().fence(ONE)).isEqualTo(alone);
        assertThat(personal().raise(ONE, 2)).isEqualTo(partitions.size() == 1 ? 5 : 2);
        assertThat(personal().fence(ONE)).hasValue(partitions.size() == 1 ? 5 : 2);
        assertThat(first.personal().fence(ONE)).hasValue(5);
        assertThat(personal().raise(ONE, 7)).isEqualTo(7);
        assertThat(another().partitions())
                .allSatisfy(
                        partition -> assertThat(partition.personal().fence(ONE)).hasValue(7));
    }

    @Test
    void aFenceIsRaisedAndNeverLowered() {
        assertThat(personal().raise(ONE, 3)).isEqualTo(3);
        assertThat(personal().raise(ONE, 2)).isEqualTo(3);
        assertThat(personal().raise(ONE, 3)).isEqualTo(3);
        assertThat(another().personal().fence(ONE)).isEqualTo(OptionalInt.of(3));
        assertThat(another().personal().raise(ONE, 10)).isEqualTo(10);
        assertThat(personal().fence(ONE)).isEqualTo(OptionalInt.of(10));
        assertThat(personal().raise(TWO, SealedForm.MAX_GENERATION)).isEqualTo(SealedForm.MAX_GENERATION);
        for (int generation : List.of(0, -1, SealedForm.MAX_GENERATION + 1)) {
            assertThatThrownBy(() -> personal().raise(ONE, generation)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void behindAFenceNothingNewIsTaken() {
        Event before = Events.about(1, "session", 1, 2);
        Appended first = (Appended) append(before);
        Event anew = before.withPayload(Optional.of(Events.sealed(7, ONE, 2)));
        assertThat(personal().raise(ONE, 3)).isEqualTo(3);
        int there = all().size();
        assertThat(append(List.of(
                        before,
                        anew,
                        Events.about(2, "session", 1, 2),
                        Events.about(3, "of a person", 1, 3),
                        Events.about(4, "session", 1, 4),
                        Events.about(5, "session", 2, 1),
                        Events.full(6, "session"))))
                .satisfiesExactly(
                        outcome -> assertThat(outcome).isEqualTo(new Duplicate(before.id(), first.receipt())),
                        outcome -> assertThat(outcome).isInstanceOf(Conflict.class),
                        outcome -> assertThat(outcome).isEqualTo(new Fenced(Events.id(2), 3)),
                        outcome -> assertThat(outcome).isEqualTo(new Fenced(Events.id(3), 3)),
                        outcome -> assertThat(outcome).isInstanceOf(Appended.class),
                        outcome -> assertThat(outcome).isInstanceOf(Appended.class),
                        outcome -> assertThat(outcome).isInstanceOf(Appended.class));
        assertThat(all()).hasSize(there + 3);
        assertThat(ledger.sessions().find(Events.about(3, "of a person", 1, 3).sessionId()))
                .isEmpty();
        // What was refused is free: somebody authorised the person again.
        assertThat(append(Events.about(2, "session", 1, 4))).isInstanceOf(Appended.class);
        // A fence keeps out what is new; it takes nothing away.
        assertThat(ledger.log().payloads(List.of(before.id()))).hasSize(1);
    }
}
