// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.archive.ArchiveException;
import io.contextgraph.archive.SegmentId;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.operation.WorkFailedException;
import io.contextgraph.restoring.RestoreReport;
import io.contextgraph.restoring.Restorer;
import io.contextgraph.retention.PlaceBreaker.How;
import io.contextgraph.storage.StorageException;
import io.contextgraph.testing.CommandBreaker;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import redis.clients.jedis.Jedis;

/**
 * The restores. Segments of which events have left come back, for no time, for some turns or for weeks. Some restores are broken
 * off: at each command to Redis, with and without its death, and at each thing that is asked of the archive; by an error that
 * they are told of, by their death, or by SIGKILL. Some find a segment that is not as it was written. After each of them every
 * event is there as it was, or gone as it was; after one that came to its end all are there, until the time that was asked for.
 */
final class RestoringTurns {
    private static final int DEATHS_OF_REDIS = 4;
    private static final int KINDS = 5;
    private static final int MOST = 3;
    private static final List<ArchiveFiles.Damage> DAMAGES = List.of(ArchiveFiles.Damage.values());

    private final CeilingDays days;
    private final Random random;
    private final StruckPlaces struck = StruckPlaces.ofRestores();
    private final StruckPlaces.Cursor commands = new StruckPlaces.Cursor(5);
    private final StruckPlaces.Cursor deaths = new StruckPlaces.Cursor(2);
    private final StruckPlaces.Cursor failures = new StruckPlaces.Cursor(2);
    private final StruckPlaces.Cursor kills = new StruckPlaces.Cursor(2);
    private final Set<Long> returned = new HashSet<>();
    private int kind;
    private int whole;
    private int segments;
    private int events;
    private int broken;
    private int partial;
    private int redisKilled;
    private int processesKilled;
    private int damages;

    RestoringTurns(CeilingDays days, Random random) {
        this.days = days;
        this.random = random;
    }

    String summary() {
        return whole + " restores of " + segments + " segments brought " + events + " events back (" + returned.size()
                + " of them different ones); " + broken + " restores broken off (" + partial
                + " in the middle, " + redisKilled + " with Redis, " + processesKilled + " processes killed), "
                + damages
                + " refused for a damaged segment; " + struck;
    }

    /** Whether an event has ever come back. */
    boolean hasReturned(long seq) {
        return returned.contains(seq);
    }

    /** One that restores, and what it is broken off by. */
    private final class Desk implements AutoCloseable {
        private final CommandBreaker breaker = CommandBreaker.to(days.redis.port(), RetentionCommands::name);
        private final ClockedLedger ledger =
                new ClockedLedger(days.settings.withUrl(breaker.inFrontOf(days.settings.url())));
        private final PlaceBreaker places = new PlaceBreaker((place, moment) -> breaker.close());
        private final Restorer restorer =
                CeilingParts.restorer(ledger, places, days.archiveFolder, "restores", days.clock);

        RestoreReport run(Wanted wanted, boolean dry) {
            return restorer.run(wanted.ids(), wanted.keep(), dry, CeilingParts.watching(places));
        }

        @Override
        public void close() {
            breaker.close();
            ledger.close();
        }
    }

    /** Which segments are to come back, and for how long. */
    private record Wanted(List<String> segments, Duration keep) {
        List<SegmentId> ids() {
            return segments.stream()
                    .map(name -> SegmentId.parse(name).orElseThrow())
                    .toList();
        }
    }

    /** Some of which something has left. */
    private Optional<Wanted> wanted() {
        Set<String> all = new TreeSet<>();
        days.ceiling
                .gone()
                .forEach(seq -> all.add(days.archive.of(seq).orElseThrow().segment()));
        if (all.isEmpty()) {
            return Optional.empty();
        }
        List<String> some = new ArrayList<>(all);
        Collections.shuffle(some, random);
        List<Duration> keeps = List.of(
                Duration.ZERO,
                RetentionDays.TURN,
                RetentionDays.TURN.multipliedBy(2),
                Duration.ofDays(3),
                Duration.ofDays(20));
        return Optional.of(new Wanted(
                List.copyOf(some.subList(0, Math.min(some.size(), 1 + random.nextInt(MOST)))),
                keeps.get(random.nextInt(keeps.size()))));
    }

    /** Some that are broken off, and one to its end. */
    void run() {
        if (days.isShort()) {
            commands.choose(random, 30);
            deaths.choose(random, 20);
            failures.choose(random, 20);
            kills.choose(random, 10);
        }
        int blows = days.isShort() ? 1 : 2;
        for (int i = 0; i < blows; i++) {
            wanted().ifPresent(this::breakOff);
        }
        meanwhile();
    }

    /** One to its end. */
    void meanwhile() {
        wanted().ifPresent(this::finish);
    }

    private void breakOff(Wanted wanted) {
        switch (kind++ % KINDS) {
            case 0 -> commandFails(wanted, commands);
            case 1 -> placeFails(wanted, deaths, true);
            case 2 -> placeFails(wanted, failures, false);
            case 3 -> killed(wanted);
            default -> {
                damaged(wanted);
                missing(wanted);
            }
        }
    }

    /** What is told of one that could not come to its end; empty where it has. */
    private static Optional<RuntimeException> told(Runnable restore) {
        try {
            restore.run();
            return Optional.empty();
        } catch (LedgerException | StorageException | ArchiveException | UncheckedIOException | WorkFailedException e) {
            return Optional.of(e);
        }
    }

    private void commandFails(Wanted wanted, StruckPlaces.Cursor cursor) {
        boolean withRedis = (broken + 1) % DEATHS_OF_REDIS == 0;
        Instant until = days.clock.instant().plus(wanted.keep());
        try (Desk desk = new Desk()) {
            desk.breaker.arm(new CommandBreaker.Blow(
                    cursor.at(), cursor.name(), cursor.moment(), withRedis ? days::killRedis : () -> {}));
            Optional<RuntimeException> failure = told(() -> assertWhole(desk.run(wanted, false), wanted, until));
            desk.breaker.disarm();
            Optional<String> at = desk.breaker.struck();
            assertThat(failure.isPresent())
                    .as("told after " + at + ": " + failure)
                    .isEqualTo(at.isPresent());
            redisKilled += at.isPresent() && withRedis ? 1 : 0;
            if (at.isEmpty()) {
                struck.commandsOfAll(desk.breaker.passed());
            }
            after(wanted, until, cursor, at.map(command -> StruckPlaces.REDIS + command));
        }
    }

    private void placeFails(Wanted wanted, StruckPlaces.Cursor cursor, boolean deadly) {
        Instant until = days.clock.instant().plus(wanted.keep());
        try (Desk desk = new Desk()) {
            desk.places.arm(
                    new PlaceBreaker.Blow(cursor.at(), cursor.name(), cursor.moment(), deadly ? How.DIES : How.FAILS));
            try {
                Optional<RuntimeException> failure = told(() -> assertWhole(desk.run(wanted, false), wanted, until));
                assertThat(failure.isPresent())
                        .as("told after " + desk.places.struck() + ": " + failure)
                        .isEqualTo(desk.places.struck().isPresent());
            } catch (PlaceBreaker.Died died) {
                assertThat(deadly || "rest".equals(desk.places.struck().orElseThrow()))
                        .isTrue();
            }
            desk.places.disarm();
            Optional<String> at = desk.places.struck();
            if (at.isEmpty()) {
                struck.placesOfAll(desk.places.passed());
            }
            after(wanted, until, cursor, at.map(place -> (deadly ? StruckPlaces.DIES : StruckPlaces.FAILS) + place));
        }
    }

    /** By SIGKILL. */
    private void killed(Wanted wanted) {
        if (!days.spendsProcess()) {
            placeFails(wanted, deaths, true);
            return;
        }
        Instant until = days.clock.instant().plus(wanted.keep());
        Optional<String> at = CeilingProcess.restoreAndKill(
                new CeilingProcess.Stores(days.redis.url(), days.engine, days.neo4j, days.archiveFolder, days.scratch),
                wanted.segments(),
                wanted.keep(),
                kills.at(),
                kills.moment());
        processesKilled += at.isPresent() ? 1 : 0;
        after(wanted, until, kills, at.map(place -> "killed: " + place.substring(0, place.lastIndexOf(' '))));
    }

    /** One of the segments is not as it was written: it is named, and nothing comes back of any. */
    private void damaged(Wanted wanted) {
        String struckOne =
                wanted.segments().get(random.nextInt(wanted.segments().size()));
        ArchiveFiles.Damage how = DAMAGES.get(damages % DAMAGES.size());
        Runnable undo = days.archive.damage(struckOne, how);
        Map<String, String> notes = days.state.kept();
        try (Desk desk = new Desk()) {
            RestoreReport report = desk.run(wanted, false);
            assertThat(report.faults())
                    .as("faults where one segment is " + how)
                    .isNotEmpty()
                    .allSatisfy(fault -> assertThat(fault.segment()).contains(struckOne));
            assertThat(report.restored() + report.there()).isZero();
        }
        undo.run();
        assertThat(days.state.back(Set.copyOf(wanted.segments())))
                .as("what has come back beside a damaged segment")
                .isZero();
        assertThat(days.state.kept()).isEqualTo(notes);
        damages++;
    }

    /** Somewhere where no restore was broken off yet. */
    private void missing(Wanted wanted) {
        List<StruckPlaces.Cursor> dying = struck.missing(StruckPlaces.DIES);
        List<StruckPlaces.Cursor> failing = struck.missing(StruckPlaces.FAILS);
        List<StruckPlaces.Cursor> redis = struck.missing(StruckPlaces.REDIS);
        int all = dying.size() + failing.size() + redis.size();
        int one = all == 0 ? 0 : random.nextInt(all);
        if (all == 0) {
            placeFails(wanted, failures, false);
        } else if (one < dying.size()) {
            placeFails(wanted, dying.get(one), true);
        } else if (one < dying.size() + failing.size()) {
            placeFails(wanted, failing.get(one - dying.size()), false);
        } else {
            commandFails(wanted, redis.get(one - dying.size() - failing.size()));
        }
    }

    /** Whether restores were broken off at everything that they do, in each way. */
    void requireAllStruck() {
        struck.requireAll();
        assertThat(processesKilled).isPositive();
        assertThat(damages).isGreaterThan(DAMAGES.size());
        assertThat(partial).isPositive();
    }

    private long away(Wanted wanted) {
        return numbers(wanted).stream().filter(days.book::isGone).count();
    }

    private List<Long> numbers(Wanted wanted) {
        return wanted.segments().stream()
                .flatMap(segment -> days.archive.numbers(segment).stream())
                .toList();
    }

    private void assertWhole(RestoreReport report, Wanted wanted, Instant until) {
        assertThat(report.faults()).isEmpty();
        assertThat(report.segments()).isEqualTo(wanted.segments().size());
        assertThat(report.restored()).as("how many have come back").isEqualTo(away(wanted));
        assertThat(report.there()).isEqualTo(numbers(wanted).size() - away(wanted));
        assertThat(report.keptUntil()).contains(until);
    }

    /** What a restore has left that was broken off, or was not: each event is whole, or gone as before. */
    private void after(Wanted wanted, Instant until, StruckPlaces.Cursor cursor, Optional<String> at) {
        long away = away(wanted);
        Set<Long> back = back(wanted);
        if (at.isEmpty()) {
            cursor.begin();
            whole(wanted, until);
        } else {
            broken++;
            struck.add(at.get(), cursor.moment());
            cursor.next();
            partial += !back.isEmpty() && back.size() < away ? 1 : 0;
            noted(wanted, until, back);
        }
        days.clock.advance(lease());
    }

    /** The numbers of what has come back. */
    private Set<Long> back(Wanted wanted) {
        Set<Long> before = new TreeSet<>(numbers(wanted));
        before.removeIf(seq -> !days.book.isGone(seq));
        int count = days.state.back(Set.copyOf(wanted.segments()));
        before.removeIf(days.book::isGone);
        assertThat(before).hasSize(count);
        returned.addAll(before);
        events += count;
        return before;
    }

    /** All of it is there, and noted until when. */
    private void whole(Wanted wanted, Instant until) {
        assertThat(away(wanted)).as("what is not back").isZero();
        wanted.segments().forEach(segment -> keep(wanted, segment, until));
        assertOthers(Set.of());
        whole++;
        segments += wanted.segments().size();
    }

    private void keep(Wanted wanted, String segment, Instant until) {
        days.ceiling.keep(
                segment,
                days.archive.numbers(segment),
                days.ceiling.wanted(segment, until, wanted.keep().isZero()));
    }

    /** Of a segment that it has begun with it is noted until when that stays; of the others, nothing has changed. */
    private void noted(Wanted wanted, Instant until, Set<Long> back) {
        Map<String, String> notes = days.state.kept();
        for (String segment : wanted.segments()) {
            CeilingBook.Kept now = new CeilingBook.Kept(
                    days.ceiling.wanted(segment, until, wanted.keep().isZero()), days.archive.numbers(segment));
            if (CeilingState.text(now).equals(notes.get(segment))) {
                keep(wanted, segment, until);
            } else {
                assertThat(days.archive.numbers(segment).stream().filter(back::contains))
                        .as("what has come back of " + segment + ", of which that is not noted")
                        .isEmpty();
            }
        }
        assertOthers(Set.copyOf(wanted.segments()));
    }

    /** All notes are as the book has them; but those that are over may be there still, or not. */
    private void assertOthers(Set<String> begun) {
        Instant now = days.clock.instant();
        Map<String, String> booked = texts(segment -> true);
        Map<String, String> over = texts(segment -> days.ceiling.isOver(segment, now));
        Map<String, String> notes = new TreeMap<>(days.state.kept());
        booked.keySet().removeAll(over.keySet());
        assertThat(notes).as("what is noted, some of it of " + begun).containsAllEntriesOf(booked);
        notes.keySet().removeAll(booked.keySet());
        assertThat(over).as("what may be noted still").containsAllEntriesOf(notes);
    }

    private Map<String, String> texts(Function<String, Boolean> which) {
        Map<String, String> texts = new TreeMap<>();
        days.ceiling.kept().forEach((segment, kept) -> {
            if (which.apply(segment)) {
                texts.put(segment, CeilingState.text(kept));
            }
        });
        return texts;
    }

    /** Until when the dead one has the lease. */
    private Duration lease() {
        try (Jedis jedis = new Jedis(days.redis.url())) {
            String until = jedis.hget(RetentionDays.PREFIX + "lease:retention", "until");
            long left = Long.parseLong(until == null ? "0" : until) - days.clock.millis();
            return Duration.ofMillis(Math.max(0, left + 1));
        }
    }

    private void finish(Wanted wanted) {
        Instant until = days.clock.instant().plus(wanted.keep());
        List<Long> numbers = numbers(wanted);
        List<RecordedEvent> away = numbers.stream()
                .filter(days.book::isGone)
                .map(seq -> days.book.event(Math.toIntExact(seq)))
                .toList();
        try (Desk desk = new Desk()) {
            assertWhole(desk.run(wanted, true), wanted, until);
            assertThat(days.state.back(Set.copyOf(wanted.segments())))
                    .as("what a dry run has brought back")
                    .isZero();
            assertWhole(desk.run(wanted, false), wanted, until);
        }
        Set<Long> ignored = back(wanted);
        whole(wanted, until);
        days.sent().returned(away);
    }
}
