// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.trim.Obstacle;
import io.contextgraph.retention.PlaceBreaker.How;
import io.contextgraph.testing.CommandBreaker;
import io.contextgraph.testing.CommandBreaker.Moment;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import redis.clients.jedis.Jedis;

/**
 * The runs of retention with a ceiling. Some are broken off: at each command to Redis, with and without its death, and at each
 * thing that is asked of the archive or the graph, before it, in the middle or after it; by an error that the run is told of,
 * by its death, or by SIGKILL where it runs in a process of its own. After each of them nothing may be lost; and after
 * one that comes to its end everything is where the book says.
 */
final class CeilingTurns {
    private static final int DEATHS_OF_REDIS = 4;
    private static final List<String> FILES = List.of("put events", "put ids", "put manifest");
    private static final int KINDS = 8;

    private final CeilingDays days;
    private final Random random;
    private final RetentionSettings how;
    private final CeilingSettings settings;
    private final StruckPlaces.Cursor commands = new StruckPlaces.Cursor(11);
    private final StruckPlaces.Cursor deaths = new StruckPlaces.Cursor(3);
    private final StruckPlaces.Cursor failures = new StruckPlaces.Cursor(3);
    private final StruckPlaces.Cursor kills = new StruckPlaces.Cursor(5);
    private final StruckPlaces struck = StruckPlaces.ofRetention();
    private int servers;
    private int whole;
    private int redisKilled;
    private int processesKilled;
    private int broken;
    private int taken;
    private int partial;
    private int heldMeanwhile;
    private int fresh;
    private int damages;

    CeilingTurns(CeilingDays days, Duration hotWindow, Duration ceiling, Random random) {
        this.days = days;
        this.random = random;
        this.how = CeilingParts.how(hotWindow);
        this.settings = CeilingParts.settings(ceiling);
    }

    String summary() {
        return whole + " runs took " + taken + " events out of the ledger; " + broken + " runs broken off (" + fresh
                + " that began with something new, " + partial + " in the middle of taking out, " + redisKilled
                + " with Redis, " + processesKilled + " processes killed), " + heldMeanwhile
                + " sessions held meanwhile, " + damages
                + " segments damaged; " + struck;
    }

    /** One that runs retention, and what it is broken off by. */
    private record Runner(RetainingServer server, PlaceBreaker places) implements AutoCloseable {
        @Override
        public void close() {
            server.close();
        }
    }

    private Runner runner() {
        servers++;
        AtomicReference<RetainingServer> itself = new AtomicReference<>();
        PlaceBreaker places = new PlaceBreaker((place, moment) ->
                Optional.ofNullable(itself.get()).orElseThrow().breaker().close());
        RetainingServer server = new RetainingServer(
                "server " + servers % 2,
                days.redis.port(),
                days.settings,
                how,
                days.clock,
                ledger -> CeilingParts.ceiling(
                        ledger, settings, places, days.archiveFolder, days.scratch, days.graph, days.clock));
        itself.set(server);
        return new Runner(server, places);
    }

    /** Numbers of the events that may leave by now, when the streams are trimmed as far as they may be. */
    Set<Long> leaving() {
        Instant now = days.clock.instant();
        return days.ceiling.leaving(now, days.book.mayGo(now, days.book.window()));
    }

    /** Some runs that are broken off, and one to its end. */
    void run(int turn) {
        if (days.isShort()) {
            commands.choose(random, 90);
            deaths.choose(random, 50);
            failures.choose(random, 50);
            kills.choose(random, 50);
        }
        boolean begun = false;
        int blows = days.isShort() ? 3 : KINDS;
        for (int i = 0; i < blows && !leaving().isEmpty(); i++) {
            // What all runs do is struck best where there is something new.
            int blow = i == 0 && random.nextBoolean() ? 2 : (turn * 3 + i) % KINDS;
            fresh += begun ? 0 : 1;
            begun = true;
            switch (blow) {
                case 0 -> commandFails(commands);
                case 1 -> placeFails(deaths, true);
                case 3 -> placeFails(failures, false);
                case 4 -> heldMeanwhile();
                case 5 -> killed();
                case 7 -> damaged();
                default -> missing();
            }
            days.meanwhile();
        }
        finish();
    }

    private void commandFails(StruckPlaces.Cursor cursor) {
        boolean withRedis = (broken + 1) % DEATHS_OF_REDIS == 0;
        try (Runner runner = runner()) {
            runner.server()
                    .breaker()
                    .arm(new CommandBreaker.Blow(
                            cursor.at(), cursor.name(), cursor.moment(), withRedis ? days::killRedis : () -> {}));
            Duration ignored = runner.server().step();
            runner.server().breaker().disarm();
            Optional<String> at = runner.server().breaker().struck();
            redisKilled += at.isPresent() && withRedis ? 1 : 0;
            if (at.isEmpty()) {
                struck.commandsOfAll(runner.server().breaker().passed());
            }
            after(cursor, at.map(command -> StruckPlaces.REDIS + command));
        }
    }

    private void placeFails(StruckPlaces.Cursor cursor, boolean deadly) {
        try (Runner runner = runner()) {
            runner.places()
                    .arm(new PlaceBreaker.Blow(
                            cursor.at(), cursor.name(), cursor.moment(), deadly ? How.DIES : How.FAILS));
            try {
                Duration ignored = runner.server().step();
                if (!deadly && runner.places().struck().isPresent()) {
                    assertTold(runner);
                }
            } catch (PlaceBreaker.Died died) {
                assertThat(deadly).isTrue();
            }
            runner.places().disarm();
            Optional<String> at = runner.places().struck();
            if (at.isEmpty()) {
                struck.placesOfAll(runner.places().passed());
            }
            after(cursor, at.map(place -> (deadly ? StruckPlaces.DIES : StruckPlaces.FAILS) + place));
        }
    }

    /** What the archive or the graph could not do is told, as a problem of the run or of the whole of it. */
    private static void assertTold(Runner runner) {
        if (runner.places().struck().filter("rest"::equals).isEmpty()) {
            assertThat(report(runner).flatMap(CeilingReport::problem))
                    .as("what is told after the archive or the graph has failed at "
                            + runner.places().struck())
                    .isPresent();
        }
    }

    private static Optional<CeilingReport> report(Runner runner) {
        return runner.server().retention().status().lastRun().orElseThrow().ceiling();
    }

    /** By SIGKILL. */
    private void killed() {
        if (!days.spendsProcess()) {
            placeFails(deaths, true);
            return;
        }
        Optional<String> at = CeilingProcess.runAndKill(
                new CeilingProcess.Stores(days.redis.url(), days.engine, days.neo4j, days.archiveFolder, days.scratch),
                settings,
                how,
                kills.at(),
                kills.moment());
        processesKilled += at.isPresent() ? 1 : 0;
        after(kills, at.map(place -> "killed: " + place.substring(0, place.lastIndexOf(' '))));
    }

    /**
     * The archive keeps something else than it was given, and says nothing. Nothing leaves then by this run; the next one writes
     * it anew.
     */
    private void damaged() {
        String place = FILES.get(damages % FILES.size());
        Set<Long> may = leaving();
        try (Runner runner = runner()) {
            runner.places().arm(new PlaceBreaker.Blow(Integer.MAX_VALUE, place, Moment.AFTER, How.DAMAGES));
            Duration ignored = runner.server().step();
            Optional<String> file = runner.places().damaged();
            runner.places().disarm();
            if (file.isPresent()) {
                assertTold(runner);
                ignored = runner.server().step();
                assertThat(report(runner).flatMap(CeilingReport::problem))
                        .as("what is told where %s is written anew", file.get())
                        .isEmpty();
                assertThat(days.archive.has(file.get())).as(file.get()).isFalse();
                damages++;
                struck.add("damaged: " + place, Moment.AFTER);
            }
        }
        days.book.trimmed(days.entries.trimmed());
        taken += days.state.take(may, days.clock.instant());
    }

    /** Somewhere where no run was broken off yet. */
    private void missing() {
        List<StruckPlaces.Cursor> dying = struck.missing(StruckPlaces.DIES);
        List<StruckPlaces.Cursor> failing = struck.missing(StruckPlaces.FAILS);
        List<StruckPlaces.Cursor> redis = struck.missing(StruckPlaces.REDIS);
        int all = dying.size() + failing.size() + redis.size();
        int one = all == 0 ? 0 : random.nextInt(all);
        if (all == 0) {
            placeFails(failures, false);
        } else if (one < dying.size()) {
            placeFails(dying.get(one), true);
        } else if (one < dying.size() + failing.size()) {
            placeFails(failing.get(one - dying.size()), false);
        } else {
            commandFails(redis.get(one - dying.size() - failing.size()));
        }
    }

    /** Whether runs were broken off at everything that they do, in each way. */
    void requireAllStruck() {
        struck.requireAll();
        assertThat(processesKilled).isPositive();
        assertThat(damages).isGreaterThan(FILES.size());
    }

    /** What a run has left that was broken off, or was not: nothing is lost. */
    private void after(StruckPlaces.Cursor cursor, Optional<String> at) {
        if (at.isEmpty()) {
            cursor.begin();
        } else {
            broken++;
            struck.add(at.get(), cursor.moment());
            cursor.next();
        }
        Set<Long> may = leaving();
        days.book.trimmed(days.entries.trimmed());
        int now = days.state.take(may, days.clock.instant());
        partial += now > 0 && now < may.size() ? 1 : 0;
        taken += now;
        days.clock.advance(lease());
    }

    /** Until when the dead one has the lease; then the next one can go on. */
    private Duration lease() {
        try (Jedis jedis = new Jedis(days.redis.url())) {
            String until = jedis.hget(RetentionDays.PREFIX + "lease:retention", "until");
            long left = Long.parseLong(until == null ? "0" : until) - days.clock.millis();
            return Duration.ofMillis(Math.max(0, left + 1));
        }
    }

    /** A session is held when its events have been archived and some of them, perhaps, have left. */
    private void heldMeanwhile() {
        List<Long> may = new ArrayList<>(leaving());
        String session = days.book
                .event(Math.toIntExact(may.get(random.nextInt(may.size()))))
                .event()
                .sessionId()
                .value();
        int at = 1 + random.nextInt(12);
        int[] rests = {0};
        Set<Long> allowed = new TreeSet<>(may);
        try (Runner runner = runner();
                Runner other = runner()) {
            Optional<RetentionReport> report = runner.server().retention().runIfFree(rest -> {
                if (++rests[0] == at) {
                    int before = days.state.take(allowed, days.clock.instant());
                    taken += before;
                    HeldSession held = other.server()
                            .retention()
                            .hold(new SessionId(session), "operator:me", "somebody has asked for it");
                    assertThat(held.known()).isTrue();
                    days.ceiling.hold(session);
                    allowed.removeIf(seq -> days.book
                            .event(Math.toIntExact(seq))
                            .event()
                            .sessionId()
                            .value()
                            .equals(session));
                    heldMeanwhile++;
                }
                return false;
            });
            assertThat(report).isPresent();
        }
        days.book.trimmed(days.entries.trimmed());
        taken += days.state.take(allowed, days.clock.instant());
        assertThat(days.book.left().stream().mapToLong(event -> event.seq()).filter(allowed::contains))
                .as("what was free to leave, and is there")
                .isEmpty();
    }

    /** One that comes to its end: everything has left that may. */
    private void finish() {
        Instant now = days.clock.instant();
        List<String> released = days.book.released(now, days.book.window());
        int through = days.book.mayGo(now, days.book.window());
        Set<Long> may = days.ceiling.leaving(now, through);
        try (Runner runner = runner()) {
            RetentionReport dry = runner.server().retention().preview();
            Duration ignored = runner.server().step();
            assertThat(runner.server().schedule().failure()).isEmpty();
            RetentionReport report =
                    runner.server().retention().status().lastRun().orElseThrow();
            days.book.trimmed(through);
            assertThat(days.entries.trimmed()).isEqualTo(through);
            assertThat(report.released()).isEqualTo(released);
            assertThat(report.obstacle().isPresent()).isEqualTo(days.book.isOld(through + 1, now, days.book.window()));
            report.obstacle().ifPresent(obstacle -> assertThat(obstacle).isInstanceOf(Obstacle.Waiting.class));
            CeilingReport ceiling = report.ceiling().orElseThrow();
            assertThat(ceiling.problem()).isEmpty();
            assertThat(ceiling.events()).as("how many have left").isEqualTo(may.size());
            assertThat(ceiling.held())
                    .isEqualTo(days.ceiling.heldUp(now, through).size());
            assertThat(ceiling.parked())
                    .isEqualTo(days.ceiling.setAside(now, through).size());
            assertThat(dry.ceiling().orElseThrow().events())
                    .as("what a dry run said")
                    .isEqualTo(may.size());
            int left = days.state.take(may, days.clock.instant());
            assertThat(left).as("how many have left by the book").isEqualTo(may.size());
            assertThat(runner.server().check().look().findings().stream()
                            .filter(finding -> finding.concern().equals(Optional.of(RetentionCheck.UNARCHIVED))))
                    .isEmpty();
            taken += left;
        }
        days.ceiling.ran(now);
        days.state.settled();
        whole++;
    }

    /** An operator lets a group be left behind. */
    void release(String group) {
        try (Runner runner = runner()) {
            assertThat(runner.server().retention().release(group, "operator:me", "its store is being replaced"))
                    .isPresent();
        }
        days.book.release(group);
    }

    void hold(String session) {
        try (Runner runner = runner()) {
            HeldSession held = runner.server().retention().hold(new SessionId(session), "operator:me", "a lawsuit");
            assertThat(held.reason()).isEqualTo("a lawsuit");
        }
        days.ceiling.hold(session);
    }

    void unhold(String session) {
        try (Runner runner = runner()) {
            assertThat(runner.server().retention().unhold(new SessionId(session)))
                    .isPresent();
        }
        days.ceiling.release(session);
    }
}
