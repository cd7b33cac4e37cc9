// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.kill;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

/** A refusal is excused by a foreign entry only. */
class ForeignEntriesTest {
    private static final String GLOBAL = refusal("events: global stream is ahead of the ledger");
    private static final String SESSION = refusal("events: session stream is ahead of the ledger");
    private static final String FIRST = refusal("session: summary is missing, the session has events");

    private final ForeignEntries foreign = new ForeignEntries();

    private static String refusal(String detail) {
        return "{\"code\":\"ledger_corrupt\",\"detail\":\"" + detail + "\"}";
    }

    private boolean explains(String answer, int session, long sentNanos) {
        return foreign.explains(answer, Story.sharedSession(session), sentNanos);
    }

    @Test
    void whereNobodyPutOneNothingIsExcused() {
        for (String answer : new String[] {GLOBAL, SESSION, FIRST}) {
            assertThat(explains(answer, 1, 0)).isFalse();
        }
        assertThat(foreign.mayHaveRefused(Story.sharedSession(1), 0)).isFalse();
    }

    @Test
    void oneInASessionConcernsThatSessionWhileItMayBeThere() {
        String stream = ForeignEntries.stream(Story.sharedSession(1));
        foreign.here(stream);
        assertThat(explains(SESSION, 1, 10)).isTrue();
        assertThat(explains(FIRST, 1, 10)).isTrue();
        assertThat(explains(SESSION, 2, 10)).isFalse();
        assertThat(explains(GLOBAL, 1, 10)).isFalse();
        assertThat(explains(refusal("session: summary is damaged"), 1, 10)).isFalse();
        long before = System.nanoTime();
        foreign.gone(Set.of(stream));
        assertThat(explains(SESSION, 1, before)).isTrue();
        assertThat(explains(SESSION, 1, System.nanoTime() + 1)).isFalse();
    }

    @Test
    void oneInTheGlobalStreamConcernsAll() {
        foreign.here(ForeignEntries.GLOBAL);
        assertThat(explains(GLOBAL, 1, 10)).isTrue();
        assertThat(explains(SESSION, 1, 10)).isFalse();
        assertThat(foreign.mayHaveRefused(Story.sharedSession(2), 10)).isTrue();
    }
}
