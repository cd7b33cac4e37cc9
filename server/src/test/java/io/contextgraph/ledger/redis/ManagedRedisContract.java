// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.memory.InMemoryGraph;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.client.Unseen;
import io.contextgraph.ops.Check;
import io.contextgraph.ops.Finding;
import io.contextgraph.ops.Finding.Level;
import io.contextgraph.projection.ProjectionSettings;
import io.contextgraph.projection.ProjectionWorker;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RunningRedis;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import redis.clients.jedis.Jedis;

/**
 * A Redis that keeps something to itself, as managed ones do: the ledger works all the same, and what could not be looked
 * at is said, each thing once.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ManagedRedisContract {
    private static final List<String> WELL_KEPT = List.of(
            "--appendfsync",
            "always",
            "--save",
            "3600 1",
            "--aof-load-truncated",
            "no",
            "--maxmemory",
            "1gb",
            "--maxmemory-policy",
            "noeviction");

    private static final String USER = "managed";

    private final Engine engine;
    private @Nullable RunningRedis started;
    private List<Finding> known = List.of();

    ManagedRedisContract(Engine engine) {
        this.engine = engine;
    }

    /** Starts a server with the modules that the engine needs. */
    abstract RunningRedis start(List<String> arguments);

    /** The commands that a managed server lacks. */
    abstract List<String> withheld();

    /** What is not seen without them. */
    abstract String unseenThere();

    private RunningRedis server() {
        RunningRedis server = started;
        if (server == null) {
            server = start(WELL_KEPT);
            started = server;
        }
        return server;
    }

    @AfterAll
    void stop() {
        server().close();
    }

    /** @param unseen what doctor says beyond what it says where nothing is hidden */
    void assertUserWorks(String withheld, boolean confirmed, String unseen) {
        List<Finding> usual = known.isEmpty() ? findings(user("")) : known;
        known = usual;
        assertUnseen(unseen, usual, worked(user(withheld), confirmed));
    }

    @Test
    void aServerWithoutTheseCommandsWorks() {
        List<String> arguments = new ArrayList<>(WELL_KEPT);
        for (String command : withheld()) {
            arguments.addAll(List.of("--rename-command", command, ""));
        }
        List<Finding> usual = findings(RedisSettings.defaults(server().url()).withEngine(engine));
        try (RunningRedis managed = start(arguments)) {
            RedisSettings settings = RedisSettings.defaults(managed.url());
            assertUnseen(unseenThere(), usual, worked(settings, false));
            try (RedisLedger ledger = RedisLedger.connect(settings)) {
                assertThat(ledger.engine()).isEqualTo(engine);
            }
        }
    }

    @Test
    void aFullRedisThatDoesNotShowItRefusesWholeEvents() {
        RedisSettings settings = user("-info");
        List<Append> more = List.of(Append.of(Events.full(1, "s")), Append.of(Events.full(2, "t")));
        try (RedisLedger ledger = RedisLedger.connect(settings);
                Jedis admin = new Jedis(server().url())) {
            append(ledger, Durability.MEMORY, Events.full(9, "s"));
            admin.configSet("maxmemory", "1mb");
            assertThatThrownBy(() -> ledger.log().append(more, Durability.MEMORY))
                    .satisfies(error -> FsyncLedger.assertReason(Reason.FULL, error));
            assertThat(ledger.look())
                    .extracting(LedgerFault::kind, LedgerFault::reason)
                    .containsExactly(tuple(LedgerFault.Kind.APPEND, Reason.FULL));
            assertThat(ledger.tiers().memory()).isEmpty();
            admin.configSet("maxmemory", "1gb");
            assertThat(ledger.log().append(more, Durability.MEMORY).outcomes())
                    .hasOnlyElementsOfType(AppendOutcome.Appended.class);
            assertThat(ledger.order().head().seq()).isEqualTo(3);
        }
    }

    /** Everything but some rights, on a ledger of its own. */
    private RedisSettings user(String withheld) {
        try (Jedis admin = new Jedis(server().url())) {
            List<String> rights = new ArrayList<>(List.of("reset", "on", ">secret", "~*", "&*", "+@all"));
            rights.addAll(withheld.isEmpty() ? List.of() : List.of(withheld.split(" ")));
            String ignored = admin.aclSetUser(USER, rights.toArray(String[]::new));
        }
        return RedisSettings.defaults(URI.create("redis://" + USER + ":secret@127.0.0.1:" + server().port()))
                .withEngine(engine)
                .withPrefix("test-" + UUID.randomUUID() + ":");
    }

    private static AppendResult append(RedisLedger ledger, Durability level, Event event) {
        return ledger.log().append(List.of(Append.of(event)), level);
    }

    /** Does a little of everything, and tells what doctor says then. */
    private static List<Finding> worked(RedisSettings settings, boolean confirmed) {
        try (RedisLedger ledger = RedisLedger.connect(settings)) {
            Event first = Events.full(1, "s");
            assertThat(append(ledger, Durability.MEMORY, first).outcomes())
                    .hasOnlyElementsOfType(AppendOutcome.Appended.class);
            assertThat(append(ledger, Durability.MEMORY, first).outcomes())
                    .hasOnlyElementsOfType(AppendOutcome.Duplicate.class);
            assertThat(append(ledger, Durability.MEMORY, Events.event(1, "s")).outcomes())
                    .hasOnlyElementsOfType(AppendOutcome.Conflict.class);
            if (confirmed) {
                assertThat(append(ledger, Durability.FSYNC, Events.full(2, "s")).reached())
                        .isEqualTo(Durability.FSYNC);
            } else {
                assertThatThrownBy(() -> append(ledger, Durability.FSYNC, Events.full(2, "s")))
                        .satisfies(error -> FsyncLedger.assertReason(Reason.DURABILITY_UNSUPPORTED, error));
                assertThat(ledger.order().head().seq()).isEqualTo(1);
                append(ledger, Durability.MEMORY, Events.full(2, "s"));
            }
            assertThat(ledger.check().canWaitForDisk()).isEqualTo(confirmed);
            List<RecordedEvent> events = ledger.order().read(0, 10);
            assertThat(events).hasSize(2);
            assertThat(ledger.search()
                            .search(EventQuery.builder()
                                    .sessionId(new SessionId("s"))
                                    .order(EventQuery.Order.POSITION_ASC)
                                    .build())
                            .events())
                    .isEqualTo(events);
            InMemoryGraph graph = new InMemoryGraph();
            try (ProjectionWorker worker = new ProjectionWorker(
                    "one",
                    ledger.feed("projection"),
                    graph,
                    new ProjectionSettings(10, Duration.ZERO, 3, Duration.ofSeconds(1)),
                    InstantSource.system())) {
                assertThat(worker.doWork()).isEqualTo(2);
            }
            assertThat(graph.nodes(
                            events.stream().map(event -> event.event().id()).toList()))
                    .hasSize(2);
            assertThat(ledger.feed("projection").progress().lag()).isZero();
            Check.Checked health = ledger.redisCheck().look();
            assertThat(health.ready()).isTrue();
            assertThat(health.findings()).allMatch(finding -> finding.concern().isEmpty());
            return findings(ledger);
        }
    }

    private static List<Finding> findings(RedisSettings settings) {
        try (RedisLedger ledger = RedisLedger.connect(settings)) {
            return findings(ledger);
        }
    }

    private static List<Finding> findings(RedisLedger ledger) {
        return Stream.of(ledger.redisCheck(), ledger.accessCheck())
                .flatMap(check -> check.examine().stream())
                .toList();
    }

    /** What is found beyond what is found where nothing is hidden; nothing hidden is called fine. */
    private static void assertUnseen(String subjects, List<Finding> known, List<Finding> found) {
        assertThat(found)
                .filteredOn(finding -> finding.level() == Level.OK)
                .noneMatch(finding -> finding.message().contains("unknown"));
        assertThat(found)
                .filteredOn(finding -> finding.level() != Level.OK && !known.contains(finding))
                .allMatch(finding -> finding.level() == Level.WARNING)
                .allMatch(finding -> finding.message().contains(shown(finding)))
                .extracting(Finding::subject)
                .containsExactlyElementsOf(Stream.of(subjects.split(" "))
                        .filter(name -> !name.isEmpty())
                        .toList());
    }

    private static String shown(Finding finding) {
        return Stream.of(Unseen.values())
                .filter(unseen -> unseen.subject().equals(finding.subject()))
                .map(Unseen::message)
                .filter(finding.message()::contains)
                .findFirst()
                .orElse("one of the things that may be unseen");
    }
}
