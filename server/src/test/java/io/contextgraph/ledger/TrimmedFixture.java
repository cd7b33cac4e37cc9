// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.ledger.trim.TrimRule;
import io.contextgraph.ledger.trim.Trimming;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** A ledger whose streams are trimmed after each append, whoever has been given what. */
public final class TrimmedFixture {
    private static final TrimRule ALL = new TrimRule(Instant.parse("9000-01-01T00:00:00Z"), Set.of());

    private TrimmedFixture() {}

    static PartitionFixture of(PartitionFixture ledger) {
        return new AfterAppend(ledger, fixture -> trim(fixture.trimming()));
    }

    /** Takes out of the streams whatever is there; nothing where another one is at it. */
    public static void trim(Trimming trimming) {
        Optional<Fence> taken = trimming.lease().take("test", Duration.ofMinutes(1));
        if (taken.isPresent()) {
            boolean more = true;
            while (more) {
                more = trimming.step(taken.get(), ALL, Trimming.MAX_STEP).more();
            }
            trimming.lease().release(taken.get());
        }
    }
}
