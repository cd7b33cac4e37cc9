// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.record;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DerivedIdsTest {
    /** Published with the mapping of spans to events; other importers compute the same id. */
    @Test
    void aSpanHasItsPublishedId() {
        assertThat(DerivedIds.span("dd547580319ab0312cee07f1def50dad", "def5801af66aaae7"))
                .isEqualTo("e16ab189-38e4-567e-85cc-515be39ae890");
    }

    @Test
    void aTraceOfATurnHas32Digits() {
        assertThat(DerivedIds.trace("s", 0)).matches("[0-9a-f]{32}").isNotEqualTo(DerivedIds.trace("s", 1));
    }
}
