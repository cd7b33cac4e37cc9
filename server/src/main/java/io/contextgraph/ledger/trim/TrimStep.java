// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.trim;

import io.contextgraph.ledger.Head;
import java.util.Optional;

/**
 * What a step took.
 *
 * @param entries of the global stream
 * @param sessionStreams streams of sessions of which nothing is left
 * @param through the last event without an entry in the global stream
 * @param more whether another step with the same rule would take more
 * @param obstacle why entries older than the rule's time stay
 */
public record TrimStep(int entries, int sessionStreams, Head through, boolean more, Optional<Obstacle> obstacle) {}
