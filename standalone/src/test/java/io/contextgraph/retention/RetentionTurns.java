// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.trim.Obstacle;
import io.contextgraph.ops.Finding;
import io.contextgraph.testing.CommandBreaker;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Jedis;

/**
 * The runs of retention by two servers. Some are broken off, each at another command, before it, during it or after it, with
 * or without the death of Redis; then the other one goes on, once the lease of the dead one has run out. After each of them
 * everything is held against the book.
 */
final class RetentionTurns {
    private static final int STEP = 5;
    private static final Duration LEASE = Duration.ofSeconds(31);
    private static final Duration WHILE_SCARCE = Duration.ofSeconds(10);
    private static final int DEATHS_OF_REDIS = 4;

    /** About as many commands a run sends that takes something. */
    private static final int MOST = 16;

    private static final List<CommandBreaker.Moment> MOMENTS = List.of(CommandBreaker.Moment.values());

    private final RetentionDays days;
    private final Random random;
    private final RetentionSettings how;
    private final Map<CommandBreaker.Moment, Map<String, Integer>> struck = new EnumMap<>(CommandBreaker.Moment.class);
    private final Cursor first = new Cursor();
    private final Cursor others = new Cursor();
    private @Nullable Set<String> always;
    private int blows;
    private int servers;
    private int whole;
    private int trimmedEntries;
    private int partial;
    private int deaths;
    private int turnedAway;
    private int held;

    /** Cold events stay in the index. */
    private static final IndexChange NO_CHANGE = new IndexChange(0, 0, Head.EMPTY);

    RetentionTurns(RetentionDays days, Random random) {
        this.days = days;
        this.random = random;
        how = new RetentionSettings(
                days.book.hotWindow(),
                days.book.minHotWindow(),
                Set.of("projection", "audit"),
                true,
                RetentionDays.TURN,
                STEP,
                Duration.ZERO);
    }

    String summary() {
        return whole + " runs took " + trimmedEntries + " entries in all, " + held + " of them were held up; " + blows
                + " runs broken off (" + partial + " in the middle of their work, " + deaths + " with Redis) " + struck
                + "; " + turnedAway + " turned away while another had the lease";
    }

    /** Which command is struck next, and when: each before, during and after it, and then the one that follows. */
    private final class Cursor {
        private int at = 1;
        private int moment;
        private String name = "";

        /** The next one is of this name, wherever it comes in a run. */
        void aim(CommandBreaker.Moment when, String command) {
            at = Integer.MAX_VALUE;
            moment = MOMENTS.indexOf(when);
            name = command;
        }

        /** In a short life some of them, by chance. */
        void choose() {
            if (!days.isMonth()) {
                at = 1 + random.nextInt(MOST);
                moment = random.nextInt(MOMENTS.size());
            }
        }

        CommandBreaker.Moment moment() {
            return MOMENTS.get(moment);
        }

        void next() {
            moment = (moment + 1) % MOMENTS.size();
            at += moment == 0 ? 1 : 0;
        }

        void begin() {
            at = 1;
            moment = 0;
        }
    }

    /** What each run that takes something asks Redis for. */
    private void ofEach(Set<String> commands) {
        Set<String> before = always == null ? commands : always;
        always = Set.copyOf(before.stream().filter(commands::contains).toList());
    }

    /** A place at which no run was broken off yet, of those that all of them pass; in a short life there is no time for all. */
    private Optional<Cursor> missing() {
        for (CommandBreaker.Moment when : MOMENTS) {
            for (String command : always == null || !days.isMonth() ? Set.<String>of() : new TreeSet<>(always)) {
                if (!struck.getOrDefault(when, Map.of()).containsKey(command)) {
                    Cursor aimed = new Cursor();
                    aimed.aim(when, command);
                    return Optional.of(aimed);
                }
            }
        }
        return Optional.empty();
    }

    /** Whether runs were broken off at each command that all of them send, at each moment. */
    void requireAllStruck() {
        assertThat(always).isNotNull().isNotEmpty();
        MOMENTS.forEach(when -> assertThat(struck.getOrDefault(when, Map.of()).keySet())
                .as("where runs were broken off: " + when)
                .containsAll(always == null ? Set.of() : always));
    }

    private RetainingServer server() {
        servers++;
        return new RetainingServer("server " + servers % 2, days.redis.port(), days.settings, how, days.clock);
    }

    /** Some runs that are broken off, and one to its end. */
    void run() {
        boolean work = days.book.mayGo(days.clock.instant(), days.book.window()) > days.book.trimmed();
        if (work) {
            first.choose();
            runAndDie(first);
            runAndDie(others);
            missing().ifPresent(this::runAndDie);
        }
        runAndDie(others);
        try (RetainingServer server = server()) {
            RetentionReport dry = server.retention().preview();
            Duration again = random.nextInt(3) == 0 ? besideAnother(server) : server.step();
            RetentionReport report = assertWhole(server, days.book.window(), again);
            assertThat(dry)
                    .as("what a dry run said before")
                    .isEqualTo(new RetentionReport(
                            true,
                            report.at(),
                            report.hotWindow(),
                            report.entries(),
                            report.sessionStreams(),
                            report.trimmed(),
                            NO_CHANGE,
                            report.obstacle(),
                            report.released(),
                            Optional.empty()));
        }
    }

    /** A run to its end by a server that is new. */
    RetentionReport runWhole(Duration window, Duration again) {
        try (RetainingServer server = server()) {
            assertThat(server.step()).isEqualTo(again);
            return assertWhole(server, window, again);
        }
    }

    /** An operator lets a group be left behind. */
    void release(String group) {
        try (RetainingServer server = server()) {
            assertThat(server.retention().release(group, "operator:me", "its store is being replaced"))
                    .isPresent();
        }
        days.book.release(group);
    }

    /** While one rests between its steps another one asks for the lease. */
    private Duration besideAnother(RetainingServer server) {
        try (RetainingServer other = server()) {
            AtomicInteger rests = new AtomicInteger();
            Optional<RetentionReport> report = server.retention().runIfFree(rest -> {
                rests.incrementAndGet();
                assertThat(other.retention().runIfFree(r -> false)).isEmpty();
                return false;
            });
            assertThat(report).isPresent();
            turnedAway += rests.get();
        }
        return how.interval();
    }

    private void runAndDie(Cursor cursor) {
        int before = days.book.trimmed();
        int may = days.book.mayGo(days.clock.instant(), days.book.window());
        RetainingServer server = server();
        boolean withRedis = (blows + 1) % DEATHS_OF_REDIS == 0;
        CommandBreaker.Moment when = cursor.moment();
        server.breaker()
                .arm(new CommandBreaker.Blow(cursor.at, cursor.name, when, withRedis ? days::killRedis : () -> {}));
        Duration again = server.step();
        server.breaker().disarm();
        Optional<String> command = server.breaker().struck();
        if (command.isEmpty()) {
            // All commands of such a run have had their turn.
            cursor.begin();
            if (may > before) {
                ofEach(server.breaker().passed());
            }
            assertWhole(server, days.book.window(), again);
            server.close();
            return;
        }
        cursor.next();
        blows++;
        deaths += withRedis ? 1 : 0;
        struck.computeIfAbsent(when, w -> new TreeMap<>()).merge(command.get(), 1, Integer::sum);
        server.close();
        int through = days.state.trimmed();
        assertThat(through).as("how far a run came that was broken off").isBetween(before, may);
        assertThat(through == may || (through - before) % STEP == 0)
                .as("whole steps: from " + before + " to " + through + ", " + may + " might go")
                .isTrue();
        partial += through > before && through < may ? 1 : 0;
        trimmedEntries += through - before;
        days.book.trimmed(through);
        days.state.streams();
        goOnBehindTheDead(server);
    }

    /** As long as the dead one has the lease nobody else works. */
    private void goOnBehindTheDead(RetainingServer dead) {
        Map<String, String> lease;
        try (Jedis jedis = new Jedis(days.redis.url())) {
            lease = jedis.hgetAll(RetentionDays.PREFIX + "lease:retention");
        }
        if (Long.parseLong(lease.getOrDefault("until", "0")) <= days.clock.millis()) {
            return;
        }
        assertThat(lease).containsEntry("owner", dead.owner());
        try (RetainingServer other = server()) {
            Duration ignored = other.step();
            assertThat(other.schedule().runs() + other.schedule().failed()).isZero();
            turnedAway++;
        }
        days.state.streams();
        days.clock.advance(LEASE);
    }

    private RetentionReport assertWhole(RetainingServer server, Duration window, Duration again) {
        assertThat(server.schedule().failure()).isEmpty();
        assertThat(again).isIn(how.interval(), WHILE_SCARCE);
        Book book = days.book;
        Instant now = days.clock.instant();
        int before = book.trimmed();
        List<String> released = book.released(now, window);
        int through = book.mayGo(now, window);
        RetentionStatus status = server.retention().status();
        RetentionReport report = status.lastRun().orElseThrow();
        assertThat(report)
                .isEqualTo(new RetentionReport(
                        false,
                        now,
                        window,
                        through - before,
                        book.endingSessions(before, through),
                        head(through),
                        NO_CHANGE,
                        report.obstacle(),
                        released,
                        Optional.empty()));
        assertObstacle(server, report, book.isOld(through + 1, now, window), through + 1, now);
        assertThat(status.trimmed()).isEqualTo(head(through));
        assertThat(status.hotWindowNow()).isEqualTo(window);
        assertThat(status.worker()).isEmpty();
        for (RetentionStatus.GroupStatus group : status.groups()) {
            assertThat(group.release().isPresent()).isEqualTo(released.contains(group.name()));
            int finished = book.group(group.name()).finishedThrough();
            assertThat(group.finishedSeq()).as(group.name()).isEqualTo(finished);
            assertThat(group.waitingSince())
                    .as(group.name())
                    .isEqualTo(
                            finished == book.events().size()
                                    ? Optional.empty()
                                    : Optional.of(book.event(finished + 1).recordedAt()));
        }
        if (report.obstacle().isEmpty()) {
            assertThat(status.reachedAt()).contains(now);
        }
        whole++;
        trimmedEntries += through - before;
        book.window(window);
        book.trimmed(through);
        days.state.streams();
        return report;
    }

    private Head head(int seq) {
        return seq == 0 ? Head.EMPTY : new Head(seq, days.book.event(seq).position());
    }

    /** Who holds up what is old is told, and since when; and nobody where nothing is. */
    private void assertObstacle(
            RetainingServer server, RetentionReport report, boolean isHeld, int first, Instant now) {
        List<String> told = server.check().look().findings().stream()
                .filter(finding -> finding.concern().equals(Optional.of(RetentionCheck.HELD)))
                .map(Finding::message)
                .toList();
        if (!isHeld) {
            assertThat(report.obstacle()).isEmpty();
            assertThat(told).isEmpty();
            return;
        }
        held++;
        if (!days.book.missing().isEmpty()) {
            Obstacle.Missing missing = (Obstacle.Missing) report.obstacle().orElseThrow();
            assertThat(days.book.missing()).contains(missing.group());
            assertThat(server.check().look().findings())
                    .anySatisfy(finding -> assertThat(finding.concern()).contains(RetentionCheck.GROUP_MISSING));
            return;
        }
        Obstacle.Waiting waiting = (Obstacle.Waiting) report.obstacle().orElseThrow();
        assertThat(days.book.holders(first)).contains(waiting.group());
        // Of what has left the streams it may have finished less.
        int done = days.book.group(waiting.group()).finishedThrough();
        RecordedEvent event = days.book.event(done + 1);
        assertThat(waiting).isEqualTo(new Obstacle.Waiting(waiting.group(), head(done), event.recordedAt()));
        assertThat(told)
                .singleElement()
                .satisfies(message -> assertThat(message)
                        .startsWith("the required group " + waiting.group() + " has finished " + done
                                + " events, and holds up what has been in the ledger for "
                                + Duration.between(event.recordedAt(), now).toSeconds() + " s:"));
    }
}
