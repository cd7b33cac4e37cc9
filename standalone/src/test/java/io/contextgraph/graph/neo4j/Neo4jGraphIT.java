// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

import static io.contextgraph.graph.History.id;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.ContextQuery;
import io.contextgraph.graph.EventNode;
import io.contextgraph.graph.EventProperties;
import io.contextgraph.graph.GraphAudit;
import io.contextgraph.graph.GraphChange;
import io.contextgraph.graph.GraphException;
import io.contextgraph.graph.GraphException.Reason;
import io.contextgraph.graph.GraphSnapshot;
import io.contextgraph.graph.GraphStats;
import io.contextgraph.graph.History;
import io.contextgraph.graph.LineageQuery;
import io.contextgraph.graph.Projection;
import io.contextgraph.graph.Subgraph;
import io.contextgraph.graph.memory.InMemoryGraph;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.ParkedEntry;
import io.contextgraph.ledger.memory.InMemoryLedger;
import io.contextgraph.projection.ProjectionCounters;
import io.contextgraph.projection.ProjectionSettings;
import io.contextgraph.projection.ProjectionWorker;
import io.contextgraph.projection.Redrive;
import io.contextgraph.testing.Extent;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.neo4j.driver.Session;
import org.neo4j.driver.Transaction;
import org.neo4j.driver.summary.ProfiledPlan;

/** What only a real Neo4j can show: writers at the same time, its time limits, large graphs. */
final class Neo4jGraphIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final int MANY = Extent.GRAPH_EVENTS.value();

    private Neo4jGraph graph = CleanNeo4j.graph();

    @BeforeEach
    void prepare() {
        graph.prepare();
    }

    @Test
    void serversThatPrepareTheSameDatabaseAtTheSameTimeAllSucceed() throws Exception {
        CleanNeo4j.run("DROP INDEX cg_session_order IF EXISTS");
        CleanNeo4j.run("DROP INDEX cg_effects IF EXISTS");
        inParallel(Collections.nCopies(8, () -> {
            graph.prepare();
            return 1;
        }));
    }

    @Test
    void writersAtTheSameTimeGiveTheGraphOfTheReference() throws Exception {
        for (long seed = 1; seed <= Extent.WRITER_SEEDS.value(); seed++) {
            graph = CleanNeo4j.graph();
            Random random = new Random(seed);
            List<RecordedEvent> history = History.random(random, 120).events();
            List<Callable<Integer>> writers = new ArrayList<>();
            for (int writer = 0; writer < 4; writer++) {
                // Every event is delivered to two of the writers, each in an order of its own.
                List<RecordedEvent> share = new ArrayList<>();
                for (RecordedEvent event : history) {
                    if (event.seq() % 4 == writer || (event.seq() + 1) % 4 == writer) {
                        share.add(event);
                    }
                }
                Collections.shuffle(share, random);
                int size = 1 + random.nextInt(30);
                writers.add(() -> {
                    for (int from = 0; from < share.size(); from += size) {
                        graph.apply(Projection.project(share.subList(from, Math.min(share.size(), from + size))));
                    }
                    return share.size();
                });
            }
            inParallel(writers);
            assertSameAs(history, "seed " + seed);
        }
    }

    @Test
    void writersWhoseBatchesNameEachOthersEventsNeverDeadlock() throws Exception {
        int writers = 4;
        int events = 400;
        for (long seed = 1; seed <= Extent.WRITER_SEEDS.value(); seed++) {
            graph = CleanNeo4j.graph();
            Random random = new Random(seed);
            History history = new History();
            for (int n = 1; n <= events; n++) {
                int parent = 1 + random.nextInt(events);
                boolean orphan = parent == n;
                history.add(
                        n,
                        "s" + n,
                        n,
                        e -> e.parentId(orphan ? null : id(parent)).toolName("t" + random.nextInt(3)));
            }
            long before = graph.collisions();
            List<Callable<Integer>> work = new ArrayList<>();
            for (int writer = 0; writer < writers; writer++) {
                int mine = writer;
                List<RecordedEvent> share = new ArrayList<>(history.events());
                share.removeIf(event -> event.seq() % writers != mine);
                Collections.shuffle(share, random);
                work.add(() -> {
                    for (int from = 0; from < share.size(); from += 25) {
                        graph.apply(Projection.project(share.subList(from, from + 25)));
                    }
                    return share.size();
                });
            }

            inParallel(work);

            assertThat(graph.collisions() - before).as("seed " + seed).isZero();
            assertSameAs(history.events(), "seed " + seed);
        }
    }

    @Test
    void edgesAloneAndEventsAtTheSameTimeDoNotDouble() throws Exception {
        History history = new History();
        for (int n = 1; n <= 20; n++) {
            int parent = n - 1;
            history.add(
                    n, "s", n, e -> e.parentId(parent == 0 ? null : id(parent)).toolName("t"));
        }
        List<GraphChange> changes = Projection.project(history.events());
        List<Callable<Integer>> writers = new ArrayList<>();
        for (int writer = 0; writer < 3; writer++) {
            List<GraphChange> mine = new ArrayList<>(changes);
            Collections.shuffle(mine, new Random(writer));
            writers.add(() -> {
                mine.forEach(change -> graph.apply(List.of(change)));
                return mine.size();
            });
        }

        inParallel(writers);

        assertSameAs(history.events(), "graph");
    }

    @Test
    void nothingOfABatchIsThereWhenItRunsOutOfTime() {
        History history = new History();
        graph.apply(Projection.project(history.add(1, "held", 0)));
        try (Neo4jGraph hasty = new Neo4jGraph(CleanNeo4j.settings(Duration.ofMillis(500)));
                var session = CleanNeo4j.DRIVER.session();
                var holder = session.beginTransaction()) {
            holder.run("MATCH (s:Session {session_id: 'held'}) SET s.held = true")
                    .consume();

            List<GraphChange> batch = Projection.project(List.of(history.add(2, "free", 0), history.add(3, "held", 1)));
            assertThatThrownBy(() -> hasty.apply(batch))
                    .isInstanceOfSatisfying(
                            GraphException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TIMEOUT));
            holder.rollback();
        }

        assertSameAs(history.events().subList(0, 1), "graph");
        graph.apply(Projection.project(history.events()));
        assertSameAs(history.events(), "graph");
    }

    @Test
    void whatTheSchemaRefusesIsRejected() {
        CleanNeo4j.run("CREATE CONSTRAINT cg_test IF NOT EXISTS FOR (e:Event) REQUIRE e.payload_ref IS UNIQUE");
        try {
            History history = new History();
            RecordedEvent one = history.add(1, "s", 0, e -> e.payloadRef("same"));
            RecordedEvent other = history.add(2, "s", 1, e -> e.payloadRef("same"));
            graph.apply(Projection.project(one));

            assertThatThrownBy(() -> graph.apply(Projection.project(other)))
                    .isInstanceOfSatisfying(
                            GraphException.class, e -> assertThat(e.reason()).isEqualTo(Reason.REJECTED));
            assertSameAs(List.of(one), "graph");
        } finally {
            CleanNeo4j.run("DROP CONSTRAINT cg_test IF EXISTS");
        }
    }

    @Test
    void whatIsParkedAndDrivenAgainLeavesTheGraphAsIfItHadNeverFailed() {
        History history = new History();
        history.add(1, "s", 0, e -> e.payloadRef("same"));
        history.add(2, "s", 30);
        history.add(3, "s", 20, e -> e.payloadRef("same").parentId(id(2)).toolName("t"));
        history.add(4, "s", 10, e -> e.parentId(id(3)));
        InMemoryLedger ledger = new InMemoryLedger(Clock.systemUTC());
        history.events().forEach(event -> ledger.append(List.of(Append.of(event.event())), Durability.MEMORY));
        List<RecordedEvent> recorded = ledger.read(0, 10);
        EventFeed feed = ledger.feed("projection");
        ProjectionSettings settings = new ProjectionSettings(10, Duration.ZERO, 2, Duration.ZERO);

        CleanNeo4j.run("CREATE CONSTRAINT cg_test IF NOT EXISTS FOR (e:Event) REQUIRE e.payload_ref IS UNIQUE");
        try (ProjectionWorker worker = new ProjectionWorker("w", feed, graph, settings, Clock.systemUTC())) {
            assertThat(worker.doWork()).isEqualTo(4);
            assertThat(worker.doWork()).isEqualTo(1);
            assertThat(worker.counters()).isEqualTo(new ProjectionCounters(3, 2, 4, 0, 1, 4));
        } finally {
            CleanNeo4j.run("DROP CONSTRAINT cg_test IF EXISTS");
        }
        ParkedEntry parked = ledger.parking().list(Optional.empty(), 10).getFirst();
        assertThat(parked.event()).contains(recorded.get(2));
        assertThat(parked.failure().reason())
                .isEqualTo("Neo4j refused the change (Neo.ClientError.Schema.ConstraintValidationFailed)");
        assertThat(feed.progress().lag()).isZero();
        assertSameAs(List.of(recorded.get(0), recorded.get(1), recorded.get(3)), "without the parked one");

        Redrive redrive = new Redrive(ledger.parking(), graph);
        assertThat(redrive.redrive(parked).outcome()).isEqualTo(Redrive.Outcome.PROJECTED);

        assertThat(ledger.parking().list(Optional.empty(), 10)).isEmpty();
        assertSameAs(recorded, "with the parked one");
    }

    @Test
    void preparingLeavesNothingButTheSchema() {
        graph.prepare();

        assertThat(graph.stats()).isEqualTo(new GraphStats(0, 0, 0, 0, 0, 0, 0));
        assertThat(graph.sessions(Optional.empty(), 10)).isEmpty();
        assertThat(graph.takesAgain()).isFalse();
    }

    @Test
    void aServerThatIsAwayIsUnavailable() {
        Neo4jSettings nowhere = new Neo4jSettings(
                "bolt://127.0.0.1:1",
                "",
                "",
                "neo4j",
                Duration.ofMillis(500),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                2,
                Optional.empty());
        try (Neo4jGraph away = new Neo4jGraph(nowhere)) {
            assertThatThrownBy(away::stats)
                    .isInstanceOfSatisfying(
                            GraphException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE));
            assertThat(away.health().reachable()).isFalse();
            assertThat(away.health().problem()).startsWith("Neo4j does not answer");
        }
        assertThat(graph.health().reachable()).isTrue();
        assertThat(graph.health().version()).isNotEmpty();
    }

    @Test
    void aGraphOfANewerVersionIsRefused() {
        CleanNeo4j.run("MATCH (m:ContextGraphSchema) SET m.version = 99");

        assertThatThrownBy(graph::prepare)
                .isInstanceOf(GraphException.class)
                .hasMessage("the graph must be of version 2 or older, is of version 99: a newer Context Graph has"
                        + " written it");
    }

    @Test
    void whatWasBrokenByHandIsMendedByDeliveringItAgain() {
        History history = new History();
        for (int n = 1; n <= 5; n++) {
            int parent = n - 1;
            history.add(n, "s", n * 10L, e -> e.parentId(parent == 0 ? null : id(parent)));
        }
        graph.apply(Projection.project(history.events()));
        CleanNeo4j.run("MATCH (e:Event {seq: 3}) SET e.agent_id = 'else'");
        CleanNeo4j.run("MATCH (e:Event {seq: 2}) SET e.session_seq = toFloat(e.session_seq)");
        CleanNeo4j.run("MATCH (:Event {seq: 3})-[r]->() DELETE r");
        CleanNeo4j.run("MATCH (a:Event {seq: 4})-[:FOLLOWS]->(b) CREATE (a)-[:FOLLOWS {session_id: 's'}]->(b)");
        CleanNeo4j.run("MATCH (a:Event {seq: 5}), (b:Event {seq: 1}) CREATE (a)-[:FOLLOWS {delta_ms: 1}]->(b)");

        graph.apply(Projection.project(history.events()));

        assertSameAs(history.events(), "graph");
    }

    @Test
    void anEventWithManyEffectsIsAnsweredAPageAtATime() {
        graph.apply(Projection.project(new History().add(1, "s", 0)));
        CleanNeo4j.run("""
                MATCH (root:Event {seq: 1})
                UNWIND range(2, %d) AS n
                CALL (root, n) {
                  WITH root, root {.*, seq: n, parent_event_id: root.event_id, session_id: 'wide', occurred_at_epoch_ms: root.occurred_at_epoch_ms + n / 3,
                    event_id: '00000000-0000-4000-9000-' + substring('000000000000' + toString(n), size(toString(n)))
                  } AS node
                  CREATE (c:Event) SET c = node
                  CREATE (c)-[:CAUSED_BY {mechanism: 'direct'}]->(root)
                } IN TRANSACTIONS OF 10000 ROWS""".formatted(MANY + 1));
        LineageQuery query =
                new LineageQuery(id(1), LineageQuery.Direction.DESCENDANTS, 10, 500, TIMEOUT, Optional.empty());

        Set<EventId> found = new HashSet<>();
        int pages = 0;
        long last = 0;
        Optional<Cursor> next = Optional.empty();
        do {
            Subgraph page = graph.lineage(new LineageQuery(
                    query.start(), query.direction(), query.maxDepth(), query.maxNodes(), TIMEOUT, next));
            for (EventNode node : page.nodes()) {
                assertThat(found.add(node.id())).isTrue();
                long seq = node.event().orElseThrow().seq();
                assertThat(seq).isEqualTo(last + 1);
                last = seq;
            }
            next = page.next();
            pages++;
        } while (next.isPresent() && pages < 4);

        assertThat(found).hasSize(2_000);
        assertThat(next).isPresent();
        // From a leaf, the root is one step away and its other effects are nobody's business.
        EventId leaf =
                found.stream().filter(node -> !node.equals(id(1))).findFirst().orElseThrow();
        Subgraph both =
                graph.lineage(new LineageQuery(leaf, LineageQuery.Direction.BOTH, 10, 500, TIMEOUT, Optional.empty()));
        assertThat(both.nodes().stream().map(EventNode::id)).containsExactly(leaf, id(1));
    }

    @Test
    void aLevelTooWideToGoOnFromIsTold() {
        graph.apply(Projection.project(new History().add(1, "s", 0)));
        CleanNeo4j.run("""
                MATCH (root:Event {seq: 1})
                UNWIND range(2, %d) AS n
                WITH root, root {.*, seq: n, parent_event_id: root.event_id, session_id: 'wide',
                  event_id: '00000000-0000-4000-9000-' + substring('000000000000' + toString(n), size(toString(n)))
                } AS node
                CREATE (c:Event) SET c = node
                CREATE (c)-[:CAUSED_BY {mechanism: 'direct'}]->(root)""".formatted(LineageQuery.MAX_EXPANDED + 2));
        LineageQuery.Place nearTheEnd = new LineageQuery.Place(
                1,
                History.START.toEpochMilli(),
                LineageQuery.MAX_EXPANDED,
                new History().add(1, "s", 0).event().id());
        LineageQuery first =
                new LineageQuery(id(1), LineageQuery.Direction.DESCENDANTS, 10, 500, TIMEOUT, Optional.empty());

        Subgraph page = graph.lineage(new LineageQuery(
                id(1),
                LineageQuery.Direction.DESCENDANTS,
                10,
                500,
                TIMEOUT,
                Optional.of(first.cursorAfter(nearTheEnd))));

        assertThat(page.nodes()).hasSize(2);
        assertThat(page.next()).isEmpty();
        assertThat(page.truncated()).isTrue();
    }

    @Test
    void theContextOfALongSessionIsReadFromTheIndex() {
        graph.apply(Projection.project(new History().add(1, "long", 0)));
        CleanNeo4j.run("""
                MATCH (first:Event {seq: 1})
                UNWIND range(2, %d) AS n
                CALL (first, n) {
                  WITH first {.*, seq: n, decay_rank: first.decay_rank + n / 7,
                    event_id: '00000000-0000-4000-9000-' + substring('000000000000' + toString(n), size(toString(n)))
                  } AS node
                  CREATE (c:Event) SET c = node
                } IN TRANSACTIONS OF 10000 ROWS""".formatted(MANY));

        Optional<Cursor> next = Optional.empty();
        long expected = MANY;
        for (int page = 0; page < 5; page++) {
            Subgraph answer = graph.context(new ContextQuery(new SessionId("long"), 100, Instant.EPOCH, TIMEOUT, next));
            for (EventNode node : answer.nodes()) {
                assertThat(node.event().orElseThrow().seq()).isEqualTo(expected--);
            }
            next = answer.next();
        }
        assertThat(expected).isEqualTo(MANY - 500);
        assertRowsRead(
                Statements.CONTEXT_BELOW_RANK, Map.of("session", "long", "rank", Long.MAX_VALUE, "limit", 101), 150);
        assertRowsRead(Statements.LOCK_SESSIONS, GraphTransaction.lists("sessions", List.of("long")), 10);
    }

    /** No step of the plan yields more rows than so many: what is not needed is not read. */
    @SuppressWarnings("deprecation") // The driver names the steps of a plan in no other way that is stable.
    private static void assertRowsRead(String statement, Map<String, Object> parameters, long most) {
        try (var session = CleanNeo4j.DRIVER.session();
                var tx = session.beginTransaction()) {
            var profile = tx.run("PROFILE " + statement, parameters).consume().profile();
            List<ProfiledPlan> steps = new ArrayList<>(List.of(profile));
            for (int i = 0; i < steps.size(); i++) {
                assertThat(steps.get(i).records())
                        .as(steps.get(i).operatorType())
                        .isLessThanOrEqualTo(most);
                steps.addAll(steps.get(i).children());
            }
            tx.rollback();
        }
    }

    private static void inParallel(List<Callable<Integer>> work) throws InterruptedException, ExecutionException {
        try (ExecutorService threads = Executors.newFixedThreadPool(work.size())) {
            for (Future<Integer> done : threads.invokeAll(work)) {
                assertThat(done.get()).isPositive();
            }
        }
    }

    private void assertSameAs(List<RecordedEvent> events, String description) {
        InMemoryGraph reference = new InMemoryGraph();
        reference.apply(Projection.project(events));
        assertThat(whole(graph)).as(description).isEqualTo(whole(reference));
        GraphStats stats = graph.stats();
        assertThat(stats).as(description).isEqualTo(reference.stats());
    }

    private static Map<SessionId, GraphSnapshot> whole(GraphAudit reader) {
        Map<SessionId, GraphSnapshot> whole = new TreeMap<>();
        reader.sessions(Optional.empty(), 1_000)
                .forEach(session -> whole.put(session, GraphSnapshot.of(reader, session)));
        return whole;
    }

    /** Whoever comes second sees what the first has written, be the event a stub before or not there. */
    @Test
    void ofTwoPartitionsThatBringAnIdAtOnceOneIsRefused() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            for (int round = 1; round <= 60; round++) {
                EventId twice = id(round);
                if (round % 2 == 0) {
                    // There as a stub.
                    graph.apply(
                            Projection.project(new History().add(1_000 + round, "c", round, e -> e.parentId(twice))));
                }
                List<Callable<String>> both = new ArrayList<>();
                for (int partition = 0; partition < 2; partition++) {
                    RecordedEvent event = new History().add(round, "s" + partition, round);
                    RecordedEvent named = event.at(event.position().in(partition));
                    both.add(() -> {
                        try {
                            graph.apply(Projection.project(named));
                            return named.event().sessionId().value();
                        } catch (GraphException refused) {
                            return refused.reason().code();
                        }
                    });
                }
                List<String> done = new ArrayList<>();
                for (Future<String> one : threads.invokeAll(both)) {
                    done.add(one.get());
                }
                assertThat(done).as("round " + round).contains(Reason.DOUBLE_ID.code());
                done.remove(Reason.DOUBLE_ID.code());
                assertThat(graph.nodes(List.of(twice)).getFirst().session())
                        .as("round " + round)
                        .contains(new SessionId(done.getFirst()));
            }
        }
    }

    /** Two workers fill the same stub in: whoever has looked at it must not write what was true before the other one wrote. */
    @Test
    void whatIsReadOfAnEventIsTrueOnceItIsLocked() throws Exception {
        graph.apply(Projection.project(new History().add(2, "c", 0, e -> e.parentId(id(1)))));
        RecordedEvent first = new History().add(1, "s", 0);
        Map<String, Object> node = EventProperties.of(first.at(first.position().in(0)));
        Map<String, Object> put = new HashMap<>(node);
        put.remove(EventFields.EVENT_ID);
        RecordedEvent second = new History().add(1, "t", 0);
        try (ExecutorService threads = Executors.newFixedThreadPool(1);
                Session session = CleanNeo4j.DRIVER.session();
                Transaction open = session.beginTransaction()) {
            Map<String, Object> parameters = Map.of("id", id(1).toString(), "put", put);
            open.run("MATCH (e:Event {event_id: $id}) SET e._lock = true REMOVE e._lock", parameters)
                    .consume();
            Future<?> waiting = threads.submit(() ->
                    graph.apply(Projection.project(second.at(second.position().in(1)))));
            while (!waiting.isDone() && !isAnyBlocked()) {
                Thread.onSpinWait();
            }
            open.run("MATCH (e:Event {event_id: $id}) SET e += $put REMOVE e:Stub", parameters)
                    .consume();
            open.commit();

            assertThatThrownBy(waiting::get)
                    .cause()
                    .isInstanceOfSatisfying(
                            GraphException.class,
                            refused -> assertThat(refused.reason()).isEqualTo(Reason.DOUBLE_ID));
        }
        assertThat(graph.nodes(List.of(id(1))).getFirst().properties()).isEqualTo(node);
    }

    private static boolean isAnyBlocked() {
        try (Session session = CleanNeo4j.DRIVER.session()) {
            return session.run("SHOW TRANSACTIONS YIELD status WHERE status STARTS WITH 'Blocked' RETURN count(*) AS n")
                            .single()
                            .get("n")
                            .asInt()
                    > 0;
        }
    }
}
