// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.memory;

import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.EventProperties;
import io.contextgraph.graph.Forgetting;
import io.contextgraph.graph.GraphChange;
import io.contextgraph.graph.GraphTiers;
import io.contextgraph.graph.summary.Summary;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is said of archived events, and which events they are. Not safe for threads. */
final class InMemorySummaries {
    private static final Comparator<GraphTiers.Due> BY_END =
            Comparator.comparingLong(GraphTiers.Due::lastSeq).thenComparing(GraphTiers.Due::id);

    private final Map<String, Summary> summaries = new HashMap<>();

    /** What is noted as forgotten of each. */
    private final Map<String, Integer> tiers = new HashMap<>();

    /** The summary of each event that was forgotten, and is a stub. */
    private final Map<EventId, String> forgotten = new HashMap<>();

    /** The segment that has an event, of those that are archived. */
    private final Map<EventId, String> segments = new HashMap<>();

    /** @param events those that are there */
    void apply(GraphChange change, Set<EventId> events) {
        if (change instanceof GraphChange.Summarize summarize) {
            Summary summary = summarize.summary();
            summaries.put(summary.id(), summary);
            tiers.remove(summary.id());
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
        forgotten.remove(id);
        segments.remove(id);
    }

    /** @param events those that are there */
    Map<EventId, Summary> of(Collection<EventId> ids, Map<EventId, RecordedEvent> events) {
        Map<EventId, Summary> found = new HashMap<>();
        for (EventId id : ids) {
            Optional<String> summary = Optional.ofNullable(events.get(id))
                    .map(event ->
                            archived(id).map(segment -> Summary.id(event.event().sessionId(), segment)))
                    .orElseGet(() -> Optional.ofNullable(forgotten.get(id)));
            summary.map(summaries::get).ifPresent(known -> found.put(id, known));
        }
        return found;
    }

    /** @param named whether others name the event, which is a stub */
    void mark(EventId id, SessionId session, String segment, boolean named) {
        if (named) {
            segments.put(id, segment);
            forgotten.put(id, Summary.id(session, segment));
        }
    }

    List<GraphTiers.Due> due(Forgetting forgetting, Optional<GraphTiers.Due> after, int max) {
        return summaries.values().stream()
                .map(summary -> new GraphTiers.Due(summary.id(), summary.session(), summary.lastSeq()))
                .filter(due -> tiers.getOrDefault(due.id(), 0) < due.tier(forgetting))
                .sorted(BY_END)
                .filter(due -> after.map(last -> BY_END.compare(due, last) > 0).orElse(true))
                .limit(max)
                .toList();
    }

    void lower(String id, int tier) {
        tiers.put(id, tier);
    }

    List<Summary> of(SessionId session, int max) {
        return summaries.values().stream()
                .filter(summary -> summary.session().equals(session))
                .sorted(Comparator.comparingLong(Summary::firstSeq).thenComparing(summary -> summary.id()))
                .limit(max)
                .toList();
    }
}
