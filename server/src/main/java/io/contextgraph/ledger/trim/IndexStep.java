// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.trim;

import io.contextgraph.ledger.Head;

/**
 * What a step did to the index.
 *
 * @param events that left it, or came back
 * @param unindexed the last event that it does not have now
 * @param more whether another step of the same kind would do more
 */
public record IndexStep(int events, Head unindexed, boolean more) {}
