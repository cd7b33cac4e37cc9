// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.memory;

import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.EventProperties;
import io.contextgraph.graph.GraphChange;
import io.contextgraph.graph.summary.Summary;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is said of archived events, and which events they are. Not safe for threads. */
final class InMemorySummaries {
    private final Map<String, Summary> summaries = new HashMap<>();

    /** The segment that has an event, of those that are archived. */
    private final Map<EventId, String> segments = new HashMap<>();

    /** @param events those that are there */
    void apply(GraphChange change, Set<EventId> events) {
        if (change instanceof GraphChange.Summarize summarize) {
            Summary summary = summarize.summary();
            summaries.put(summary.id(), summary);
            summarize.covered().stream().filter(events::contains).forEach(id -> archive(id, summary.segment()));
        }
    }

    private void archive(EventId id, String segment) {
        segments.merge(id, segment, (one, other) -> one.compareTo(other) > 0 ? one : other);
    }

    Optional<String> archived(EventId id) {
        return Optional.ofNullable(segments.get(id));
    }

    /** The properties of an event, with what is beside them. */
    Map<String, Object> marked(Map<String, Object> node, EventId id) {
        @Nullable String segment = segments.get(id);
        if (segment != null) {
            node.put(EventProperties.ARCHIVED, segment);
        }
        return node;
    }

    void forget(EventId id) {
        segments.remove(id);
    }

    Optional<Summary> of(RecordedEvent event) {
        return archived(event.event().id())
                .flatMap(segment -> Optional.ofNullable(
                        summaries.get(Summary.id(event.event().sessionId(), segment))));
    }

    List<Summary> of(SessionId session, int max) {
        return summaries.values().stream()
                .filter(summary -> summary.session().equals(session))
                .sorted(Comparator.comparingLong(Summary::firstSeq).thenComparing(summary -> summary.id()))
                .limit(max)
                .toList();
    }
}
