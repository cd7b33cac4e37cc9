// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.audit;

import java.util.List;

/**
 * What a rebuild did.
 *
 * @param resumedAfter the number of the last event of each partition that an interrupted rebuild had replayed before; 0: it
 *     began anew
 * @param replayed events that went into the graph again
 * @param repaired what was left to put right afterwards
 */
public record Rebuilt(List<Long> resumedAfter, long replayed, Repaired repaired) {
    public Rebuilt {
        resumedAfter = List.copyOf(resumedAfter);
    }
}
