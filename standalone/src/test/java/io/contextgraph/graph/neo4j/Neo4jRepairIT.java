// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

import static io.contextgraph.graph.History.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.audit.Difference;
import io.contextgraph.audit.Findings;
import io.contextgraph.audit.PrunedFixture;
import io.contextgraph.audit.Rebuild;
import io.contextgraph.audit.Rebuilt;
import io.contextgraph.audit.Repair;
import io.contextgraph.audit.Repaired;
import io.contextgraph.audit.Verification;
import io.contextgraph.audit.Verifier;
import io.contextgraph.audit.Verifier.Depth;
import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.forgetting.ForgettingSettings;
import io.contextgraph.forgetting.GraphForgetting;
import io.contextgraph.graph.EventProperties;
import io.contextgraph.graph.Forgetting;
import io.contextgraph.graph.GraphChange;
import io.contextgraph.graph.GraphNode;
import io.contextgraph.graph.GraphRepair;
import io.contextgraph.graph.GraphSink;
import io.contextgraph.graph.History;
import io.contextgraph.graph.Projection;
import io.contextgraph.graph.RebuildMark;
import io.contextgraph.graph.Removal;
import io.contextgraph.graph.Stray;
import io.contextgraph.graph.WholeGraph;
import io.contextgraph.graph.summary.Summarizer;
import io.contextgraph.graph.summary.Summary;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.memory.InMemoryLedger;
import io.contextgraph.ledger.partition.PartitionScope;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.operation.Watcher;
import io.contextgraph.projection.GraphLag;
import io.contextgraph.projection.ProjectionLag;
import io.contextgraph.testing.Neo4jDump;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Harm of every kind is seen and put right in a real Neo4j; all of the database is held against what the events make. */
final class Neo4jRepairIT {
    private static final String SECOND = "MATCH (e:Event {event_id: '" + id(2) + "'}) ";

    private final Clock clock = Clock.systemUTC();
    private final InMemoryLedger ledger = new InMemoryLedger(clock);
    private final Neo4jGraph graph = CleanNeo4j.graph();
    private final Neo4jRepair repairs = new Neo4jRepair(graph);
    private final EventFeed feed = ledger.feed("projection");
    private final Verifier verifier = new Verifier(ledger, new GraphLag(List.of(new ProjectionLag(feed))), graph);
    private final Repair repair = new Repair(verifier, ledger.parking(), graph, repairs);
    private Findings found = new Findings(1_000);

    @BeforeEach
    void fill() {
        graph.prepare();
        History history = new History();
        for (int n = 1; n <= 12; n++) {
            int parent = n - 1;
            RecordedEvent event = history.add(
                    n,
                    "s" + n % 3,
                    n * 10L,
                    e -> e.parentId(parent == 0 ? id(77) : id(parent)).toolName("t" + parent % 2));
            ledger.append(List.of(Append.of(event.event())), Durability.MEMORY);
        }
        graph.apply(Projection.project(ledger.read(0, 100)));
        try (EventFeed.Consumer worker = feed.open("worker")) {
            worker.acknowledge(worker.poll(100, Duration.ZERO).stream()
                    .map(Delivery::position)
                    .toList());
        }
    }

    /** What shows in the sums. */
    private static Map<String, String> harms() {
        Map<String, String> harms = new LinkedHashMap<>();
        harms.put("a lost digest", SECOND + "REMOVE e.digest");
        harms.put("a digest that is no number", SECOND + "SET e.digest = 'x'");
        harms.put("a digest beyond its bounds", SECOND + "SET e.digest = 9223372036854775807");
        harms.put("a lost key", SECOND + "REMOVE e.key");
        harms.put("no digest and no key anywhere", "MATCH (n) REMOVE n.digest, n.key");
        harms.put("a wrong key of an agent", "MATCH (x:Entity {entity_id: 'agent:agent'}) SET x.key = 1");
        harms.put("a wrong key of a stub", "MATCH (e:Stub) SET e.key = 1");
        harms.put("a lost event", SECOND + "DETACH DELETE e");
        harms.put("everything lost", "MATCH (n) WHERE NOT n:ContextGraphSchema DETACH DELETE n");
        harms.put("a lost FOLLOWS", "MATCH (e:Event {event_id: '" + id(5) + "'})-[f:FOLLOWS]->() DELETE f");
        harms.put("a lost CAUSED_BY", SECOND + "MATCH (e)-[f:CAUSED_BY]->() DELETE f");
        harms.put("a lost REFERENCES", SECOND + "MATCH (e)-[f:REFERENCES {role: 'tool'}]->() DELETE f");
        harms.put("double edges", "MATCH (a:Event)-[r:FOLLOWS]->(b) CREATE (a)-[x:FOLLOWS]->(b) SET x = properties(r)");
        harms.put(
                "a turned edge",
                SECOND + "MATCH (e)-[f:CAUSED_BY]->(p) DELETE f CREATE (p)-[:CAUSED_BY {mechanism: 'direct'}]->(e)");
        harms.put("an edge of a foreign type", SECOND + "CREATE (e)-[:LIKES]->(e)");
        harms.put("an edge to itself", SECOND + "CREATE (e)-[:FOLLOWS {session_id: 's2', delta_ms: 0}]->(e)");
        harms.put("an event that says to be a stub", SECOND + "SET e:Stub");
        harms.put("a lost session", "MATCH (s:Session {session_id: 's1'}) DELETE s");
        harms.put("an event of another session", SECOND + "SET e.session_id = 's1'");
        harms.put("an event of an unknown session", SECOND + "SET e.session_id = 'unknown'");
        harms.put("an event without a number", SECOND + "REMOVE e.seq");
        harms.put("an event without a session", SECOND + "REMOVE e.session_id");
        harms.put(
                "foreign events",
                "UNWIND ['s1', 'unknown'] AS s CREATE (f:Event {event_id: randomUUID(), session_id: s,"
                        + " occurred_at_epoch_ms: 1769860800015, seq: 99})-[:REFERENCES {role: 'agent'}]->"
                        + "(:Entity {entity_id: 'agent:' + s}) WITH f MATCH (e:Event {event_id: '" + id(3)
                        + "'}) CREATE (e)-[:CAUSED_BY]->(f), (f)-[:CAUSED_BY]->(e)");
        return harms;
    }

    @Test
    void whatShowsInTheSumsIsPutRightAndReadersNeverSeeLessMeanwhile() {
        harms().forEach((what, harm) -> {
            CleanNeo4j.run(harm);
            Set<String> right = right();
            assertThat(verify(Depth.DIGEST).differences()).as(what).isNotEmpty();

            Repaired result = checkedRepair(what, right).run(Depth.DIGEST, Duration.ZERO, Watcher.NONE, found);

            assertRepaired(what, result);
        });
    }

    @Test
    void whatWasChangedPastTheDigestsShowsInDepth() {
        Map<String, String> harms = new LinkedHashMap<>();
        harms.put("a changed property", SECOND + "SET e.agent_id = 'somebody else'");
        harms.put("a property too many", SECOND + "SET e.extra = 1");
        harms.put("a property of an edge", "MATCH (:Event)-[f:FOLLOWS]->() SET f.delta_ms = 1");
        harms.put("a property too many on an edge", "MATCH (:Event)-[f:CAUSED_BY]->() SET f.extra = 1");
        harms.forEach((what, harm) -> {
            CleanNeo4j.run(harm);
            assertThat(verify(Depth.DIGEST).differences()).as(what).isEmpty();
            assertThat(verify(Depth.EXACT).differences()).as(what).isNotEmpty();

            assertRepaired(what, repair(Depth.EXACT));
        });
    }

    @Test
    void straysGo() {
        CleanNeo4j.run("CREATE (:Event:Stub {event_id: '" + id(70) + "', key: 1}), (:Session {session_id: 'nobody'}),"
                + " (:Entity {entity_id: 'tool:unused'}), (:Event {event_id: '" + id(71) + "'})");

        assertThat(verify(Depth.DIGEST).strays())
                .containsExactlyInAnyOrder(
                        new Stray(Stray.Kind.STUB, id(70).toString()),
                        new Stray(Stray.Kind.EVENT, id(71).toString()),
                        new Stray(Stray.Kind.SESSION, "nobody"),
                        new Stray(Stray.Kind.ENTITY, "tool:unused"));
        assertRepaired("strays", repair(Depth.DIGEST));
    }

    @Test
    void anEventThatLostItsIdComesAgain() {
        for (String harm : List.of("REMOVE e.event_id", "SET e.event_id = 5", "SET e.event_id = 'E-5'")) {
            CleanNeo4j.run(SECOND + harm);
            assertThat(verify(Depth.EXACT).strays())
                    .as(harm)
                    .extracting(Stray::kind)
                    .containsExactly(Stray.Kind.EVENT);

            assertRepaired(harm, repair(Depth.DIGEST));
            assertThat(found.named()).extracting(Difference::kind).contains(Difference.Kind.MISSING_EVENT);
            found = new Findings(1_000);
        }
    }

    @Test
    void oddNodesAreStraightened() {
        Map<String, String> harms = new LinkedHashMap<>();
        harms.put("a stub with a property", "MATCH (e:Stub) SET e.agent_id = 'x'");
        harms.put("a stub with an edge", "MATCH (e:Stub) MATCH (s:Session) CREATE (e)-[:IN]->(s)");
        harms.put("an agent of another name", "MATCH (x:Entity {kind: 'agent'}) SET x.name = 'y'");
        harms.put("a tool of another kind", "MATCH (x:Entity {name: 't1'}) SET x.kind = 'agent'");
        harms.put("a tool without a kind", "MATCH (x:Entity {name: 't1'}) REMOVE x.kind");
        harms.put("a tool with a property", "MATCH (x:Entity {name: 't1'}) SET x.price = 7");
        harms.put("a tool with an edge", "MATCH (x:Entity {name: 't1'}) CREATE (x)-[:IS]->(x)");
        harms.put("a session with a property", "MATCH (s:Session) SET s.owner = 'me'");
        harms.put(
                "an agent that no event can name",
                "MATCH (e:Event) WITH e LIMIT 1 CREATE (:Entity {entity_id: 'x'})-[:IS]->(e)");
        harms.forEach((what, harm) -> {
            CleanNeo4j.run(harm);
            assertThat(verify(Depth.DIGEST).strays()).as(what).isNotEmpty();

            assertRepaired(what, repair(Depth.DIGEST));
        });
    }

    @Test
    void whatTellsOfUseStays() {
        CleanNeo4j.run("MATCH (e:Event) SET e.access_count = 3, e.last_accessed_at = 'yesterday'");
        assertThat(verify(Depth.EXACT).differences()).isEmpty();
        CleanNeo4j.run(SECOND + "SET e.agent_id = 'x', e.extra = 2");
        CleanNeo4j.run("MATCH (e:Stub) SET e.extra = 2");

        assertThat(repair(Depth.EXACT).complete()).isTrue();
        assertThat(rebuild().repaired().complete()).isTrue();

        assertThat(verify(Depth.EXACT).differences()).isEmpty();
        try (var session = CleanNeo4j.DRIVER.session()) {
            assertThat(session.run(
                                    "MATCH (e:Event {access_count: 3, last_accessed_at: 'yesterday'}) RETURN count(*) AS n")
                            .single()
                            .get("n")
                            .asInt())
                    .isEqualTo(13);
        }
        CleanNeo4j.run("MATCH (e:Event) REMOVE e.access_count, e.last_accessed_at");
        assertThat(Neo4jDump.lines(CleanNeo4j.DRIVER)).isEqualTo(WholeGraph.of(ledger.read(0, 100)));
    }

    @Test
    void whatIsSaidOfArchivedEventsStaysUntilTheyAreTakenOut() {
        Summarizer summarizer = new Summarizer(new SessionId("s1"), "1-12", event -> "");
        List<EventId> covered = new ArrayList<>(List.of(id(77), id(99)));
        ledger.read(0, 100).stream()
                .filter(event -> event.event().sessionId().value().equals("s1"))
                .forEach(event -> {
                    summarizer.add(event);
                    covered.add(event.event().id());
                });
        graph.apply(List.of(new GraphChange.Summarize(summarizer.summary(), covered)));
        List<String> whole = Neo4jDump.lines(CleanNeo4j.DRIVER);
        List<Long> archived = List.of(1L, 4L, 7L, 10L);
        assertThat(summarised()).isEqualTo(archived);
        assertThat(whole).hasSize(WholeGraph.of(ledger.read(0, 100)).size() + 1 + archived.size());
        for (Depth depth : Depth.values()) {
            assertThat(verify(depth).equal()).isTrue();
        }

        // Losses elsewhere in the session, and at an archived event.
        CleanNeo4j.run("MATCH (:Event {event_id: '" + id(7) + "'})-[r]->() DELETE r");
        CleanNeo4j.run("MATCH (e:Event {event_id: '" + id(4) + "'}) SET e.agent_id = 'x'");
        assertThat(repair(Depth.EXACT).complete()).isTrue();
        assertThat(rebuild().repaired().complete()).isTrue();
        assertThat(Neo4jDump.lines(CleanNeo4j.DRIVER)).isEqualTo(whole);

        repairs.remove(new SessionId("s1"), new Removal(List.of(id(4), id(10)), List.of(), Map.of()));
        assertThat(summarised()).isEqualTo(List.of(1L, 7L));
        // Others name them as causes.
        assertThat(graph.nodes(List.of(id(4), id(10), id(77))))
                .extracting(GraphNode::properties)
                .containsExactlyInAnyOrder(
                        EventProperties.stub(id(4).toString()),
                        EventProperties.stub(id(10).toString()),
                        EventProperties.stub(id(77).toString()));
        assertThat(repair(Depth.DIGEST).complete()).isTrue();
        assertThat(verify(Depth.EXACT).equal()).isTrue();
        assertThat(summarised()).isEqualTo(List.of(1L, 7L));
    }

    /** The numbers of the events that a summary covers, and that say so. */
    private static List<Long> summarised() {
        try (var session = CleanNeo4j.DRIVER.session()) {
            return session.run("MATCH (s:Summary)-[:SUMMARIZES]->(e:Event) WHERE e.archived = s.segment"
                            + " RETURN e.seq AS seq ORDER BY seq")
                    .list(row -> row.get("seq").asLong());
        }
    }

    @Test
    void aRebuildPutsRightWhatWasChanged() {
        CleanNeo4j.run("MATCH (e:Event) SET e.agent_id = 'x', e.trace_id = 'y'");
        Map<String, String> harms = harms();
        harms.remove("everything lost");
        harms.values().forEach(CleanNeo4j::run);

        assertThat(rebuild().replayed()).isEqualTo(12);

        assertThat(Neo4jDump.lines(CleanNeo4j.DRIVER)).isEqualTo(WholeGraph.of(ledger.read(0, 100)));
        assertThat(verify(Depth.EXACT).differences()).isEmpty();
    }

    @Test
    void whileItIsRebuiltReadersNeverSeeLess() {
        // The order of a session leads through what is foreign in it until that is taken out.
        Set<String> foreign = Set.of("an event of another session", "foreign events");
        harms().forEach((what, harm) -> {
            CleanNeo4j.run(harm);
            Set<String> right = right();
            right.removeIf(line -> foreign.contains(what) && line.contains(" FOLLOWS "));

            Rebuilt result = new Rebuild(
                            ledger,
                            checked(GraphSink.class, graph, what, right),
                            repairs,
                            checkedRepair(what, right),
                            Optional.empty(),
                            clock)
                    .run(Rebuild.Start.ANEW, Duration.ZERO, Watcher.NONE, found);

            assertRepaired(what, result.repaired());
        });
    }

    /** What is there and right. */
    private Set<String> right() {
        Set<String> right = new HashSet<>(WholeGraph.of(ledger.read(0, 100)));
        right.retainAll(Neo4jDump.lines(CleanNeo4j.DRIVER));
        return right;
    }

    private Repair checkedRepair(String what, Set<String> right) {
        return new Repair(
                verifier,
                ledger.parking(),
                checked(GraphSink.class, graph, what, right),
                checked(GraphRepair.class, repairs, what, right));
    }

    /** After each call {@code right} must still be there. */
    private static <T> T checked(Class<T> type, T target, String what, Set<String> right) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    Object result = method.invoke(target, arguments);
                    assertThat(Neo4jDump.lines(CleanNeo4j.DRIVER))
                            .as(what + ", after " + method.getName())
                            .containsAll(right);
                    return result;
                }));
    }

    @Test
    void theMarkOfARebuildBelongsToOne() {
        Instant now = Instant.parse("2026-01-31T12:00:00Z");
        assertThat(repairs.claim("a", now, now.minusSeconds(60))).contains(new RebuildMark(List.of(0L), now));
        assertThat(repairs.claim("b", now.plusSeconds(1), now.minusSeconds(59))).isEqualTo(Optional.empty());
        assertThat(repairs.move("a", List.of(7L), now.plusSeconds(10))).isTrue();
        assertThat(repairs.move("b", List.of(8L), now.plusSeconds(10))).isFalse();
        assertThat(repairs.claim("b", now.plusSeconds(80), now.plusSeconds(20)))
                .contains(new RebuildMark(List.of(7L), now));
        assertThat(repairs.move("a", List.of(9L), now.plusSeconds(81))).isFalse();
        repairs.release("b");
        assertThat(repairs.claim("c", now.plusSeconds(81), now)).contains(new RebuildMark(List.of(7L), now));
        repairs.finish("c");
        assertThat(repairs.claim("d", now.plusSeconds(90), now))
                .contains(new RebuildMark(List.of(0L), now.plusSeconds(90)));
        repairs.finish("d");
    }

    /** What has gone from the ledger stays as it was, and what the graph has lost of it comes from the archive alone. */
    @Test
    void whatHasGoneFromTheLedgerStays() {
        List<RecordedEvent> events = ledger.read(0, 100);
        List<RecordedEvent> gone = events.stream()
                .filter(event -> event.event().sessionId().value().equals("s2") || event.seq() < 5)
                .toList();
        PrunedFixture.prune(ledger, graph, gone);
        List<String> right = Neo4jDump.lines(CleanNeo4j.DRIVER);
        for (Depth depth : Depth.values()) {
            assertThat(verify(depth).equal()).as(depth.toString()).isTrue();
        }
        for (String harm : List.of(
                SECOND + "REMOVE e.digest",
                SECOND + "REMOVE e.key",
                SECOND + "MATCH (e)-[f:CAUSED_BY]->() DELETE f",
                "MATCH (e:Event {event_id: '" + id(5) + "'})-[f:FOLLOWS]->() DELETE f",
                "MATCH (e:Event {event_id: '" + id(12) + "'}) DETACH DELETE e")) {
            CleanNeo4j.run(harm);
            assertThat(verify(Depth.DIGEST).equal()).as(harm).isFalse();
            assertThat(repair(Depth.DIGEST).complete()).as(harm).isTrue();
            assertThat(Neo4jDump.lines(CleanNeo4j.DRIVER)).as(harm).isEqualTo(right);
        }
        assertThat(rebuild().repaired().complete()).isTrue();
        assertThat(Neo4jDump.lines(CleanNeo4j.DRIVER)).isEqualTo(right);

        CleanNeo4j.run("MATCH (e:Event {event_id: '" + id(5) + "'}) DETACH DELETE e");
        assertThat(repair(Depth.DIGEST).left()).containsEntry(Difference.Kind.ARCHIVED, 1L);
        Rebuild.Archived archive = (project, watcher) -> {
            project.accept(gone);
            PrunedFixture.mark(graph, gone);
        };
        assertThat(new Rebuild(ledger, graph, repairs, repair, Optional.of(archive), clock)
                        .run(Rebuild.Start.ARCHIVE, Duration.ZERO, Watcher.NONE, found)
                        .repaired()
                        .complete())
                .isTrue();
        assertThat(Neo4jDump.lines(CleanNeo4j.DRIVER)).isEqualTo(right);
    }

    /** Whoever is killed at any step is followed by another, and only the summaries are left. */
    @Test
    void whatHasGoneForLongIsForgotten() {
        List<RecordedEvent> gone = ledger.read(0, 100).stream()
                .filter(event -> event.event().sessionId().value().equals("s2") || event.seq() < 5)
                .toList();
        PrunedFixture.prune(ledger, graph, gone);
        List<Summary> summaries = graph.summaries(new SessionId("s2"), 10);
        GraphForgetting forgetting = new GraphForgetting(
                ledger,
                PartitionScope.ALL,
                ForgettingSettings.NEVER,
                new GraphForgetting.Graph(graph, graph, repairs, new Neo4jTiers(graph)));
        Fence fence =
                ledger.trimming().lease().take("one", Duration.ofMinutes(1)).orElseThrow();
        Forgetting all = new Forgetting(100, 100);
        int kills = 0;
        for (boolean killed = true; killed; ) {
            int[] left = {++kills};
            try {
                long ignored = forgetting.run(fence, all, () -> {
                    if (--left[0] == 0) {
                        throw new IllegalStateException("killed");
                    }
                });
                killed = false;
            } catch (IllegalStateException asked) {
                assertThat(asked).hasMessage("killed");
            }
        }
        assertThat(kills).isGreaterThan(3);
        assertThat(forgetting.run(fence, all, () -> {})).isZero();
        for (Depth depth : Depth.values()) {
            assertThat(verify(depth).equal()).as(depth.toString()).isTrue();
        }
        assertThat(graph.summaries(new SessionId("s2"), 10))
                .isEqualTo(summaries)
                .isNotEmpty();
        assertThat(graph.summaries(
                        gone.stream().map(event -> event.event().id()).toList()))
                .hasSizeLessThan(gone.size())
                .isNotEmpty()
                .allSatisfy((id, summary) -> assertThat(summary.session())
                        .isEqualTo(gone.stream()
                                .filter(event -> event.event().id().equals(id))
                                .findFirst()
                                .orElseThrow()
                                .event()
                                .sessionId()));
        CleanNeo4j.run("MATCH (s:Summary) DETACH DELETE s");
        CleanNeo4j.run("MATCH (e:Stub) REMOVE e.archived, e.summary_id");
        assertThat(Neo4jDump.lines(CleanNeo4j.DRIVER)).isEqualTo(WholeGraph.of(ledger.read(0, 100)));
        assertThat(repair(Depth.EXACT).sessions()).isZero();
    }

    private Verification verify(Depth depth) {
        return verifier.verify(depth, Duration.ZERO, Watcher.NONE, new Findings(0));
    }

    private Repaired repair(Depth depth) {
        found = new Findings(1_000);
        return repair.run(depth, Duration.ZERO, Watcher.NONE, found);
    }

    private Rebuilt rebuild() {
        return new Rebuild(ledger, graph, repairs, repair, Optional.empty(), clock)
                .run(Rebuild.Start.RESUME, Duration.ZERO, Watcher.NONE, found);
    }

    private void assertRepaired(String what, Repaired result) {
        assertThat(result.complete()).as(what + ": " + result).isTrue();
        assertThat(Neo4jDump.lines(CleanNeo4j.DRIVER)).as(what).isEqualTo(WholeGraph.of(ledger.read(0, 100)));
        Verification after = verify(Depth.EXACT);
        assertThat(after.differences()).as(what).isEmpty();
        assertThat(after.strays()).as(what).isEmpty();
    }
}
