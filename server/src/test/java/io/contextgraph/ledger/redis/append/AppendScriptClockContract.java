// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.append;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendOutcome.Appended;
import io.contextgraph.ledger.AppendOutcome.Refused;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.redis.LedgerAudit;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.testing.Events;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Protocol;

/** Where events stand whatever the clock of Redis does. */
abstract class AppendScriptClockContract extends ScriptedContract {
    private static final long NOON = 1_900_000_000_000L;
    private static final long HOUR = Duration.ofHours(1).toMillis();
    private static final long THREE_DAYS = Duration.ofDays(3).toMillis();
    private static final long LEAD = Duration.ofMinutes(5).toMillis();
    private static final long LAST_COUNTER = 1L << 53;

    private long events;

    AppendScriptClockContract(Engine engine) {
        super(engine);
    }

    /** Appends one new event to each of some sessions while the clock shows a time. */
    private List<AppendOutcome> outcomes(long clock, String... sessions) {
        Appender appender = ledger.appender(AppendScript.with(engine, Map.of("clock", "local now = " + clock)));
        List<Append> appends = List.of(sessions).stream()
                .map(session -> Append.of(Events.event(++events, session)))
                .toList();
        return appender.append(appends, Durability.MEMORY).outcomes();
    }

    private List<String> positions(long clock, String... sessions) {
        return outcomes(clock, sessions).stream()
                .map(outcome -> ((Appended) outcome).receipt().position().toString())
                .toList();
    }

    private void assertRefused(long clock, String session) {
        assertThat(outcomes(clock, session))
                .singleElement()
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.why()).contains("more than 5 minutes ahead of the clock"));
        events--;
    }

    /** Adds an entry of somebody else's and takes it back. */
    private void leave(String stream, String id) {
        Object ignored = jedis.sendCommand(Protocol.Command.XADD, stream, id, "foo", "bar");
        assertThat(jedis.sendCommand(Protocol.Command.XDEL, stream, id)).isEqualTo(1L);
    }

    private String session(String name) {
        return ledger.keys().stream(new SessionId(name));
    }

    private void assertWhole() {
        assertThat(LedgerAudit.assertWhole(ledger.settings()).seq()).isEqualTo(events);
    }

    /** In one run, in several of a round, and in several rounds. */
    @Test
    void whileItStandsStillTheCounterRises() {
        assertThat(positions(NOON, "a", "b", "a")).containsExactly(NOON + "-0", NOON + "-1", NOON + "-2");
        String[] sessions = IntStream.range(0, 2 * AppendLane.EVENTS_PER_RUN + 1)
                .mapToObj(n -> "s" + n % 3)
                .toArray(String[]::new);
        assertThat(positions(NOON, sessions))
                .isEqualTo(IntStream.range(3, 3 + sessions.length)
                        .mapToObj(n -> NOON + "-" + n)
                        .toList());
        assertThat(positions(NOON + 1, "a")).containsExactly((NOON + 1) + "-0");
        assertWhole();
    }

    @Test
    void whenItGoesBackPositionsRiseAndNothingIsRecordedEarlier() {
        assertThat(positions(NOON, "a")).containsExactly(NOON + "-0");
        assertThat(positions(NOON - HOUR, "a", "new")).containsExactly(NOON + "-1", NOON + "-2");
        assertThat(positions(NOON - 1, "new")).containsExactly(NOON + "-3");
        List<AppendOutcome> last = outcomes(NOON - HOUR, "a");
        assertThat(((Appended) last.getFirst()).receipt().recordedAt().toEpochMilli())
                .isEqualTo(NOON);
        assertThat(positions(NOON, "a")).containsExactly(NOON + "-5");
        assertThat(positions(NOON + 1, "a")).containsExactly((NOON + 1) + "-0");
        assertWhole();
    }

    /** The ledger's own positions are gone on behind however far ahead they are, or nothing could be appended for days. */
    @Test
    void whenItComesBackFromDaysAheadPositionsRiseFromThere() {
        long ahead = NOON + THREE_DAYS;
        assertThat(positions(NOON, "a")).containsExactly(NOON + "-0");
        assertThat(positions(ahead, "a")).containsExactly(ahead + "-0");
        assertThat(positions(NOON + 1, "a", "b")).containsExactly(ahead + "-1", ahead + "-2");
        assertThat(positions(ahead - 1, "b")).containsExactly(ahead + "-3");
        assertThat(positions(ahead + 1, "b")).containsExactly((ahead + 1) + "-0");
        assertWhole();
    }

    @Test
    void idsOfOthersAreFollowedForFiveMinutesAndNotForOneMillisecondMore() {
        assertThat(positions(NOON, "a", "b")).containsExactly(NOON + "-0", NOON + "-1");
        for (String stream : List.of(ledger.keys().global(), session("a"))) {
            long clock = NOON + HOUR * (events + 1);
            long left = clock + LEAD;
            leave(stream, left + "-7");
            assertRefused(clock - 1, "a");
            assertThat(positions(clock, "a")).containsExactly(left + "-8");
            // What has been followed once is the ledger's own.
            assertThat(positions(clock - HOUR, "a", "b")).containsExactly(left + "-9", left + "-10");
        }
        assertWhole();
    }

    @Test
    void anIdThatWasLeftWhileTheClockWasDaysAheadWaitsForTheClock() {
        long ahead = NOON + THREE_DAYS;
        assertThat(positions(ahead, "a")).containsExactly(ahead + "-0");
        leave(session("a"), ahead + "-1");
        assertRefused(NOON, "a");
        assertThat(positions(NOON, "b")).containsExactly(ahead + "-1");
        // The head is there now.
        assertThat(positions(NOON, "a")).containsExactly(ahead + "-2");
        leave(ledger.keys().global(), ahead + "-9");
        assertRefused(NOON, "b");
        assertRefused(ahead - LEAD - 1, "b");
        assertThat(positions(ahead - LEAD, "b")).containsExactly(ahead + "-10");
        assertWhole();
    }

    /** Beyond it the numbers of Lua are no longer exact. */
    @Test
    void aCounterAtItsLimitIsFollowedByTheNextMillisecond() {
        assertThat(positions(NOON, "a")).containsExactly(NOON + "-0");
        for (String stream : List.of(ledger.keys().global(), session("a"))) {
            long clock = NOON + HOUR * events;
            leave(stream, clock + "-" + (LAST_COUNTER - 2));
            assertThat(positions(clock, "a", "a", "b"))
                    .containsExactly(clock + "-" + (LAST_COUNTER - 1), clock + "-" + LAST_COUNTER, (clock + 1) + "-0");
            assertThat(positions(clock + 1, "a")).containsExactly((clock + 1) + "-1");
        }
        assertWhole();
    }

    /** One that stands at the limit is the first thing that the next call finds. */
    @Test
    void aHeadWhoseCounterIsAtItsLimitIsFollowedByTheNextMillisecond() {
        leave(session("a"), NOON + "-" + (LAST_COUNTER - 1));
        assertThat(positions(NOON, "a")).containsExactly(NOON + "-" + LAST_COUNTER);
        assertThat(positions(NOON, "a")).containsExactly((NOON + 1) + "-0");
        assertThat(positions(NOON - HOUR, "b")).containsExactly((NOON + 1) + "-1");
        assertThat(positions(NOON + 1, "b")).containsExactly((NOON + 1) + "-2");
        assertWhole();
    }

    @Test
    void theLargestIdThatAStreamTakesIsFollowedByTheNextMillisecond() {
        for (String counter : List.of(Long.toString(LAST_COUNTER), "9007199254740993", "18446744073709551615")) {
            for (String stream : List.of(ledger.keys().global(), session("a"))) {
                long clock = NOON + HOUR * (events + 1);
                leave(stream, clock + "-" + counter);
                assertThat(positions(clock, "a", "b")).containsExactly((clock + 1) + "-0", (clock + 1) + "-1");
            }
        }
        assertWhole();
    }
}
