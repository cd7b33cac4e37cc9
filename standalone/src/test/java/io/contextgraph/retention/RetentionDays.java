// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import static io.contextgraph.retention.Reaching.reach;
import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.app.Backends.Neo4jAddress;
import io.contextgraph.event.Event;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.graph.WholeGraph;
import io.contextgraph.graph.neo4j.Neo4jGraph;
import io.contextgraph.graph.neo4j.Neo4jSettings;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.projection.ProjectionSettings;
import io.contextgraph.projection.ProjectionWorker;
import io.contextgraph.testing.CommandBreaker;
import io.contextgraph.testing.Neo4jDump;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.neo4j.driver.AuthTokens;
import org.neo4j.driver.Driver;
import org.neo4j.driver.GraphDatabase;
import redis.clients.jedis.Jedis;

/**
 * The life of a deployment over some days of a simulated clock, four times a day: events come to many sessions, groups read
 * them or do not, retention runs and is broken off; and after each time everything is held against the book.
 */
final class RetentionDays implements AutoCloseable {
    static final String PREFIX = "days:";
    static final int TURNS_A_DAY = 4;
    static final Duration TURN = Duration.ofHours(24 / TURNS_A_DAY);

    private static final String PROJECTION = "projection";
    private static final String AUDIT = "audit";
    private static final String MIRROR = "mirror";
    static final int MONTH = 30;
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    private final Neo4jAddress neo4j;
    private final Path data;
    private final int turns;
    private final Random random;
    private final Engine engine;
    private final DayEvents source;
    final RunningRedis redis;
    final RedisSettings settings;
    final SimulatedClock clock;
    final ClockedLedger ledger;
    final Book book;
    final StreamsAndDocuments state;
    private final Ledgers answers;
    private final Neo4jGraph graph;
    private final Driver driver;
    private final ProjectionWorker worker;
    private final RetentionTurns retention;
    private BookedConsumer audit;
    private final BookedConsumer mirror;
    private volatile long maxMemory;
    private int parked;
    private long graphLines;
    private int brokenWrites;

    RetentionDays(int days, Engine engine, long seed, Neo4jAddress neo4j, Path data) {
        this.neo4j = neo4j;
        this.data = data;
        this.turns = days * TURNS_A_DAY;
        this.engine = engine;
        this.random = new Random(seed);
        this.source = new DayEvents(random, seed);
        List<String> arguments = new ArrayList<>(List.of("--appendfsync", "always"));
        if (engine == Engine.SEARCH) {
            arguments.addAll(RedisServers.searchArguments().orElseThrow());
        }
        redis = RunningRedis.start(RedisServers.here().program(), arguments);
        settings = RedisSettings.defaults(redis.url()).withEngine(engine).withPrefix(PREFIX);
        clock = new SimulatedClock(redis.url());
        clock.set(BEGIN);
        ledger = new ClockedLedger(settings);
        Duration window = TURN.multipliedBy(turn(7));
        book = new Book(window, window.dividedBy(8), Set.of(PROJECTION, AUDIT));
        state = new StreamsAndDocuments(redis.url(), PREFIX, engine, book);
        answers = new Ledgers(ledger, book);
        graph = new Neo4jGraph(Neo4jSettings.of(neo4j.uri(), neo4j.user(), neo4j.password(), "neo4j"));
        driver = GraphDatabase.driver(
                neo4j.uri(),
                neo4j.password().isEmpty() ? AuthTokens.none() : AuthTokens.basic(neo4j.user(), neo4j.password()));
        worker = worker(ledger);
        retention = new RetentionTurns(this, random);
        audit = new BookedConsumer(ledger, book, AUDIT, false);
        mirror = new BookedConsumer(ledger, book, MIRROR, true);
    }

    private ProjectionWorker worker(ClockedLedger on) {
        return new ProjectionWorker(
                "worker",
                on.feed(PROJECTION),
                graph,
                new ProjectionSettings(50, Duration.ZERO, 3, Duration.ofSeconds(1)),
                clock);
    }

    /** The turn with which a day of a month begins, scaled to as many days as are lived here. */
    private int turn(int day) {
        return Math.max(1, turns * day / MONTH);
    }

    /** Whether everything happens that can. */
    boolean isMonth() {
        return turns >= MONTH * TURNS_A_DAY;
    }

    /** Lives all days. */
    void live() {
        for (int turn = 0; turn < turns; turn++) {
            clock.set(BEGIN.plus(TURN.multipliedBy(turn)));
            append(source.ofTurn(turn, turn == turn(23), turn <= turn(2), clock.instant()));
            if (turn < turn(10) || turn >= turn(11)) {
                project();
            }
            audit(turn);
            mirror(turn);
            if (turn == turn(22)) {
                new ScarceMemory(this, retention, source).live();
            }
            retention.run();
            if (turn % TURNS_A_DAY == TURNS_A_DAY - 1) {
                look(Set.of("behind", "feed:" + MIRROR, "feed:" + AUDIT));
            }
        }
        end();
    }

    /** Appends in small batches, some at the same millisecond; now and then the writer or Redis dies over it. */
    void append(List<Event> events) {
        for (int from = 0; from < events.size(); ) {
            int to = Math.min(events.size(), from + 1 + random.nextInt(5));
            List<Event> some = events.subList(from, to);
            boolean broken = random.nextInt(10) == 0;
            if (broken) {
                brokenWrites++;
                writeAndDie(some);
            }
            append(some, broken);
            from = to;
            if (random.nextBoolean()) {
                clock.advance(Duration.ofMillis(1 + random.nextInt(1000)));
            }
        }
    }

    /**
     * Appends in one go.
     *
     * @param again whether they may be there already
     * @throws LedgerException when there is no room: none of them was taken
     */
    void append(List<Event> events, boolean again) {
        List<Append> appends = events.stream().map(Append::of).toList();
        List<AppendOutcome> outcomes =
                reach(() -> ledger.log().append(appends, Durability.MEMORY)).outcomes();
        for (int i = 0; i < events.size(); i++) {
            RecordedEvent booked = book.append(events.get(i), clock.instant());
            AppendOutcome.Receipt receipt = new AppendOutcome.Receipt(
                    booked.position(), booked.seq(), booked.sessionSeq(), booked.recordedAt());
            AppendOutcome outcome = outcomes.get(i);
            AppendOutcome taken = new AppendOutcome.Appended(booked.event().id(), receipt);
            if (again && outcome instanceof AppendOutcome.Duplicate) {
                taken = new AppendOutcome.Duplicate(booked.event().id(), receipt);
            }
            assertThat(outcome).isEqualTo(taken);
        }
    }

    private void writeAndDie(List<Event> events) {
        List<Append> appends = events.stream().map(Append::of).toList();
        try (CommandBreaker breaker = CommandBreaker.to(redis.port(), RetentionCommands::name);
                ClockedLedger doomed = new ClockedLedger(settings.withUrl(breaker.inFrontOf(redis.url())))) {
            breaker.arm(blow(1 + random.nextInt(5)));
            doomed.log().append(appends, Durability.MEMORY);
        } catch (LedgerException died) {
            // Whether it was taken is not known: it is sent again.
        }
    }

    private CommandBreaker.Blow blow(int at) {
        List<CommandBreaker.Moment> moments = List.of(CommandBreaker.Moment.values());
        return new CommandBreaker.Blow(
                at,
                "",
                moments.get(random.nextInt(moments.size())),
                random.nextInt(3) == 0 ? this::killRedis : () -> {});
    }

    /** Kills Redis and starts it again. */
    void killRedis() {
        redis.kill();
        redis.restart();
        limit(maxMemory);
    }

    /** How much memory Redis may use, in bytes; 0: as much as there is. */
    void limit(long bytes) {
        maxMemory = bytes;
        try (Jedis jedis = new Jedis(redis.url())) {
            String ignored = jedis.configSet("maxmemory", Long.toString(bytes));
        }
    }

    /** Everything that there is; now and then the worker dies over it. */
    void project() {
        worker.close();
        if (random.nextInt(6) == 0) {
            try (CommandBreaker breaker = CommandBreaker.to(redis.port(), RetentionCommands::name);
                    ClockedLedger doomed = new ClockedLedger(settings.withUrl(breaker.inFrontOf(redis.url())));
                    ProjectionWorker dying = worker(doomed)) {
                breaker.arm(blow(1 + random.nextInt(12)));
                int done = dying.doWork();
                assertThat(done).isNotNegative();
            } catch (LedgerException died) {
                // What it had not acknowledged is given to the next one.
            }
        }
        int done = reach(worker::doWork);
        while (done > 0) {
            done = reach(worker::doWork);
        }
        book.events().forEach(event -> book.group(PROJECTION).finished(event.seq()));
    }

    /**
     * Gets on until it lags, holding some, one of them parked, others finished out of order; is released, and catches up from
     * the documents.
     */
    private void audit(int turn) {
        if (turn < turn(6) || (turn > turn(20) && turn < turn(25)) || turn > turn(28)) {
            int ignored = audit.finishAll();
        } else if (turn == turn(6)) {
            List<RecordedEvent> some = audit.poll(6);
            audit.acknowledge(some.subList(1, 2));
            audit.park(some.get(3));
            audit.acknowledge(some.subList(4, 5));
            parked += audit.parked();
        } else if (turn == turn(25)) {
            // Somebody takes the group away; for days nobody asks for anything in its name.
            audit.close();
            try (Jedis jedis = new Jedis(redis.url())) {
                assertThat(jedis.xgroupDestroy(PREFIX + "events:__global__", AUDIT))
                        .isEqualTo(1);
            }
            book.takeAway(AUDIT);
        } else if (turn == turn(28)) {
            book.bringBack(AUDIT);
            audit = new BookedConsumer(ledger, book, AUDIT, true);
            List<RecordedEvent> some = audit.poll(9);
            audit.acknowledge(some.subList(0, 5));
        } else if (turn == turn(18)) {
            retention.release(AUDIT);
        } else if (turn == turn(20)) {
            audit.close();
            audit = new BookedConsumer(ledger, book, AUDIT, true);
            int ignored = audit.finishAll();
        }
    }

    /** Is not required: it reads nothing for weeks, and then little by little. */
    private void mirror(int turn) {
        if (turn < turn(3)) {
            int ignored = mirror.finishAll();
        } else if (turn >= turn(21)) {
            List<RecordedEvent> some = mirror.poll(1 + random.nextInt(20));
            mirror.acknowledge(some.subList(some.size() / 3, some.size()));
        }
    }

    private Set<String> beside() {
        return parked == 0
                ? Set.of("retention", "lease:retention")
                : Set.of("retention", "lease:retention", "events:__global__:dlq", "events:__global__:dlq:groups");
    }

    /** At the end of a day. */
    private void look(Set<String> passing) {
        state.streams();
        state.documents();
        state.names(beside(), passing);
        answers.queries();
    }

    private void end() {
        if (isMonth()) {
            retention.requireAllStruck();
        }
        project();
        int ignored = mirror.finishAll() + audit.finishAll();
        List<RecordedEvent> given = new ArrayList<>();
        try (BookedConsumer late = new BookedConsumer(ledger, book, "late", true)) {
            for (List<RecordedEvent> some = late.poll(50); !some.isEmpty(); some = late.poll(50)) {
                given.addAll(some);
                late.acknowledge(some);
            }
        }
        assertThat(given).as("a group that comes late, in order").isEqualTo(bare());
        look(Set.of());
        answers.byId();
        groups();
        List<String> expected = WholeGraph.of(bare());
        assertThat(Neo4jDump.lines(driver)).as("the graph").isEqualTo(expected);
        graphLines = expected.size();

        clock.advance(book.hotWindow().plus(TURN));
        retention.run();
        assertThat(book.trimmed()).isEqualTo(book.events().size());
        look(Set.of());
        if (isMonth()) {
            assertThat(ServedStream.read(
                            redis.url(), PREFIX, neo4j, data, book.events().size()))
                    .as("the live stream from position 0")
                    .isEqualTo(bare());
        }
        assertThat(mirror.poll(50)).isEmpty();
        assertThat(audit.poll(50)).isEmpty();
        assertThat(reach(worker::doWork)).isZero();
    }

    private List<RecordedEvent> bare() {
        return book.events().stream().map(Ledgers::bare).toList();
    }

    private void groups() {
        for (String group : List.of(PROJECTION, AUDIT, MIRROR, "late")) {
            Book.GroupPage page = book.group(group);
            for (RecordedEvent event : book.events()) {
                assertThat(page.hasFinished(event.seq())).isTrue();
                assertThat(group.equals(PROJECTION) || page.timesGiven(event.seq()) > 0)
                        .as(group + " was given " + event.seq())
                        .isTrue();
            }
            EventFeed.Progress progress = reach(() -> ledger.feed(group).progress());
            assertThat(progress.lag()).isZero();
            assertThat(progress.pending()).isZero();
            assertThat(progress.parked()).isEqualTo(group.equals(AUDIT) ? parked : 0);
        }
        assertThat(reach(() -> ledger.parking().list(Optional.empty(), 100))).hasSize(parked);
    }

    /** For people: what was done and what was counted. */
    String summary() {
        return turns / TURNS_A_DAY + " days, engine " + engine.configName() + ": "
                + book.events().size() + " events of "
                + book.bySession().size() + " sessions, " + brokenWrites + " writes broken off; " + retention.summary()
                + "; held against the book: " + state.counts() + ", " + answers.counts() + ", " + graphLines
                + " nodes and edges";
    }

    @Override
    public void close() {
        audit.close();
        mirror.close();
        worker.close();
        driver.close();
        graph.close();
        ledger.close();
        redis.close();
    }
}
