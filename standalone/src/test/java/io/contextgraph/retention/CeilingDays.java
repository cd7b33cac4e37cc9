// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import static io.contextgraph.retention.Reaching.reach;
import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.app.Backends.Neo4jAddress;
import io.contextgraph.archive.ArchiveWatch;
import io.contextgraph.archive.RememberingLedger;
import io.contextgraph.archive.Watching;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.graph.neo4j.Neo4jGraph;
import io.contextgraph.graph.neo4j.Neo4jSettings;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.projection.ProjectionSettings;
import io.contextgraph.projection.ProjectionWorker;
import io.contextgraph.storage.folder.FolderStorage;
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
import java.util.TreeSet;
import org.neo4j.driver.AuthTokens;
import org.neo4j.driver.Driver;
import org.neo4j.driver.GraphDatabase;

/**
 * The life of a deployment with a ceiling over some months of a simulated clock, four times a day: events come, come twice
 * and come again when they are long gone; groups read them, lag, and park some; sessions are held and released; retention
 * runs, segments are brought back, and both are broken off everywhere. After each run, at the end of each day, and at the end of all, everything is held
 * against the book.
 *
 * <p>Of 120 days the window is seven, the ceiling thirty, and ids are remembered for thirty more.
 */
final class CeilingDays implements AutoCloseable {
    static final int ALL = 120;

    /** After how many days all questions are asked. */
    private static final int FULL_LOOK = 4;

    private static final int TURNS_A_DAY = RetentionDays.TURNS_A_DAY;
    private static final String PROJECTION = "projection";
    private static final String AUDIT = "audit";
    private static final String MIRROR = "mirror";
    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");
    private static final Set<String> SCRATCH_KEYS = Set.of("behind", "feed:" + MIRROR, "feed:" + AUDIT);

    private final int turns;
    private final Random random;
    private final DayEvents source;
    private final Driver driver;
    private final ProjectionWorker worker;
    private final CeilingTurns retention;
    private final RestoringTurns restoring;
    private final ArchiveWatch watch;
    private final SentEvents sent;
    private final Ledgers answers;
    private final BookedConsumer audit;
    private final BookedConsumer mirror;
    private final ClockedLedger real;
    private final KeptGraph kept;
    private final Path folder;
    private int processes;
    private int holds;
    private int parkings;
    private long mirrored;
    private int graphLines;
    private int asked;
    final Neo4jAddress neo4j;
    final Engine engine;
    final RunningRedis redis;
    final RedisSettings settings;
    final SimulatedClock clock;
    final Path archiveFolder;
    final Path scratch;
    final RememberingLedger ledger;
    final Book book;
    final CeilingBook ceiling;
    final StreamsAndDocuments entries;
    final ArchiveFiles archive;
    final CeilingState state;
    final Neo4jGraph graph;

    CeilingDays(int days, Engine engine, long seed, Neo4jAddress neo4j, Path folder) {
        this.turns = days * TURNS_A_DAY;
        this.engine = engine;
        this.neo4j = neo4j;
        this.folder = folder;
        this.archiveFolder = folder.resolve("archive");
        this.scratch = folder.resolve("local");
        this.random = new Random(seed);
        this.source = new DayEvents(random, seed);
        List<String> arguments = new ArrayList<>(List.of("--appendfsync", "always"));
        if (engine == Engine.SEARCH) {
            arguments.addAll(RedisServers.searchArguments().orElseThrow());
        }
        redis = RunningRedis.start(RedisServers.here().program(), arguments);
        settings = RedisSettings.defaults(redis.url()).withEngine(engine).withPrefix(RetentionDays.PREFIX);
        clock = new SimulatedClock(redis.url());
        clock.set(BEGIN);
        real = new ClockedLedger(settings);
        watch = new ArchiveWatch(new FolderStorage(archiveFolder), real.epochs(), folder.resolve("ids-cache"));
        ledger = new RememberingLedger(real, watch, true);
        Duration window = RetentionDays.TURN.multipliedBy(turn(7));
        Duration span = RetentionDays.TURN.multipliedBy(turn(30));
        book = new Book(window, window.dividedBy(8), Set.of(PROJECTION, AUDIT));
        ceiling = new CeilingBook(book, span, RetentionDays.TURN, span);
        archive = new ArchiveFiles(archiveFolder, book);
        entries = new StreamsAndDocuments(redis.url(), RetentionDays.PREFIX, engine, book);
        state = new CeilingState(redis.url(), RetentionDays.PREFIX, book, ceiling, archive);
        answers = new Ledgers(ledger, book);
        graph = new Neo4jGraph(Neo4jSettings.of(neo4j.uri(), neo4j.user(), neo4j.password(), "neo4j"));
        driver = GraphDatabase.driver(
                neo4j.uri(),
                neo4j.password().isEmpty() ? AuthTokens.none() : AuthTokens.basic(neo4j.user(), neo4j.password()));
        kept = new KeptGraph(driver, book, ceiling, archive);
        worker = new ProjectionWorker(
                "worker",
                real.feed(PROJECTION),
                graph,
                new ProjectionSettings(50, Duration.ZERO, 3, Duration.ofSeconds(1)),
                clock);
        retention = new CeilingTurns(this, window, span, random);
        restoring = new RestoringTurns(this, random);
        sent = new SentEvents(this, random);
        audit = new BookedConsumer(real, book, AUDIT, true);
        mirror = new BookedConsumer(real, book, MIRROR, true);
    }

    /** The turn with which a day of all begins, scaled to as many days as are lived here. */
    private int turn(int day) {
        return Math.max(1, turns * day / ALL);
    }

    /** What was sent, and what is told of it. */
    SentEvents sent() {
        return sent;
    }

    boolean isShort() {
        return turns < ALL * TURNS_A_DAY / 2;
    }

    /** A process takes a second or two to begin: in a short life there are few. */
    boolean spendsProcess() {
        return processes++ % (isShort() ? 4 : 2) == 0;
    }

    /** Lives all days. */
    void live() {
        for (int turn = 0; turn < turns; turn++) {
            clock.set(BEGIN.plus(RetentionDays.TURN.multipliedBy(turn)));
            sent.send(source.ofTurn(turn, turn % turn(40) == 0, turn <= turn(2), clock.instant()));
            project();
            audit(turn);
            mirror(turn);
            holds(turn);
            retention.run(turn);
            // A short life has few turns to a day.
            if (turn % (isShort() ? 2 * turn(1) : turn(1)) == 0) {
                restoring.run();
            }
            Watching.look(watch);
            if (turn % TURNS_A_DAY == TURNS_A_DAY - 1) {
                look(SCRATCH_KEYS);
                if (isShort() || turn / TURNS_A_DAY % FULL_LOOK == 0) {
                    answers.queries();
                    sent.byId();
                }
            }
        }
        end();
    }

    /** Kills Redis and starts it again. */
    void killRedis() {
        redis.kill();
        redis.restart();
    }

    private void project() {
        int done = reach(worker::doWork);
        while (done > 0) {
            done = reach(worker::doWork);
        }
        book.events().forEach(event -> book.group(PROJECTION).finished(event.seq()));
    }

    /**
     * Is required: it lags for some days, so that nothing leaves the streams; and again for weeks, so that nothing is past the
     * ceiling that may go, until it is left behind; then it catches up from what is left.
     */
    private void audit(int turn) {
        boolean lags = (turn >= turn(12) && turn < turn(22)) || (turn >= turn(45) && turn < turn(90));
        if (turn == turn(80) && lags) {
            retention.release(AUDIT);
        }
        if (!lags) {
            int ignored = audit.finishAll();
            // What has left meanwhile is no work any more.
            ceiling.gone().forEach(book.group(AUDIT)::finished);
        }
    }

    /**
     * Is not required: it reads nothing for weeks, and then only what is about to leave; some of that it parks, and an operator
     * looks at it later.
     */
    private void mirror(int turn) {
        if (turn < turn(3)) {
            int ignored = mirror.finishAll();
        } else if (turn >= turn(20)) {
            read(retention.leaving().stream().findFirst().orElse(mirrored) + 2);
        }
        if (turn % turn(8) == 0) {
            unpark();
        }
    }

    /** @param through which number */
    private void read(long through) {
        int most = (int) Math.min(40, through - mirrored);
        if (most < 1) {
            return;
        }
        List<RecordedEvent> some = mirror.poll(most);
        assertThat(some).noneMatch(event -> book.isGone(event.seq()));
        for (RecordedEvent event : some) {
            mirrored = Math.max(mirrored, event.seq());
            // It may be given again what it has finished: it is not required.
            if (random.nextInt(4) == 0 && !ceiling.parked().contains(event.seq())) {
                mirror.park(event);
                ceiling.park(event.seq());
                parkings++;
            } else {
                mirror.acknowledge(List.of(event));
            }
        }
    }

    /** Before the next one goes on behind the dead: something comes, something is parked, something is held. */
    void meanwhile() {
        if (random.nextInt(3) == 0) {
            sent.send(source.large(1, 60, clock.instant()));
        }
        Set<Long> leaving = retention.leaving();
        if (random.nextInt(3) == 0 && !leaving.isEmpty()) {
            read(mirrored + 3);
        }
        if (random.nextInt(12) == 0) {
            restoring.meanwhile();
        }
        if (random.nextInt(12) == 0 && !leaving.isEmpty()) {
            long seq = new ArrayList<>(leaving).get(random.nextInt(leaving.size()));
            hold(book.event(Math.toIntExact(seq)).event().sessionId().value());
        }
    }

    /** An operator has the first half of what is parked done after all, or gives it up. */
    private void unpark() {
        var parked = reach(() -> ledger.parking().list(Optional.empty(), 500));
        assertThat(parked).hasSize(ceiling.parked().size());
        for (var entry : parked.subList(0, (parked.size() + 1) / 2)) {
            RecordedEvent event = entry.event().orElseThrow();
            assertThat(event).as("what was parked").isEqualTo(Ledgers.bare(book.event((int) event.seq())));
            boolean done = random.nextBoolean()
                    ? ledger.parking().release(entry.id())
                    : ledger.parking().drop(entry.id(), "nobody needs it");
            assertThat(done).isTrue();
            ceiling.unpark(event.seq());
        }
    }

    /** Sessions are held, some before they have events past the ceiling, and released; some to the end of all. */
    private void holds(int turn) {
        if (turn % turn(5) == 0) {
            List<String> sessions = new ArrayList<>(book.bySession().keySet());
            hold(sessions.get(random.nextInt(sessions.size())));
        }
        if (turn % turn(2) == 0 && ceiling.held().size() > 5) {
            List<String> held = new ArrayList<>(ceiling.held());
            retention.unhold(held.get(random.nextInt(held.size())));
        }
    }

    private void hold(String session) {
        if (!ceiling.held().contains(session)) {
            retention.hold(session);
            holds++;
        }
    }

    private Set<String> beside() {
        Set<String> names = new TreeSet<>(Set.of("retention", "lease:retention"));
        if (parkings > 0) {
            names.addAll(Set.of("events:__global__:dlq", "events:__global__:dlq:groups"));
        }
        return names;
    }

    /** At the end of a day. */
    private void look(Set<String> passing) {
        entries.streams();
        entries.documents();
        Set<String> may = new TreeSet<>(passing);
        may.addAll(Set.of(
                "dedup:events",
                "prunings",
                "holds",
                "dropped",
                "events:__global__:dlq:dropped",
                "events:__global__:dlq",
                "events:__global__:dlq:groups"));
        Set<String> must = beside();
        must.removeAll(may);
        entries.names(must, may);
        state.everything(clock.instant());
    }

    private void end() {
        project();
        int ignored = audit.finishAll() + mirror.finishAll();
        List<RecordedEvent> given = new ArrayList<>();
        try (BookedConsumer late = new BookedConsumer(real, book, "late", true)) {
            for (List<RecordedEvent> some = late.poll(50); !some.isEmpty(); some = late.poll(50)) {
                given.addAll(some);
                late.acknowledge(some);
            }
        }
        assertThat(given).as("a group that comes late, in order").isEqualTo(bare(book.left()));
        EventFeed.Progress progress = reach(() -> ledger.feed("late").progress());
        assertThat(progress.lag()).isZero();
        for (RecordedEvent event : book.left()) {
            // What was away when the mirror came by was not there to be given.
            if (!restoring.hasReturned(event.seq())) {
                assertThat(book.group(MIRROR).timesGiven(event.seq()))
                        .as("the mirror was given " + event.seq())
                        .isPositive();
            }
        }
        look(SCRATCH_KEYS);
        answers.queries();
        sent.byId();
        graphLines = kept.whole();
        kept.archived();
        try (ServedLife served = new ServedLife(this, folder.resolve("data"))) {
            asked = served.askAboutEverything();
            served.verify();
        }
    }

    private static List<RecordedEvent> bare(List<RecordedEvent> events) {
        return events.stream().map(Ledgers::bare).toList();
    }

    /** After all days: that everything was struck at which a run can be broken off. */
    void requireAllStruck() {
        if (turns >= ALL * TURNS_A_DAY) {
            retention.requireAllStruck();
            restoring.requireAllStruck();
        }
    }

    /** For people: what was done and what was counted. */
    String summary() {
        return turns / TURNS_A_DAY + " days, engine " + engine.configName() + ": "
                + book.events().size() + " events of " + book.bySession().size() + " sessions, "
                + book.countGone() + " of them gone in "
                + archive.all().size() + " segments, " + holds + " holds, " + parkings + " parked; " + sent.summary()
                + "; "
                + retention.summary() + "; " + restoring.summary() + "; held against the book: " + entries.counts()
                + ", " + answers.counts() + ", "
                + state.looks() + " events in Redis, " + graphLines + " nodes and edges, " + asked
                + " answers of a server";
    }

    @Override
    public void close() {
        audit.close();
        mirror.close();
        worker.close();
        watch.close();
        driver.close();
        graph.close();
        real.close();
        redis.close();
    }
}
