// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.memory;

import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.graph.GraphChange;
import io.contextgraph.graph.GraphException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Ids of events that several partitions have. */
final class DoubleIds {
    private DoubleIds() {}

    /** @throws GraphException where one comes whose id another partition was first with */
    static void refuse(List<GraphChange> changes, Map<EventId, RecordedEvent> there) {
        Map<EventId, RecordedEvent> first = new HashMap<>();
        for (GraphChange change : changes) {
            if (change instanceof GraphChange.PutEvent put) {
                RecordedEvent event = put.event();
                EventId id = event.event().id();
                RecordedEvent before = first.getOrDefault(id, there.get(id));
                if (before != null && before.position().isOfAnotherPartition(event.position())) {
                    throw GraphException.doubleId(before.event().sessionId(), before.position(), event);
                }
                first.put(id, event);
            }
        }
    }
}
