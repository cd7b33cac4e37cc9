// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.trim;

import io.contextgraph.ledger.Head;
import java.time.Instant;

/** Why entries older than the rule's time stay. */
public sealed interface Obstacle {
    /** Who holds them. */
    String group();

    /** The group does not exist, so nobody knows what it has finished. */
    record Missing(String group) implements Obstacle {}

    /**
     * The group has not finished them.
     *
     * @param finished the last event that it has finished, and everything before it
     * @param since when the first that it has not finished was recorded
     */
    record Waiting(String group, Head finished, Instant since) implements Obstacle {}
}
