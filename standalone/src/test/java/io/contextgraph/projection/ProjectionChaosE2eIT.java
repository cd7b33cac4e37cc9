// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.audit.Findings;
import io.contextgraph.audit.Rebuild;
import io.contextgraph.audit.Rebuilt;
import io.contextgraph.audit.Repair;
import io.contextgraph.audit.Verifier;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventType;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.GraphException;
import io.contextgraph.graph.WholeGraph;
import io.contextgraph.graph.neo4j.Neo4jGraph;
import io.contextgraph.graph.neo4j.Neo4jRepair;
import io.contextgraph.graph.neo4j.Neo4jSettings;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.ParkedEntry;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.operation.Watcher;
import io.contextgraph.standalone.AppendOnlyTail;
import io.contextgraph.standalone.EmbeddedNeo4j;
import io.contextgraph.testing.Extent;
import io.contextgraph.testing.Neo4jDump;
import io.contextgraph.testing.Neo4jServers;
import io.contextgraph.testing.Pacing;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import io.contextgraph.testing.TcpProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.neo4j.driver.AuthTokens;
import org.neo4j.driver.Driver;
import org.neo4j.driver.GraphDatabase;

/**
 * Three processes feed a graph and one rebuild after another goes over it while they, Redis and Neo4j are killed at random,
 * the network between them breaks, and Neo4j refuses some events; then the graph is what the events make, every node, edge
 * and property, and a rebuild finds nothing to do.
 *
 * <p>{@code -Dcontextgraph.chaos.seconds} makes it longer; {@code -Dcontextgraph.seed} repeats its choices.
 */
@Tag("alone")
final class ProjectionChaosE2eIT {
    private static final int WORKERS = 3;
    private static final int WRITERS = 2;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** What lasts longer appends more slowly: comparing everything at the end takes its time. */
    private static final long FULL_PACE_SECONDS = 240;

    /** Neo4j takes the first event that refers to this and refuses all others. */
    private static final String POISON = "poison";

    private final long seed = Long.getLong("contextgraph.seed", new Random().nextLong(1L << 40));
    private final long seconds = Extent.CHAOS_SECONDS.value();
    /** A rebuild isolates again each event that Neo4j refuses, of which there are more the longer it goes on. */
    private final Duration patienceForRebuild = PATIENCE.plusSeconds(seconds / 2);

    private final Random random = new Random(seed);
    private final Instant begin = Instant.now().minusSeconds(60);
    private final AtomicLong numbers = new AtomicLong();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final AtomicLong rebuilds = new AtomicLong();
    private final AtomicLong interrupted = new AtomicLong();
    private final Map<Blow, Integer> done = new EnumMap<>(Blow.class);

    /** What can happen. */
    private enum Blow {
        KILL_WORKER,
        CUT_REDIS,
        KILL_REDIS,
        CUT_NEO4J,
        KILL_NEO4J
    }

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    private Path folder;

    @Test
    void whateverDiesTheGraphIsWhatTheEventsMake() throws Exception {
        System.out.println("chaos: " + seconds + " s, seed " + seed + ", logs in " + folder);
        try (Deployment deployment = new Deployment()) {
            deployment.neo4jRun("CREATE CONSTRAINT chaos FOR (e:Event) REQUIRE e.payload_ref IS UNIQUE");
            deployment.startWorkers();
            List<Thread> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                Random own = new Random(seed + i);
                writers.add(Thread.ofVirtual().start(() -> write(deployment.ledger, own)));
            }
            Thread rebuilding = Thread.ofVirtual().start(() -> rebuild(deployment));
            long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
            for (int i = 0; i < Blow.values().length || System.nanoTime() < end; i++) {
                // Each of them at least once, whatever chance and time say.
                Blow blow = i < Blow.values().length ? Blow.values()[i] : blow();
                deployment.strike(blow);
                done.merge(blow, 1, Integer::sum);
                Pacing.pause(random.nextInt(2000));
            }
            deployment.awaitNeo4j();
            stopped.set(true);
            for (Thread writer : writers) {
                assertThat(writer.join(PATIENCE)).as("a writer ends").isTrue();
            }
            assertThat(rebuilding.join(patienceForRebuild))
                    .as("the rebuilds end")
                    .isTrue();
            assertThat(rebuilds.get()).as("rebuilds that came to their end").isPositive();
            verify(deployment);
        }
    }

    private Blow blow() {
        int chance = random.nextInt(20);
        return chance < 10
                ? Blow.KILL_WORKER
                : chance < 13
                        ? Blow.CUT_REDIS
                        : chance < 15 ? Blow.KILL_REDIS : chance < 19 ? Blow.CUT_NEO4J : Blow.KILL_NEO4J;
    }

    private void verify(Deployment deployment) {
        EventFeed feed = deployment.ledger.feed(WorkerProcess.GROUP);
        ProjectionLag lag = new ProjectionLag(feed);
        long head = deployment.ledger.order().head().seq();
        assertThat(lag.await(head, PATIENCE).seenThroughSeq())
                .as("what the graph has seen")
                .isEqualTo(head);
        assertThat(deployment.workersAlive()).isEqualTo(WORKERS);
        deployment.stopWorkers();
        List<RecordedEvent> events = deployment.ledger.order().read(0, Integer.MAX_VALUE);
        assertThat(events).hasSize((int) numbers.get());
        long poisoned = events.stream()
                .filter(event -> event.event().payloadRef().equals(POISON))
                .count();
        List<ParkedEntry> parked = deployment.ledger.parking().list(Optional.empty(), 100_000);
        System.out.println("chaos: " + events.size() + " events, " + parked.size() + " parked, " + rebuilds
                + " rebuilds, " + interrupted + " interrupted; " + done);
        assertThat(parked).hasSize((int) Math.max(0, poisoned - 1));
        assertThat(feed.progress().pending()).isZero();

        deployment.neo4jRun("DROP CONSTRAINT chaos");
        Redrive redrive = new Redrive(deployment.ledger.parking(), deployment.graph);
        for (ParkedEntry entry : parked) {
            assertThat(redrive.redrive(entry).outcome()).isEqualTo(Redrive.Outcome.PROJECTED);
        }
        List<String> graph = Neo4jDump.lines(deployment.driver);
        assertThat(graph).as("seed " + seed).isEqualTo(WholeGraph.of(events));
        assertThat(deployment
                        .verifier()
                        .verify(Duration.ofSeconds(10), Watcher.NONE, new Findings(0))
                        .equal())
                .isTrue();
        Rebuilt rebuilt = deployment.rebuild().run(Rebuild.Start.ANEW, Duration.ZERO, Watcher.NONE, new Findings(0));
        assertThat(rebuilt.replayed()).isEqualTo(events.size());
        assertThat(rebuilt.repaired().found()).isEmpty();
        assertThat(Neo4jDump.lines(deployment.driver)).as("seed " + seed).isEqualTo(graph);
    }

    /** One rebuild after another, at least one to its end; one that is interrupted goes on. */
    private void rebuild(Deployment deployment) {
        while (!stopped.get() || rebuilds.get() == 0) {
            try {
                Rebuilt ignored =
                        deployment.rebuild().run(Rebuild.Start.RESUME, Duration.ZERO, Watcher.NONE, new Findings(0));
                rebuilds.incrementAndGet();
            } catch (GraphException | LedgerException away) {
                interrupted.incrementAndGet();
                Pacing.pause(100);
            }
        }
    }

    /** Appends until it is told to stop; what was not answered is sent again until it is. */
    private void write(RedisLedger ledger, Random own) {
        while (!stopped.get()) {
            List<Append> batch = new ArrayList<>();
            for (int i = own.nextInt(20); i >= 0; i--) {
                batch.add(Append.of(event(numbers.incrementAndGet(), own)));
            }
            boolean answered = false;
            while (!answered) {
                try {
                    ledger.log().append(batch, Durability.MEMORY);
                    answered = true;
                } catch (LedgerException away) {
                    Pacing.pause(100);
                }
            }
            Pacing.pause(own.nextInt(200) * Math.max(1, seconds / FULL_PACE_SECONDS));
        }
    }

    private EventId id(long number) {
        return new EventId(new UUID(seed << 16 | 0x4000L, 0x8000_0000_0000_0000L | number));
    }

    /** Sessions mix, times coincide and run backwards, parents come later or never. */
    private Event event(long number, Random own) {
        Event.Builder event = Event.builder(
                        id(number),
                        new EventType("tool.execute"),
                        begin.plusMillis(number * 5 - own.nextInt(20) * 500L),
                        new SessionId("s" + own.nextInt(6)))
                .agentId("agent " + own.nextInt(3))
                .traceId("trace")
                .payloadRef(own.nextInt(300) == 0 ? POISON : "ref:" + number);
        long parent = number + own.nextInt(40) - 30;
        if (parent > 0 && parent != number) {
            event.parentId(id(parent));
        }
        if (own.nextBoolean()) {
            event.toolName("tool " + own.nextInt(3)).importanceHint(1 + own.nextInt(10));
        }
        return event.build();
    }

    /** Redis, Neo4j and the workers, with networks between them that can break. */
    private final class Deployment implements AutoCloseable {
        private final RunningRedis redis = RunningRedis.start(
                RedisServers.here().program(), List.of("--appendfsync", "always", "--aof-load-truncated", "no"));
        private final TcpProxy toRedis = TcpProxy.to(redis.port());
        private volatile EmbeddedNeo4j.Running neo4j = startNeo4j();
        private Thread rising = Thread.ofVirtual().start(() -> {});
        private final TcpProxy toNeo4j = TcpProxy.to(port(neo4j));
        private final RedisLedger ledger =
                RedisLedger.connect(RedisSettings.defaults(redis.url()).withEngine(Engine.SORTED_SET));
        private final String password = neo4j.address().password();
        private final String uri = "bolt://127.0.0.1:" + toNeo4j.port();
        private final Neo4jGraph graph = new Neo4jGraph(Neo4jSettings.of(uri, "neo4j", password, "neo4j"));
        private final Driver driver = GraphDatabase.driver(uri, AuthTokens.basic("neo4j", password));
        private final Process[] workers = new Process[WORKERS];
        private final AtomicLong begun = new AtomicLong();
        private int started;

        Deployment() throws IOException {}

        private EmbeddedNeo4j.Running startNeo4j() throws IOException {
            return EmbeddedNeo4j.start(folder.resolve("neo4j"), Neo4jServers.settings(), line -> {});
        }

        Verifier verifier() {
            return new Verifier(
                    ledger, new GraphLag(List.of(new ProjectionLag(ledger.feed(WorkerProcess.GROUP)))), graph);
        }

        Rebuild rebuild() {
            Neo4jRepair repairs = new Neo4jRepair(graph);
            Repair repair = new Repair(verifier(), ledger.parking(), graph, repairs);
            // Each comes when the mark of the one before it has gone stale, as it does when that one could not let go
            // of it.
            Clock later = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(2).multipliedBy(begun.incrementAndGet()));
            return new Rebuild(ledger, graph, repairs, repair, Optional.empty(), later);
        }

        private static int port(EmbeddedNeo4j.Running running) {
            return URI.create(running.address().uri()).getPort();
        }

        void neo4jRun(String cypher) {
            try (var session = driver.session()) {
                session.run(cypher).consume();
            }
        }

        void startWorkers() throws IOException {
            for (int i = 0; i < WORKERS; i++) {
                startWorker(i);
            }
        }

        private void startWorker(int i) throws IOException {
            workers[i] = WorkerProcess.start(
                    "worker-" + started++,
                    toRedis.inFrontOf(redis.url()),
                    uri,
                    password,
                    folder.resolve("worker-" + i + ".log"));
        }

        long workersAlive() {
            return List.of(workers).stream().filter(Process::isAlive).count();
        }

        void stopWorkers() {
            for (Process worker : workers) {
                try {
                    worker.getOutputStream().close();
                } catch (IOException gone) {
                    // Then it has ended already.
                }
            }
            for (Process worker : workers) {
                worker.onExit().orTimeout(30, TimeUnit.SECONDS).join();
            }
        }

        void strike(Blow blow) throws IOException, InterruptedException {
            switch (blow) {
                case KILL_WORKER -> {
                    int victim = random.nextInt(WORKERS);
                    end(workers[victim].toHandle());
                    startWorker(victim);
                }
                case KILL_REDIS -> {
                    redis.kill();
                    Pacing.pause(random.nextInt(800));
                    // As every start of the embedded Redis does.
                    Optional<String> ignored = AppendOnlyTail.cut(RedisServers.here(), redis.folder());
                    redis.restart();
                }
                case KILL_NEO4J -> {
                    awaitNeo4j();
                    end(neo4j.server().process());
                    // It takes its time: meanwhile the others are struck.
                    rising = Thread.ofVirtual().start(this::raiseNeo4j);
                }
                case CUT_REDIS -> cut(toRedis);
                case CUT_NEO4J -> cut(toNeo4j);
            }
        }

        private void raiseNeo4j() {
            try {
                neo4j = startNeo4j();
                toNeo4j.moveTo(port(neo4j));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void awaitNeo4j() throws InterruptedException {
            assertThat(rising.join(PATIENCE)).as("Neo4j starts").isTrue();
        }

        private void cut(TcpProxy network) throws InterruptedException {
            if (random.nextBoolean()) {
                network.cutAnswersAfter(random.nextInt(5_000));
            } else {
                network.cutRequestsAfter(random.nextInt(20_000));
            }
            Pacing.pause(random.nextInt(500));
            network.refuse(random.nextBoolean());
            network.cutAll();
            Pacing.pause(random.nextInt(1000));
            network.heal();
        }

        private static void end(ProcessHandle process) {
            process.destroyForcibly();
            process.onExit().join();
        }

        @Override
        public void close() {
            for (Process worker : workers) {
                if (worker != null) {
                    end(worker.toHandle());
                }
            }
            driver.close();
            graph.close();
            ledger.close();
            toNeo4j.close();
            toRedis.close();
            neo4j.close();
            redis.close();
        }
    }
}
