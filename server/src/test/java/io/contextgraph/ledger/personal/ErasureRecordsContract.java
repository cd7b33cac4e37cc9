// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.personal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.ledger.LedgerContract;
import io.contextgraph.ledger.LedgerFixture;
import io.contextgraph.testing.Events;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every {@link ErasureRecords} must do. */
public abstract class ErasureRecordsContract extends LedgerContract<LedgerFixture> {
    private static final SubjectPseudonym ONE = Events.pseudonym(1);
    private static final SubjectPseudonym ALSO_ONE = Events.pseudonym(11);
    private static final SubjectPseudonym TWO = Events.pseudonym(2);

    private ErasureRecords records() {
        return ledger.personal().erasures();
    }

    @Test
    void ofNobodyAnythingIsRemembered() {
        assertThat(records().find(ONE)).isEmpty();
        assertThat(records().open()).isEmpty();
    }

    @Test
    void anErasureIsRememberedUnderEveryName() {
        records().put(List.of(ALSO_ONE, ONE), "begun", true);
        records().put(List.of(TWO), "of another\n\"ü\"", true);
        ErasureRecords other = another().personal().erasures();
        assertThat(other.find(ONE)).contains("begun");
        assertThat(other.find(ALSO_ONE)).contains("begun");
        assertThat(other.find(TWO)).contains("of another\n\"ü\"");
        assertThat(other.open()).containsExactly(ONE, TWO, ALSO_ONE);
    }

    @Test
    void oneThatIsDoneIsRememberedAndNotOpen() {
        records().put(List.of(ONE, ALSO_ONE), "begun", true);
        records().put(List.of(TWO), "begun", true);
        records().put(List.of(ONE, ALSO_ONE), "done", false);
        assertThat(another().personal().erasures().open()).containsExactly(TWO);
        assertThat(records().find(ONE)).contains("done");
        assertThat(records().find(ALSO_ONE)).contains("done");
        records().put(List.of(ONE, ALSO_ONE), "done", false);
        records().put(List.of(ONE), "again", true);
        assertThat(another().personal().erasures().find(ONE)).contains("again");
        assertThat(records().find(ALSO_ONE)).contains("done");
        assertThat(records().open()).containsExactly(ONE, TWO);
    }

    @Test
    void namesAreSomeAndNotTooMany() {
        List<SubjectPseudonym> most = IntStream.rangeClosed(1, ErasureRecords.MAX_NAMES)
                .mapToObj(Events::pseudonym)
                .toList();
        records().put(most, "x", true);
        assertThat(records().open()).hasSize(ErasureRecords.MAX_NAMES);
        for (List<SubjectPseudonym> wrong :
                List.of(List.<SubjectPseudonym>of(), Collections.nCopies(ErasureRecords.MAX_NAMES + 1, ONE))) {
            assertThatThrownBy(() -> records().put(wrong, "x", true)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void itIsNothingOfTheEvents() {
        append(Events.about(1, "session", 1, 1));
        records().put(List.of(ONE), "begun", true);
        assertThat(ledger.personal().fence(ONE)).isEmpty();
        assertThat(ledger.personal().count(ONE)).isEqualTo(1);
        assertThat(all()).hasSize(1);
    }
}
