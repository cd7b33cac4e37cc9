// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.trim;

import io.contextgraph.ledger.Head;
import java.util.Optional;

/**
 * What all steps together would take.
 *
 * @param entries of the global stream
 * @param sessionStreams streams of sessions of which nothing would be left
 * @param through the last event that would have no entry in the global stream
 * @param obstacle why entries older than the rule's time would stay
 */
public record TrimPreview(long entries, long sessionStreams, Head through, Optional<Obstacle> obstacle) {}
