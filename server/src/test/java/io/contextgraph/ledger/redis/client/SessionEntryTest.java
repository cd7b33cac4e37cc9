// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class SessionEntryTest {
    @Test
    void noEventHasANumberBelowZero() {
        assertThat(SessionEntry.firstSeq(Map.of("first_seq", "7"))).hasValue(7);
        assertThat(SessionEntry.firstSeq(Map.of("first_seq", "-7"))).isEmpty();
        assertThat(SessionEntry.firstSeq(Map.of("first_seq", "seven"))).isEmpty();
        assertThat(SessionEntry.firstSeq(Map.of())).isEmpty();
    }

    @Test
    void aSpanHasTimesBefore1970ButNoCountsBelowZero() {
        assertThat(SessionEntry.Span.of(List.of("2", "7", "-1000", "-1")))
                .isEqualTo(new SessionEntry.Span(
                        OptionalLong.of(2), OptionalLong.of(7), OptionalLong.of(-1000), OptionalLong.of(-1)));
        assertThat(SessionEntry.Span.of(List.of("-2", "-7", "", "soon"))).isEqualTo(none());
    }

    @Test
    void whatAnEntryDoesNotSayIsUnknown() {
        assertThat(SessionEntry.Span.of(Arrays.asList(null, null, null, null))).isEqualTo(none());
        assertThat(SessionEntry.Span.of(List.of())).isEqualTo(none());
    }

    private static SessionEntry.Span none() {
        return new SessionEntry.Span(
                OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());
    }
}
