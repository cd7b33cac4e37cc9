// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.trim;

import java.time.Instant;
import java.util.Set;

/**
 * What may go.
 *
 * @param before entries recorded before this may go
 * @param groups each must have finished (acknowledged or parked) an entry before it may go; one that does not exist lets
 *     nothing go
 */
public record TrimRule(Instant before, Set<String> groups) {
    public TrimRule {
        groups = Set.copyOf(groups);
    }
}
