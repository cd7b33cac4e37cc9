// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.audit.AuditPhase;
import io.contextgraph.audit.Difference;
import io.contextgraph.audit.Findings;
import io.contextgraph.audit.Rebuild;
import io.contextgraph.audit.Rebuilt;
import io.contextgraph.audit.Repair;
import io.contextgraph.audit.Verification;
import io.contextgraph.audit.Verifier;
import io.contextgraph.event.Event;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.WholeGraph;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.partition.RedisPartitions;
import io.contextgraph.ledger.router.PartitionedLedger;
import io.contextgraph.operation.Watcher;
import io.contextgraph.projection.GraphLag;
import io.contextgraph.projection.ProjectionLag;
import io.contextgraph.projection.ProjectionSettings;
import io.contextgraph.projection.ProjectionWorker;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.Neo4jDump;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A ledger of three partitions in a real Redis, and a real Neo4j that is one graph of them. */
final class Neo4jPartitionsIT {
    private static final int EVENTS = 3_000;
    private static final List<RunningRedis> SERVERS = new ArrayList<>();

    private final List<RedisLedger> parts = new ArrayList<>();
    private final Neo4jGraph graph = CleanNeo4j.graph();
    private final Neo4jRepair repairs = new Neo4jRepair(graph);
    private PartitionedLedger ledger;

    @BeforeAll
    static void start() {
        SERVERS.add(RunningRedis.start(RedisServers.here().program(), List.of()));
    }

    @AfterAll
    static void stop() {
        SERVERS.forEach(RunningRedis::close);
        SERVERS.clear();
    }

    @BeforeEach
    void open() {
        RedisSettings settings =
                RedisSettings.defaults(SERVERS.getFirst().url()).withPrefix("test-" + UUID.randomUUID() + ":");
        RedisPartitions.of(settings, List.of(), 3).forEach(part -> parts.add(RedisLedger.connect(part)));
        ledger = new PartitionedLedger(parts);
    }

    @AfterEach
    void close() {
        ledger.close();
        parts.forEach(RedisLedger::close);
    }

    /** Each names one of another session as its cause. */
    private void append(int from, int to) {
        List<Append> appends = new ArrayList<>();
        for (int n = from; n < to; n++) {
            appends.add(Append.of(Events.builder(n, (n > EVENTS ? "late " : "session ") + n % 50)
                    .parentId(Events.id(n + 7))
                    .toolName("tool")
                    .build()));
        }
        for (int at = 0; at < appends.size(); at += 1_000) {
            assertThat(ledger.log()
                            .append(appends.subList(at, Math.min(appends.size(), at + 1_000)), Durability.MEMORY)
                            .outcomes())
                    .isNotEmpty();
        }
    }

    private void project() {
        project(ledger.partitions());
    }

    private void project(List<Partition> partitions) {
        for (Partition partition : partitions) {
            try (ProjectionWorker worker = new ProjectionWorker(
                    "worker",
                    partition.feed("projection"),
                    graph,
                    new ProjectionSettings(200, Duration.ZERO, 3, Duration.ofSeconds(1)),
                    Clock.systemUTC())) {
                while (worker.doWork() > 0) {
                    // until nothing is left
                }
            }
        }
    }

    private List<RecordedEvent> events() {
        return ledger.partitions().stream()
                .flatMap(partition -> partition.order().read(0, 1_000_000).stream())
                .toList();
    }

    private Verifier verifier() {
        return new Verifier(
                ledger,
                new GraphLag(ledger.partitions().stream()
                        .map(partition -> new ProjectionLag(partition.feed("projection")))
                        .toList()),
                graph);
    }

    private Verification verify(Verifier.Depth depth) {
        return verifier().verify(depth, Duration.ZERO, Watcher.NONE, new Findings(0));
    }

    private Repair repair() {
        return new Repair(verifier(), ledger.parking(), graph, repairs);
    }

    private Rebuilt rebuild(Watcher watcher) {
        return new Rebuild(ledger, graph, repairs, repair(), Optional.empty(), Clock.systemUTC())
                .run(Rebuild.Start.RESUME, Duration.ZERO, watcher, new Findings(0));
    }

    private void assertRight() {
        assertThat(Neo4jDump.lines(CleanNeo4j.DRIVER)).isEqualTo(WholeGraph.of(events()));
    }

    @ParameterizedTest
    @EnumSource
    void whatDiffersInAnyPartitionIsFoundAndPutRight(Verifier.Depth depth) {
        append(1, EVENTS + 1);
        project();
        assertRight();
        Verification equal = verify(depth);
        assertThat(equal.verdict()).isEqualTo(Verification.Verdict.EQUAL);
        assertThat(equal.events()).isEqualTo(EVENTS);
        assertThat(equal.asOf()).doesNotHaveDuplicates().hasSize(3);

        for (Partition partition : ledger.partitions()) {
            RecordedEvent lost = partition.order().read(500, 1).getFirst();
            CleanNeo4j.run("MATCH (e:Event {event_id: '" + lost.event().id() + "'}) DETACH DELETE e");
        }
        append(EVENTS + 1, EVENTS + 101);

        Verification different = verify(depth);
        assertThat(different.verdict()).isEqualTo(Verification.Verdict.DIFFERENT);
        assertThat(different.behind()).isEqualTo(100);
        assertThat(repair().run(depth, Duration.ZERO, Watcher.NONE, new Findings(0))
                        .complete())
                .isTrue();
        assertRight();
        project();
        assertRight();
        assertThat(verify(depth).equal()).isTrue();
    }

    @Test
    void aRebuildThatWasInterruptedGoesOnInEachPartition() {
        append(1, EVENTS + 1);
        long first = ledger.partitions().getFirst().order().head().seq();
        assertThatThrownBy(() -> rebuild((phase, done, total) -> {
                    if (phase == AuditPhase.REPLAYING && done > first) {
                        throw new CancellationException();
                    }
                }))
                .isInstanceOf(CancellationException.class);

        Rebuilt result = rebuild(Watcher.NONE);

        assertThat(result.replayed())
                .isEqualTo(EVENTS
                        - result.resumedAfter().stream()
                                .mapToLong(Long::longValue)
                                .sum());
        assertThat(result.repaired().complete()).isTrue();
        assertRight();
        assertThat(repairs.claim(
                        "other", Clock.systemUTC().instant(), Clock.systemUTC().instant()))
                .isPresent();
        assertThat(repairs.move("other", List.of(1L, 2L, 3L), Clock.systemUTC().instant()))
                .isTrue();
        repairs.release("other");
        assertThat(rebuild(Watcher.NONE).resumedAfter()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void anIdThatIsInTwoPartitionsIsParkedNamedAndPutByTheRule() {
        append(1, 201);
        Partition last = ledger.partitions().getLast();
        RecordedEvent first = ledger.partitions().getFirst().order().read(5, 1).getFirst();
        String session = IntStream.range(0, 100)
                .mapToObj(n -> "other " + n)
                .filter(name -> ledger.partitionOf(new SessionId(name)).number() == last.number())
                .findFirst()
                .orElseThrow();
        List<Append> appends = new ArrayList<>();
        appends.add(Append.of(Events.builder(1_001, session).build()));
        appends.add(Append.of(Event.builder(
                        first.event().id(),
                        first.event().type(),
                        Events.event(1, "s").occurredAt(),
                        new SessionId(session))
                .agentId("another")
                .traceId("t")
                .payloadRef("ref")
                .build()));
        appends.add(Append.of(Events.builder(1_002, session).build()));
        assertThat(ledger.log().append(appends, Durability.MEMORY).outcomes())
                .hasOnlyElementsOfType(AppendOutcome.Appended.class);
        project(ledger.partitions().reversed());
        assertThat(ledger.parking().list(Optional.empty(), 10))
                .singleElement()
                .satisfies(entry -> assertThat(entry.failure().reason())
                        .contains(
                                first.event().id().toString(), first.position().toString(), session));
        assertThat(verify(Verifier.Depth.DIGEST).differences()).containsEntry(Difference.Kind.DOUBLE_ID, 1L);

        assertThat(repair().run(Verifier.Depth.DIGEST, Duration.ZERO, Watcher.NONE, new Findings(0))
                        .left())
                .isEqualTo(Map.of(Difference.Kind.DOUBLE_ID, 1L));

        assertThat(Neo4jDump.lines(CleanNeo4j.DRIVER))
                .isEqualTo(WholeGraph.of(events().stream()
                        .filter(event ->
                                !event.event().id().equals(first.event().id()) || event.equals(first))
                        .toList()));
        assertThat(verify(Verifier.Depth.EXACT).differences()).isEqualTo(Map.of(Difference.Kind.DOUBLE_ID, 1L));
    }
}
