// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.mend;

import io.contextgraph.ledger.Head;
import java.util.Map;
import java.util.TreeMap;

/**
 * What came of an examination of a ledger.
 *
 * @param head where the ledger ends, as its events say
 * @param found how much damage of each kind there is, or was where {@code mended}
 * @param lost how much of it nothing brings back
 * @param complete whether all of it could be looked at: where very much is damaged, the rest shows when some is mended
 * @param otherKeys keys under the ledger's prefix that are none of its own
 */
public record Examined(Head head, Map<Damage.Kind, Long> found, long lost, boolean complete, long otherKeys) {
    public Examined {
        found = new TreeMap<>(found);
    }

    /** How much in all. */
    public long total() {
        return found.values().stream().mapToLong(Long::longValue).sum();
    }
}
