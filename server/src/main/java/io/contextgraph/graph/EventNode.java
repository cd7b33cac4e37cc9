// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import java.util.Optional;

/**
 * An event as a node.
 *
 * @param id the event
 * @param event what is known of it, without payload; empty for a stub whose event has not arrived
 * @param depth steps from the start of a lineage; 0 elsewhere
 * @param score how much it matters now, 0 to 1; 0 where nobody asked
 * @param archived the segment of the archive that has the event, also of one that the graph has {@linkplain Forgetting
 *     forgotten}; empty where it has not been archived
 */
public record EventNode(
        EventId id, Optional<RecordedEvent> event, int depth, double score, Optional<String> archived) {}
