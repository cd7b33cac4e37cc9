// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import java.util.List;

/**
 * The answer to an append.
 *
 * @param outcomes one for each event, in the order of the request
 * @param reached the durability that all events of the answer have, duplicates included
 */
public record AppendResult(List<AppendOutcome> outcomes, Durability reached) {
    public AppendResult {
        outcomes = List.copyOf(outcomes);
    }
}
