// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class OwnTracesTest {
    private volatile Optional<String> ledger = Optional.empty();
    private volatile boolean away;
    private final AtomicInteger asked = new AtomicInteger();
    private final OwnTraces own = new OwnTraces(this::ask);

    private Optional<String> ask() {
        asked.incrementAndGet();
        if (away) {
            throw new IllegalStateException("away");
        }
        return ledger;
    }

    @Test
    void aProcessKnowsItself() {
        assertThat(own.look().test(own.mark())).isTrue();
        assertThat(own.look().test(new OwnTraces(Optional::empty).mark())).isFalse();
        assertThat(own.look().test("")).isFalse();
        assertThat(own.look().test(",")).isFalse();
    }

    @Test
    void soItDoesAnotherOneOnItsLedger() {
        OwnTraces beside = new OwnTraces(() -> Optional.of("one"));
        assertThat(own.look().test(beside.mark())).isFalse();
        ledger = Optional.of("one");
        assertThat(own.look().test(beside.mark())).isTrue();
        ledger = Optional.of("two");
        assertThat(own.look().test(beside.mark())).isFalse();
    }

    @Test
    void theLedgerIsAskedOnceAndOnlyWhereThatMatters() {
        ledger = Optional.of("one");
        Predicate<String> look = own.look();
        assertThat(look.test(own.process())).isTrue();
        assertThat(look.test("other")).isFalse();
        assertThat(asked).hasValue(0);
        assertThat(look.test("other,one")).isTrue();
        assertThat(look.test("other,two")).isFalse();
        assertThat(asked).hasValue(1);
    }

    @Test
    void aLedgerThatIsAwayKeepsItsIdInTheMark() {
        ledger = Optional.of("one");
        assertThat(own.mark()).isEqualTo(own.process() + ",one");
        away = true;
        assertThat(own.mark()).isEqualTo(own.process() + ",one");
        assertThatThrownBy(() -> own.look().test("other,one")).hasMessage("away");
    }
}
