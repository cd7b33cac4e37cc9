// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import io.contextgraph.event.Event;
import io.contextgraph.event.RecordedEvent;
import java.util.ArrayList;
import java.util.List;

/**
 * What an event means for the graph: a pure function, so that the graph is a function of the set of events.
 *
 * <p><b>Guarantees.</b> The same event always gives the same changes; no clock, store or other event plays a part.
 */
public final class Projection {
    private Projection() {}

    /** The event itself, what caused it, and the agent and the tool that it names. */
    public static List<GraphChange> project(RecordedEvent recorded) {
        Event event = recorded.event();
        List<GraphChange> changes = new ArrayList<>(4);
        changes.add(new GraphChange.PutEvent(recorded));
        event.parentId().ifPresent(parent -> changes.add(new GraphChange.Cause(event.id(), parent)));
        changes.add(new GraphChange.Reference(event.id(), new EntityId(EntityId.Kind.AGENT, event.agentId())));
        event.toolName()
                .ifPresent(tool ->
                        changes.add(new GraphChange.Reference(event.id(), new EntityId(EntityId.Kind.TOOL, tool))));
        return changes;
    }

    /** The changes of several events, in their order. */
    public static List<GraphChange> project(List<RecordedEvent> events) {
        List<GraphChange> changes = new ArrayList<>(events.size() * 4);
        events.forEach(event -> changes.addAll(project(event)));
        return changes;
    }
}
