// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.memory;

import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.ContextQuery;
import io.contextgraph.graph.Decay;
import io.contextgraph.graph.DigestPage;
import io.contextgraph.graph.EntityId;
import io.contextgraph.graph.EventNode;
import io.contextgraph.graph.EventProperties;
import io.contextgraph.graph.Forgetting;
import io.contextgraph.graph.GraphAudit;
import io.contextgraph.graph.GraphChange;
import io.contextgraph.graph.GraphEdge;
import io.contextgraph.graph.GraphNode;
import io.contextgraph.graph.GraphRepair;
import io.contextgraph.graph.GraphSink;
import io.contextgraph.graph.GraphStats;
import io.contextgraph.graph.GraphTiers;
import io.contextgraph.graph.LineageQuery;
import io.contextgraph.graph.NodePage;
import io.contextgraph.graph.RebuildMark;
import io.contextgraph.graph.RebuildMarks;
import io.contextgraph.graph.Removal;
import io.contextgraph.graph.Stray;
import io.contextgraph.graph.Subgraph;
import io.contextgraph.graph.summary.Summary;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The graph, kept in memory in the simplest way that is right: it holds the changes as sets and works out every answer
 * when asked.
 *
 * <p><b>Threads.</b> Safe for threads; one call at a time.
 */
public final class InMemoryGraph implements GraphSink, GraphAudit, GraphRepair, GraphTiers, RebuildMarks {
    private static final Comparator<RecordedEvent> SESSION_ORDER = Comparator.<RecordedEvent>comparingLong(
                    e -> e.event().occurredAt().toEpochMilli())
            .thenComparingLong(RecordedEvent::seq)
            .thenComparing(e -> e.event().id());
    private static final Comparator<RecordedEvent> BEST_FIRST = Comparator.<RecordedEvent>comparingLong(
                    e -> Decay.rank(e.event()))
            .thenComparingLong(RecordedEvent::seq)
            .reversed();

    private final Map<EventId, RecordedEvent> events = new HashMap<>();
    private final NavigableMap<SessionId, NavigableSet<RecordedEvent>> sessions = new TreeMap<>();
    private final Map<EventId, Set<EventId>> parents = new HashMap<>();
    private final Map<EventId, Set<EventId>> children = new HashMap<>();
    private final Map<EventId, Set<EntityId>> references = new HashMap<>();
    /** Every event that anything names: those without an entry in {@link #events} are stubs. */
    private final Set<EventId> nodes = new HashSet<>();

    private final InMemorySummaries summaries = new InMemorySummaries();
    private final InMemoryRebuildMarks marks = new InMemoryRebuildMarks();

    @Override
    public synchronized void prepare() {}

    @Override
    public synchronized void apply(List<GraphChange> changes) {
        DoubleIds.refuse(changes, events);
        for (GraphChange change : changes) {
            switch (change) {
                case GraphChange.PutEvent put -> put(put.event());
                case GraphChange.Cause cause -> {
                    nodes.add(cause.child());
                    nodes.add(cause.parent());
                    parents.computeIfAbsent(cause.child(), c -> new TreeSet<>()).add(cause.parent());
                    children.computeIfAbsent(cause.parent(), p -> new TreeSet<>())
                            .add(cause.child());
                }
                case GraphChange.Reference reference -> {
                    nodes.add(reference.event());
                    references
                            .computeIfAbsent(reference.event(), e -> new TreeSet<>())
                            .add(reference.entity());
                }
                case GraphChange.Summarize ignored -> {}
            }
        }
        changes.forEach(change -> summaries.apply(change, events.keySet()));
    }

    @Override
    public synchronized boolean takesAgain() {
        return !events.isEmpty();
    }

    private void put(RecordedEvent recorded) {
        RecordedEvent slim = slim(recorded);
        EventId id = slim.event().id();
        RecordedEvent before = events.get(id);
        if (before != null && !before.equals(slim)) {
            forget(id);
        }
        nodes.add(id);
        events.put(id, slim);
        sessions.computeIfAbsent(slim.event().sessionId(), s -> new TreeSet<>(SESSION_ORDER))
                .add(slim);
    }

    private static RecordedEvent slim(RecordedEvent recorded) {
        return recorded.withPayload(Optional.empty()).withOriginal(Optional.empty());
    }

    private NavigableSet<RecordedEvent> inOrder(SessionId session) {
        return sessions.getOrDefault(session, new TreeSet<>(SESSION_ORDER));
    }

    @Override
    public synchronized Subgraph lineage(LineageQuery query) {
        Optional<LineageQuery.Place> after = query.after();
        if (!nodes.contains(query.start())) {
            return Subgraph.EMPTY;
        }
        LineageWalk walk = new LineageWalk(parents, children, query);
        List<LineageQuery.Place> ahead = walk.reached().entrySet().stream()
                .map(found -> place(found.getValue(), found.getKey()))
                .filter(place -> after.map(a -> place.compareTo(a) > 0).orElse(true))
                .sorted()
                .toList();
        List<LineageQuery.Place> page = ahead.subList(0, Math.min(ahead.size(), query.maxNodes()));
        boolean more = page.size() < ahead.size();
        return new Subgraph(
                page.stream().map(this::node).toList(),
                edgesAmong(page.stream().map(LineageQuery.Place::id).toList()),
                more ? Optional.of(query.cursorAfter(page.getLast())) : Optional.empty(),
                walk.truncated() && !more);
    }

    private EventNode node(LineageQuery.Place place) {
        return new EventNode(
                place.id(),
                Optional.ofNullable(events.get(place.id())),
                place.depth(),
                0,
                summaries.archived(place.id()));
    }

    private LineageQuery.Place place(int depth, EventId id) {
        RecordedEvent event = events.get(id);
        return event == null
                ? new LineageQuery.Place(depth, Long.MAX_VALUE, Long.MAX_VALUE, id)
                : new LineageQuery.Place(depth, event.event().occurredAt().toEpochMilli(), event.seq(), id);
    }

    @Override
    public synchronized Subgraph context(ContextQuery query) {
        Optional<ContextQuery.Place> after = query.after();
        List<RecordedEvent> ahead = inOrder(query.session()).stream()
                .filter(event -> after.map(a -> isBehind(event, a)).orElse(true))
                .sorted(BEST_FIRST)
                .toList();
        List<RecordedEvent> page = ahead.subList(0, Math.min(ahead.size(), query.maxNodes()));
        List<EventNode> found = page.stream()
                .map(event -> new EventNode(
                        event.event().id(),
                        Optional.of(event),
                        0,
                        Decay.score(Decay.rank(event.event()), query.scoredAt()),
                        summaries.archived(event.event().id())))
                .toList();
        return new Subgraph(
                found,
                edgesAmong(found.stream().map(EventNode::id).toList()),
                page.size() < ahead.size()
                        ? Optional.of(query.cursorAfter(
                                Decay.rank(page.getLast().event()),
                                page.getLast().seq()))
                        : Optional.empty(),
                false);
    }

    private static boolean isBehind(RecordedEvent event, ContextQuery.Place place) {
        long rank = Decay.rank(event.event());
        return rank < place.rank() || (rank == place.rank() && event.seq() < place.seq());
    }

    private List<GraphEdge> edgesAmong(Collection<EventId> ids) {
        Set<String> ends = new HashSet<>();
        ids.forEach(id -> ends.add(id.toString()));
        return ids.stream()
                .flatMap(id -> edgesFrom(id).stream())
                .filter(edge -> ends.contains(edge.target()))
                .toList();
    }

    private List<GraphEdge> edgesFrom(EventId id) {
        String source = id.toString();
        List<GraphEdge> edges = new ArrayList<>();
        RecordedEvent event = events.get(id);
        if (event != null) {
            SessionId session = event.event().sessionId();
            RecordedEvent earlier = inOrder(session).lower(event);
            if (earlier != null) {
                long delta = event.event().occurredAt().toEpochMilli()
                        - earlier.event().occurredAt().toEpochMilli();
                edges.add(new GraphEdge(
                        source,
                        earlier.event().id().toString(),
                        GraphEdge.FOLLOWS,
                        Map.of("session_id", session.value(), "delta_ms", delta)));
            }
        }
        for (EventId parent : parents.getOrDefault(id, Set.of())) {
            edges.add(new GraphEdge(source, parent.toString(), GraphEdge.CAUSED_BY, Map.of("mechanism", "direct")));
        }
        for (EntityId entity : references.getOrDefault(id, Set.of())) {
            edges.add(new GraphEdge(
                    source,
                    entity.toString(),
                    GraphEdge.REFERENCES,
                    Map.of("role", entity.kind().wireName())));
        }
        return edges;
    }

    @Override
    public synchronized NodePage nodes(SessionId session, Optional<NodePage.Place> after, int max) {
        List<GraphNode> found = inOrder(session).stream()
                .map(event -> node(event.event().id()))
                .filter(node -> after.map(a -> node.place().orElseThrow().compareTo(a) > 0)
                        .orElse(true))
                .limit(max)
                .toList();
        return new NodePage(
                found, found.size() < max ? Optional.empty() : found.getLast().place());
    }

    @Override
    public synchronized List<GraphNode> nodes(Collection<EventId> ids) {
        return ids.stream().distinct().filter(nodes::contains).map(this::node).toList();
    }

    private GraphNode node(EventId id) {
        RecordedEvent event = events.get(id);
        Map<String, Object> node =
                event == null ? EventProperties.stub(id.toString()) : summaries.marked(EventProperties.of(event), id);
        return new GraphNode(id, node, edgesFrom(id));
    }

    @Override
    public synchronized List<SessionId> sessions(Optional<SessionId> after, int max) {
        NavigableMap<SessionId, ?> ahead = after.<NavigableMap<SessionId, ?>>map(a -> sessions.tailMap(a, false))
                .orElse(sessions);
        return ahead.keySet().stream().limit(max).toList();
    }

    @Override
    public synchronized DigestPage digests(Optional<DigestPage.Place> after, int max) {
        return new DigestWalk(sessions, event -> edgesFrom(event.event().id())).page(after, max);
    }

    @Override
    public synchronized List<Stray> strays(int max) {
        return nodes.stream()
                .filter(this::isStray)
                .limit(max)
                .map(id -> new Stray(Stray.Kind.STUB, id.toString()))
                .toList();
    }

    @Override
    public synchronized List<Summary> summaries(SessionId session, int max) {
        return summaries.of(session, max);
    }

    @Override
    public synchronized Map<EventId, Summary> summaries(Collection<EventId> ids) {
        return summaries.of(ids, events);
    }

    @Override
    public synchronized List<Due> due(Forgetting forgetting, Optional<Due> after, int max) {
        return summaries.due(forgetting, after, max);
    }

    @Override
    public synchronized void forgotten(Collection<Due> done, Forgetting forgetting) {
        done.forEach(due -> summaries.lower(due.id(), due.tier(forgetting)));
    }

    @Override
    public synchronized void mark(SessionId session, Map<EventId, String> segments) {
        segments.forEach((id, segment) -> summaries.mark(id, session, segment, nodes.contains(id)));
    }

    private boolean isStray(EventId id) {
        return !events.containsKey(id) && children.getOrDefault(id, Set.of()).isEmpty();
    }

    @Override
    public synchronized void remove(SessionId session, Removal removal) {
        for (GraphEdge edge : removal.edges()) {
            EventId source = EventId.of(edge.source());
            if (edge.type().equals(GraphEdge.CAUSED_BY)) {
                uncause(source, EventId.of(edge.target()));
            } else {
                references
                        .getOrDefault(source, new TreeSet<>())
                        .removeIf(entity -> entity.toString().equals(edge.target()));
            }
        }
        removal.events().forEach(this::forget);
    }

    private void uncause(EventId child, EventId parent) {
        parents.getOrDefault(child, new TreeSet<>()).remove(parent);
        children.getOrDefault(parent, new TreeSet<>()).remove(child);
    }

    private void forget(EventId id) {
        RecordedEvent gone = events.remove(id);
        if (gone != null) {
            SessionId session = gone.event().sessionId();
            sessions.computeIfPresent(session, (s, all) -> {
                all.remove(gone);
                return all.isEmpty() ? null : all;
            });
        }
        List.copyOf(parents.getOrDefault(id, Set.of())).forEach(parent -> uncause(id, parent));
        references.remove(id);
        summaries.forget(id);
        if (isStray(id)) {
            nodes.remove(id);
        }
    }

    @Override
    public synchronized void writeKeys(Collection<String> ids) {}

    @Override
    public synchronized int removeNameless(int max) {
        return 0;
    }

    @Override
    public synchronized int tidy(int max) {
        List<EventId> strays = nodes.stream().filter(this::isStray).limit(max).toList();
        strays.forEach(this::forget);
        return strays.size();
    }

    @Override
    public Optional<RebuildMark> claim(String owner, Instant now, Instant staleBefore) {
        return marks.claim(owner, now, staleBefore);
    }

    @Override
    public boolean move(String owner, List<Long> seqs, Instant now) {
        return marks.move(owner, seqs, now);
    }

    @Override
    public void release(String owner) {
        marks.release(owner);
    }

    @Override
    public void finish(String owner) {
        marks.finish(owner);
    }

    @Override
    public synchronized GraphStats stats() {
        Set<EntityId> entities = new HashSet<>();
        references.values().forEach(entities::addAll);
        return new GraphStats(
                events.size(),
                nodes.size() - events.size(),
                sessions.size(),
                entities.size(),
                events.size() - sessions.size(),
                count(parents),
                count(references));
    }

    private static long count(Map<?, ? extends Set<?>> sets) {
        return sets.values().stream().mapToLong(Set::size).sum();
    }
}
