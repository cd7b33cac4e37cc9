// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.kill;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.bench.kill.Findings.Kind;
import io.contextgraph.bench.kill.History.Ack;
import io.contextgraph.bench.kill.History.Kill;
import io.contextgraph.bench.kill.KillPlan.AppendFsync;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Durability;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** A sound round passes; each broken promise is found, and named for what it is. */
class VerdictTest {
    private static final Instant BEGIN = Instant.parse("2026-03-01T12:00:00Z");
    private static final int EVENTS = 60;

    /** Events go out one by one, ten milliseconds apart, the even ones as fsync; Redis dies after all of them. */
    private final Story story = new Story(7, BEGIN);

    private final History history = new History();
    private final List<RecordedEvent> log = new ArrayList<>();
    private final Findings findings = new Findings();
    private AppendFsync appendFsync = AppendFsync.EVERYSEC;

    VerdictTest() {
        Map<SessionId, Long> sessions = new HashMap<>();
        for (int number = 0; number < EVENTS; number++) {
            var event = story.event(number);
            Instant at = BEGIN.plusMillis(10L * number);
            RecordedEvent recorded = new RecordedEvent(
                    event.withPayload(Optional.empty()),
                    new Position(at.toEpochMilli(), 0),
                    number + 1L,
                    sessions.merge(event.sessionId(), 1L, Long::sum),
                    at,
                    story.hash(number));
            log.add(recorded);
            history.sent(number, nanos(number)).add(ack(recorded, number));
        }
        history.sentTogether(List.of(3L, 4L, 5L));
    }

    private static long nanos(long number) {
        return Duration.ofMillis(10 * number).toNanos();
    }

    private static Ack ack(RecordedEvent recorded, long number) {
        return new Ack(
                number % 2 == 0 ? Durability.FSYNC : Durability.MEMORY,
                recorded.position(),
                recorded.seq(),
                recorded.sessionSeq(),
                recorded.recordedAt(),
                nanos(number) + 1000);
    }

    private void redisDies(Duration after) {
        history.redisKilled(new Kill(BEGIN.plus(after), BEGIN.plus(after).plusMillis(5)));
    }

    private Verdict.Counts judge() {
        return verdict().judge(history);
    }

    private Verdict verdict() {
        return new Verdict(story, new LossRule(appendFsync, history.redisKills()), log, findings);
    }

    private void change(int index, UnaryOperator<RecordedEvent> change) {
        log.set(index, change.apply(log.get(index)));
    }

    @Test
    void whatAnExporterWasToldIsThereMustBeThere() {
        List<Long> numbers = story.exported(3);
        Map<SessionId, Long> sessions = new HashMap<>();
        log.forEach(event -> sessions.merge(event.event().sessionId(), 1L, Long::sum));
        for (long number : numbers) {
            var event = story.event(number);
            Instant at = BEGIN.plusMillis(10L * log.size());
            history.sent(number, nanos(log.size())).add(new History.Taken(Durability.FSYNC, nanos(log.size()) + 1000));
            log.add(new RecordedEvent(
                    event.withPayload(Optional.empty()),
                    new Position(at.toEpochMilli(), 0),
                    log.size() + 1L,
                    sessions.merge(event.sessionId(), 1L, Long::sum),
                    at,
                    story.hash(number)));
        }
        assertThat(judge()).isEqualTo(new Verdict.Counts(EVENTS / 2, EVENTS / 2 + numbers.size(), 0));
        assertThat(findings.lines()).isEmpty();
        log.removeLast();
        judge();
        assertThat(findings.kinds()).containsExactly(Kind.LOST);
    }

    @Test
    void aSoundRoundPasses() {
        assertThat(judge()).isEqualTo(new Verdict.Counts(EVENTS / 2, EVENTS / 2, 0));
        assertThat(findings.lines()).isEmpty();
    }

    @Test
    void anEventAcknowledgedAsFsyncMustNotBeLost() {
        redisDies(Duration.ofMillis(10L * EVENTS));
        log.removeLast();
        log.removeLast();
        judge();
        assertThat(findings.kinds()).containsExactly(Kind.LOST);
        assertThat(findings.count(Kind.LOST)).isEqualTo(1);
    }

    @Test
    void whatRedisHeldBackInMemoryMayGoWithIt() {
        redisDies(Duration.ofMillis(10L * EVENTS));
        log.removeLast();
        assertThat(judge()).isEqualTo(new Verdict.Counts(EVENTS / 2 - 1, EVENTS / 2, 1));
        assertThat(findings.lines()).isEmpty();
    }

    @Test
    void withoutADeathOfRedisNothingMayBeLost() {
        log.removeLast();
        judge();
        assertThat(findings.kinds()).containsExactly(Kind.LOST);
    }

    @Test
    void whatIsOlderThanTwoSecondsMustNotBeLost() {
        redisDies(Duration.ofMillis(10L * EVENTS + 3000));
        log.removeLast();
        judge();
        assertThat(findings.kinds()).containsExactly(Kind.LOST);
    }

    @Test
    void whatIsSyncedAlwaysMustNotBeLost() {
        appendFsync = AppendFsync.ALWAYS;
        redisDies(Duration.ofMillis(10L * EVENTS));
        log.removeLast();
        judge();
        assertThat(findings.kinds()).containsExactly(Kind.LOST);
    }

    @Test
    void whatWasAcknowledgedOnceMoreAsFsyncMustNotBeLost() {
        redisDies(Duration.ofMillis(10L * EVENTS));
        RecordedEvent last = log.removeLast();
        history.sent(EVENTS - 1L, 0).add(ack(last, 0));
        judge();
        assertThat(findings.kinds()).containsExactly(Kind.LOST);
        assertThat(findings.count(Kind.LOST)).isEqualTo(2);
    }

    @Test
    void aLossTakesTheNewestOnly() {
        redisDies(Duration.ofMillis(10L * EVENTS));
        // As if it had been skipped: later ones moved up, and were acknowledged so.
        log.remove(EVENTS - 3);
        judge();
        assertThat(findings.kinds()).contains(Kind.HOLE, Kind.GAP);
    }

    @Test
    void whatWasLostAndCameAgainStandsAtItsNewPlace() {
        redisDies(Duration.ofMillis(10L * EVENTS));
        RecordedEvent lost = log.removeLast();
        Instant later = BEGIN.plusSeconds(5);
        RecordedEvent again = new RecordedEvent(
                lost.event(),
                new Position(later.toEpochMilli(), 0),
                lost.seq(),
                lost.sessionSeq(),
                later,
                lost.contentHash());
        log.add(again);
        history.sent(EVENTS - 1L, 0).add(ack(again, 501));
        assertThat(judge()).isEqualTo(new Verdict.Counts(EVENTS / 2, EVENTS / 2, 1));
        assertThat(findings.lines()).isEmpty();
    }

    @Test
    void anEventTwiceIsFound() {
        log.add(log.getFirst());
        judge();
        assertThat(findings.kinds()).contains(Kind.DUPLICATED);
    }

    @Test
    void anEventThatNobodySentIsFound() {
        var event = story.event(1_000_000).withPayload(Optional.empty());
        change(9, e -> new RecordedEvent(event, e.position(), 10, e.sessionSeq(), e.recordedAt(), e.contentHash()));
        judge();
        assertThat(findings.kinds()).contains(Kind.FOREIGN, Kind.LOST);
    }

    @Test
    void anEventThatTookThePlaceOfAConflictIsFound() {
        var event = story.conflicting(9).withPayload(Optional.empty());
        change(9, e -> new RecordedEvent(event, e.position(), 10, e.sessionSeq(), e.recordedAt(), e.contentHash()));
        judge();
        assertThat(findings.kinds()).contains(Kind.ALTERED);
    }

    @Test
    void anEventElsewhereThanAcknowledgedIsFound() {
        change(
                9,
                e -> new RecordedEvent(
                        e.event(),
                        e.position(),
                        e.seq(),
                        e.sessionSeq(),
                        e.recordedAt().plusMillis(1),
                        e.contentHash()));
        judge();
        assertThat(findings.kinds()).containsExactly(Kind.MOVED);
    }

    @Test
    void aGapInTheNumbersIsFound() {
        change(
                EVENTS - 1,
                e -> new RecordedEvent(
                        e.event(), e.position(), e.seq() + 1, e.sessionSeq(), e.recordedAt(), e.contentHash()));
        judge();
        assertThat(findings.kinds()).contains(Kind.GAP);
        Findings others = new Findings();
        change(
                EVENTS - 1,
                e -> new RecordedEvent(
                        e.event(), e.position(), e.seq() - 1, e.sessionSeq() + 1, e.recordedAt(), e.contentHash()));
        new Verdict(story, new LossRule(appendFsync, List.of()), log, others).judge(history);
        assertThat(others.kinds()).contains(Kind.GAP);
    }

    /** Two events change places, and all that was acknowledged with them: only the times tell. */
    @Test
    void anOrderAgainstTheAnswersIsFound() {
        History swapped = new History();
        for (int number = 0; number < EVENTS; number++) {
            int as = number == 20 ? 21 : number == 21 ? 20 : number;
            Ack ack = ack(log.get(number), number);
            swapped.sent(number, nanos(as))
                    .add(new Ack(
                            ack.durability(),
                            ack.position(),
                            ack.seq(),
                            ack.sessionSeq(),
                            ack.recordedAt(),
                            nanos(as) + 1000));
        }
        verdict().judge(swapped);
        assertThat(findings.kinds()).containsExactly(Kind.REORDERED);
    }

    @Test
    void anOrderAgainstTheRequestIsFound() {
        history.sentTogether(List.of(11L, 10L));
        judge();
        assertThat(findings.kinds()).containsExactly(Kind.REORDERED);
    }

    /** What was sent again after the others of its request stands behind them; the others still stand in its order. */
    @Test
    void whatMayHaveBeenRefusedMayStandLater() {
        history.sent(12, 0).refuse();
        history.sentTogether(List.of(12L, 10L, 11L));
        judge();
        assertThat(findings.lines()).isEmpty();
        history.sentTogether(List.of(13L, 12L));
        judge();
        assertThat(findings.kinds()).containsExactly(Kind.REORDERED);
    }

    private List<Follower.Seen> seen() {
        List<Follower.Seen> seen = new ArrayList<>();
        log.forEach(e -> seen.add(new Follower.Seen(e.event().id(), e.position(), e.seq(), e.recordedAt())));
        return seen;
    }

    private List<Kind> followed(List<Follower.Seen> seen) {
        verdict().follower("it", log, seen);
        return findings.kinds();
    }

    @Test
    void aFollowerThatSawEverythingPasses() {
        assertThat(followed(seen())).isEmpty();
    }

    @Test
    void aFollowerThatWasNotToldOfWhatWasTakenIsFound() {
        redisDies(Duration.ofMillis(10L * EVENTS));
        List<Follower.Seen> seen = seen();
        log.removeLast();
        assertThat(followed(seen)).containsExactly(Kind.FOLLOWER);
    }

    @Test
    void aFollowerThatMissedOneIsFound() {
        for (int missed : List.of(0, 30, EVENTS - 1)) {
            List<Follower.Seen> seen = seen();
            seen.remove(missed);
            assertThat(followed(seen)).containsExactly(Kind.FOLLOWER);
            assertThat(findings.count(Kind.FOLLOWER)).isEqualTo(missed == 0 ? 1 : missed == 30 ? 2 : 3);
        }
    }

    @Test
    void aFollowerThatSawOneTwiceIsFound() {
        List<Follower.Seen> seen = seen();
        seen.add(10, seen.get(9));
        assertThat(followed(seen)).containsExactly(Kind.FOLLOWER);
    }

    @Test
    void aFollowerThatSawThemInAnotherOrderIsFound() {
        List<Follower.Seen> seen = seen();
        seen.set(10, seen.set(9, seen.get(10)));
        assertThat(followed(seen)).containsExactly(Kind.FOLLOWER);
    }

    @Test
    void aFollowerThatSawAnotherEventIsFound() {
        List<Follower.Seen> seen = seen();
        Follower.Seen ninth = seen.get(9);
        seen.set(9, new Follower.Seen(story.id(500), ninth.position(), ninth.seq(), ninth.recordedAt()));
        assertThat(followed(seen)).containsExactly(Kind.FOLLOWER);
    }

    @Test
    void aFollowerThatSawWhatIsNotThereIsFound() {
        List<Follower.Seen> seen = seen();
        log.remove(5);
        assertThat(followed(seen)).containsExactly(Kind.FOLLOWER);
    }
}
