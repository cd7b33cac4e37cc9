// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What every {@link OperationStore} must do. */
public abstract class OperationStoreContract extends LedgerContract<LedgerFixture> {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration SHORT = Duration.ofMillis(1);

    @Test
    void oneHasALockUntilItLetsGo() {
        OperationStore here = ledger.operations();
        OperationStore there = another().operations();
        assertThat(here.claim("graph", "one", LONG)).isTrue();
        assertThat(there.claim("graph", "two", LONG)).isFalse();
        assertThat(here.claim("graph", "one", LONG)).isFalse();
        assertThat(there.claim("ledger", "two", LONG)).isTrue();
        assertThat(there.holder("graph")).contains("one");
        there.release("graph", "two");
        assertThat(there.holder("graph")).contains("one");
        here.release("graph", "one");
        assertThat(there.holder("graph")).isEmpty();
        assertThat(there.claim("graph", "two", LONG)).isTrue();
    }

    @Test
    void anEndIsRememberedAndLetsTheLockGo() {
        OperationStore here = ledger.operations();
        OperationStore there = another().operations();
        assertThat(here.claim("graph", "one", LONG)).isTrue();
        here.save("one", "{\"a\":1}");
        here.end("graph", "one", "{\"a\":2}");
        assertThat(there.find("one")).contains("{\"a\":2}");
        assertThat(there.claim("graph", "two", LONG)).isTrue();
        // Whoever has lost the lock takes it from nobody.
        here.end("graph", "one", "{\"a\":3}");
        assertThat(there.find("one")).contains("{\"a\":3}");
        assertThat(there.holder("graph")).contains("two");
    }

    @Test
    void aLockThatIsTakenAwayIsNotRenewed() {
        OperationStore here = ledger.operations();
        assertThat(here.renew("graph", "one", LONG)).isFalse();
        assertThat(here.claim("graph", "one", LONG)).isTrue();
        assertThat(here.renew("graph", "one", LONG)).isTrue();
        another().operations().release("graph", "one");
        assertThat(here.renew("graph", "one", LONG)).isFalse();
        assertThat(here.claim("graph", "two", LONG)).isTrue();
        assertThat(here.renew("graph", "one", LONG)).isFalse();
        assertThat(here.holder("graph")).contains("two");
    }

    @Test
    void aLockThatIsNotRenewedIsFree() {
        OperationStore store = ledger.operations();
        assertThat(store.claim("graph", "one", SHORT)).isTrue();
        Awaitility.await().until(() -> store.holder("graph").isEmpty());
        assertThat(store.renew("graph", "one", LONG)).isFalse();
        assertThat(store.claim("graph", "two", SHORT)).isTrue();
        // One that is renewed lives as long as was said last.
        assertThat(store.claim("ledger", "one", Duration.ofSeconds(30))).isTrue();
        assertThat(store.renew("ledger", "one", SHORT)).isTrue();
        Awaitility.await().until(() -> store.holder("ledger").isEmpty());
    }

    @Test
    void whatIsRememberedIsSeenByAllUntilItIsForgotten() {
        OperationStore here = ledger.operations();
        OperationStore there = another().operations();
        assertThat(there.all()).isEmpty();
        here.save("one", "{\"a\":1}");
        here.save("two", "{}");
        here.save("one", "{\"a\":2}");
        assertThat(there.find("one")).contains("{\"a\":2}");
        assertThat(there.find("three")).isEmpty();
        assertThat(there.all()).isEqualTo(Map.of("one", "{\"a\":2}", "two", "{}"));
        there.forget("one");
        there.forget("three");
        assertThat(here.all()).isEqualTo(Map.of("two", "{}"));
        assertThat(all()).isEmpty();
    }
}
