// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.Epochs;
import io.contextgraph.ledger.FailingEventLog;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.ledger.memory.InMemoryLedger;
import io.contextgraph.ops.Finding;
import io.contextgraph.ops.Metrics;
import io.contextgraph.projection.ManualClock;
import io.contextgraph.testing.Events;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is remembered of a ledger, and what is said when it has become shorter. */
class CheckpointsTest {
    private static final Instant BEFORE = Instant.parse("2026-02-01T00:00:00Z");
    private static final InstantSource LATE = () -> Instant.parse("2026-02-03T00:00:00Z");
    private static final Instant LATER = Instant.parse("2026-02-02T00:00:00Z");

    @TempDir
    private Path temporary;

    /** A ledger with these events, all of them taken at the same time. */
    private static InMemoryLedger ledger(Instant at, long... numbers) {
        InMemoryLedger ledger = new InMemoryLedger(Clock.fixed(at, ZoneOffset.UTC));
        append(ledger, numbers);
        return ledger;
    }

    private static void append(InMemoryLedger ledger, long... numbers) {
        for (long number : numbers) {
            assertThat(ledger.append(List.of(Append.of(Events.event(number, "s"))), Durability.MEMORY)
                            .outcomes())
                    .hasSize(1);
        }
    }

    private Checkpoints checkpoints(String place, InMemoryLedger ledger, Optional<String> id) {
        return new Checkpoints(folder(), place, ledger, named(ledger, id), Clock.fixed(BEFORE, ZoneOffset.UTC));
    }

    /** The ledger with another id, or none. */
    private static Epochs named(InMemoryLedger ledger, Optional<String> id) {
        return new Epochs() {
            @Override
            public Standing now() {
                Standing real = ledger.epochs().now();
                LedgerIdentity known = real.identity();
                return new Standing(new LedgerIdentity(id, 0, known.epoch(), known.cuts()), real.head());
            }

            @Override
            public boolean begin(long ends, long begins, Head lastCommon) {
                return ledger.epochs().begin(ends, begins, lastCommon);
            }
        };
    }

    private Checkpoints checkpoints(InMemoryLedger ledger) {
        return checkpoints("here", ledger, Optional.empty());
    }

    private Path folder() {
        return temporary.resolve("checkpoints");
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder())) {
            return files.toList();
        }
    }

    private static Finding only(Checkpoints checkpoints) {
        List<Finding> findings = checkpoints.examine();
        assertThat(findings).hasSize(1);
        return findings.getFirst();
    }

    private static void isMissing(int events, Checkpoints checkpoints) throws IOException {
        Finding finding = only(checkpoints);
        assertThat(finding.level()).isEqualTo(Finding.Level.PROBLEM);
        assertThat(finding.concern()).contains(Checkpoints.SHORTER);
        assertThat(finding.forbidsStart()).isFalse();
        assertThat(finding.message()).startsWith(events + " events are missing ");
        // Where it could be set aside, it has another name now.
        assertThat(checkpoints.keep())
                .hasValueSatisfying(kept -> assertThat(kept.message())
                        .startsWith(
                                finding.message().substring(0, finding.message().indexOf("to go on without them"))));
    }

    private static void isWhole(Checkpoints checkpoints) throws IOException {
        assertThat(only(checkpoints).level()).isEqualTo(Finding.Level.OK);
        assertThat(checkpoints.keep()).isEmpty();
    }

    @Test
    void nothingIsRememberedOfAnEmptyLedger() throws IOException {
        Checkpoints empty = checkpoints(ledger(BEFORE));
        isWhole(empty);
        assertThat(folder()).doesNotExist();
    }

    @Test
    void aLedgerThatOnlyGrowsIsWhole() throws IOException {
        InMemoryLedger ledger = ledger(BEFORE, 1, 2);
        isWhole(checkpoints(ledger));
        append(ledger, 3);
        isWhole(checkpoints(ledger));
        assertThat(files())
                .singleElement()
                .satisfies(file -> assertThat(Files.readString(file))
                        .isEqualTo("{\"place\":\"here\",\"epoch\":1,\"seq\":3,\"global_position\":\""
                                + ledger.head().position() + "\",\"event_id\":\"" + Events.id(3)
                                + "\",\"at\":\"2026-02-01T00:00:00.000Z\"}\n"));
    }

    @Test
    void whatIsGoneAtTheEndIsCounted() throws IOException {
        isWhole(checkpoints(ledger(BEFORE, 1, 2, 3, 4, 5)));
        isMissing(3, checkpoints(ledger(BEFORE, 1, 2)));
        isMissing(5, checkpoints(ledger(BEFORE)));
    }

    /** Also when others have come meanwhile, and even when there are more of them than there were. */
    @Test
    void whatWasAppendedSinceHidesNothing() throws IOException {
        isWhole(checkpoints(ledger(BEFORE, 1, 2, 3, 4, 5)));
        isMissing(5, checkpoints(ledger(LATER, 6, 7, 8, 9, 10, 11, 12)));
        InMemoryLedger shared = new InMemoryLedger(new Clock() {
            private int asked;

            @Override
            public Instant instant() {
                asked++;
                return asked <= 2 ? BEFORE : LATER;
            }

            @Override
            public ZoneOffset getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
                return this;
            }
        });
        append(shared, LongStream.of(1, 2, 8, 9, 10, 11).toArray());
        isMissing(3, checkpoints(shared));
    }

    @Test
    void anotherEventAtTheSamePlaceIsAnotherLedger() throws IOException {
        isWhole(checkpoints(ledger(BEFORE, 1, 2, 3)));
        isMissing(3, checkpoints(ledger(BEFORE, 11, 12, 13)));
    }

    @Test
    void itIsSaidUntilTheFileIsDeleted() throws IOException {
        isWhole(checkpoints(ledger(BEFORE, 1, 2, 3)));
        InMemoryLedger shorter = ledger(BEFORE, 1);
        CheckpointKeeper keeper = new CheckpointKeeper(checkpoints(shorter), LATE);
        keeper.step();
        append(shorter, 8, 9, 10);
        keeper.step();
        assertThat(keeper.found())
                .singleElement()
                .satisfies(finding ->
                        assertThat(finding.message()).endsWith("to go on without them delete " + files().getFirst()));
        Files.delete(files().getFirst());
        keeper.step();
        assertThat(keeper.found()).isEmpty();
        isWhole(checkpoints(shorter));
    }

    /** The next loss is noticed while the first one is still being told. */
    @Test
    void aLedgerThatHasLostItsEndBeginsANewEpoch() throws IOException {
        Optional<String> id = Optional.of("a");
        isWhole(checkpoints("here", ledger(BEFORE, 1, 2, 3, 4, 5), id));
        InMemoryLedger shorter = ledger(BEFORE, 1, 2);
        Head common = shorter.head();
        CheckpointKeeper keeper = new CheckpointKeeper(checkpoints("here", shorter, id), LATE);
        keeper.step();
        LedgerIdentity now = shorter.epochs().now().identity();
        assertThat(now.epoch()).isEqualTo(2);
        assertThat(now.cuts()).containsExactly(new LedgerIdentity.Cut(2, common));
        Path lost = lost();
        assertThat(lost.getFileName().toString()).endsWith("-epoch-1.lost");
        assertThat(keeper.found())
                .singleElement()
                .satisfies(finding -> assertThat(finding.message())
                        .startsWith("3 events are missing of the 5 ")
                        .endsWith("to go on without them delete " + lost));
        append(shorter, 8, 9);
        keeper.step();
        keeper.step();
        assertThat(shorter.epochs().now().identity()).isEqualTo(now);
        assertThat(files()).hasSize(2);
        assertThat(only(checkpoints("here", shorter, id)).message()).startsWith("3 events are missing of the 5 ");

        InMemoryLedger again = ledger(BEFORE, 1, 2, 8);
        assertThat(again.epochs().begin(1, 2, common)).isTrue();
        CheckpointKeeper second = new CheckpointKeeper(checkpoints("here", again, id), LATE);
        second.step();
        assertThat(again.epochs().now().identity().cuts())
                .containsExactly(new LedgerIdentity.Cut(2, common), new LedgerIdentity.Cut(3, again.head()));
        assertThat(second.found())
                .singleElement()
                .satisfies(finding -> assertThat(finding.message()).startsWith("3 events are missing of the 5 "));
        Files.delete(lost);
        second.step();
        assertThat(second.found())
                .singleElement()
                .satisfies(finding -> assertThat(finding.message()).startsWith("1 events are missing of the 4 "));
        Files.delete(lost());
        second.step();
        assertThat(second.found()).isEmpty();
    }

    private Path lost() throws IOException {
        return files().stream()
                .filter(file -> file.toString().endsWith(".lost"))
                .findFirst()
                .orElseThrow();
    }

    /** As retention does: its number stays its own. */
    @Test
    void whatWasTakenOutForGoodIsNotLost() throws IOException {
        Optional<String> id = Optional.of("a");
        InMemoryLedger ledger = ledger(BEFORE, 1, 2, 3);
        isWhole(checkpoints("here", ledger, id));
        append(ledger, 4);
        FailingEventLog without = new FailingEventLog(ledger) {
            @Override
            public List<RecordedEvent> read(long afterSeq, int max) {
                return super.read(afterSeq, max + 1).stream()
                        .filter(event -> event.seq() != 3)
                        .limit(max)
                        .toList();
            }
        };
        isWhole(new Checkpoints(folder(), "here", without, named(ledger, id), Clock.fixed(BEFORE, ZoneOffset.UTC)));
        assertThat(ledger.epochs().now().identity().epoch()).isEqualTo(1);
    }

    /** A backup brings the events back: nothing is missing, and what was appended to the shorter one is. */
    @Test
    void whatHasComeBackIsNotTold() throws IOException {
        Optional<String> id = Optional.of("a");
        InMemoryLedger whole = ledger(BEFORE, 1, 2, 3, 4, 5);
        isWhole(checkpoints("here", whole, id));
        InMemoryLedger shorter = ledger(BEFORE, 1, 2);
        assertThat(checkpoints("here", shorter, id).keep()).isPresent();
        assertThat(checkpoints("here", whole, id).keep()).isEmpty();
        assertThat(files())
                .singleElement()
                .satisfies(file -> assertThat(file.toString()).endsWith(".json"));
        isWhole(checkpoints("here", whole, id));
    }

    /** Restored from before the epoch that its checkpoint is of: the next one has a number of its own. */
    @Test
    void anEpochThatARestoreHasForgottenIsNotBegunAgain() throws IOException {
        Optional<String> id = Optional.of("a");
        InMemoryLedger ledger = ledger(BEFORE, 1, 2, 3);
        assertThat(ledger.epochs().begin(1, 4, ledger.head())).isTrue();
        isWhole(checkpoints("here", ledger, id));
        InMemoryLedger restored = ledger(BEFORE, 1);
        assertThat(checkpoints("here", restored, id).keep()).isPresent();
        assertThat(restored.epochs().now().identity().epoch()).isEqualTo(5);
    }

    @Test
    void anEpochThatCannotBeginIsTriedAgain() throws IOException {
        Optional<String> id = Optional.of("a");
        isWhole(checkpoints("here", ledger(BEFORE, 1, 2, 3), id));
        InMemoryLedger shorter = ledger(BEFORE, 1);
        Epochs epochs = named(shorter, id);
        Checkpoints replica = new Checkpoints(
                folder(),
                "here",
                shorter,
                new Epochs() {
                    @Override
                    public Standing now() {
                        return epochs.now();
                    }

                    @Override
                    public boolean begin(long ends, long begins, Head lastCommon) {
                        throw new LedgerException(LedgerException.Reason.READ_ONLY, "a replica");
                    }
                },
                Clock.fixed(BEFORE, ZoneOffset.UTC));
        isMissing(2, replica);
        isMissing(2, replica);
        assertThat(checkpoints("here", shorter, id).keep()).isPresent();
        assertThat(shorter.epochs().now().identity().epoch()).isEqualTo(2);
    }

    @Test
    void ledgersAtOtherPlacesAreOtherLedgers() throws IOException {
        isWhole(checkpoints("here", ledger(BEFORE, 1, 2, 3), Optional.empty()));
        isWhole(checkpoints("there", ledger(BEFORE, 7), Optional.empty()));
        assertThat(files()).hasSize(2);
    }

    @Test
    void aLedgerIsKnownByItsIdWhereverItIs() throws IOException {
        Optional<String> id = Optional.of("a");
        isWhole(checkpoints("here", ledger(BEFORE, 1, 2), Optional.empty()));
        isWhole(checkpoints("here", ledger(BEFORE, 1, 2, 3), id));
        isMissing(1, checkpoints("there", ledger(BEFORE, 1, 2), id));
        isWhole(checkpoints("there", ledger(BEFORE, 1, 2, 3, 4), id));
        isMissing(1, checkpoints("here", ledger(BEFORE, 1, 2, 3), id));
    }

    @Test
    void aNewLedgerInThePlaceOfAnotherIsTold() throws IOException {
        isWhole(checkpoints("here", ledger(BEFORE, 1, 2), Optional.of("a")));
        isMissing(2, checkpoints("here", ledger(BEFORE, 1, 2, 3), Optional.of("b")));
    }

    @Test
    void aFileThatCannotBeUnderstoodIsNamedAndLeftAlone() throws IOException {
        isWhole(checkpoints(ledger(BEFORE, 1)));
        for (String text : List.of("", "{", "{}", "{\"place\":1}", "[]")) {
            Files.writeString(files().getFirst(), text);
            Finding finding = only(checkpoints(ledger(BEFORE, 1, 2)));
            assertThat(finding.level()).isEqualTo(Finding.Level.WARNING);
            assertThat(finding.message()).contains(files().getFirst().toString());
            assertThat(checkpoints(ledger(BEFORE, 1, 2)).keep()).contains(finding);
        }
    }

    @Test
    void aFolderThatCannotBeWrittenStopsNothing() throws IOException {
        Files.writeString(folder(), "a file");
        CheckpointKeeper keeper = new CheckpointKeeper(checkpoints(ledger(BEFORE, 1)), LATE);
        keeper.step();
        assertThat(keeper.found())
                .singleElement()
                .satisfies(finding -> assertThat(finding.level()).isEqualTo(Finding.Level.WARNING));
    }

    @Test
    void aLedgerThatDoesNotAnswerIsNotShorter() throws IOException {
        InMemoryLedger ledger = ledger(BEFORE, 1);
        isWhole(checkpoints(ledger));
        Checkpoints away = new Checkpoints(
                folder(),
                "here",
                ledger,
                new Epochs() {
                    @Override
                    public Standing now() {
                        throw new LedgerException(LedgerException.Reason.UNAVAILABLE, "away");
                    }

                    @Override
                    public boolean begin(long ends, long begins, Head lastCommon) {
                        throw new AssertionError("nothing is known that could have ended");
                    }
                },
                Clock.systemUTC());
        assertThat(only(away).level()).isEqualTo(Finding.Level.WARNING);
        assertThat(only(away).concern()).isEmpty();
        assertThatThrownBy(away::keep).isInstanceOf(LedgerException.class);
        CheckpointKeeper keeper = new CheckpointKeeper(away, LATE);
        keeper.step();
        assertThat(keeper.found()).isEmpty();
    }

    @Test
    void howLongAgoTheLedgerWasFoundWholeIsTold() throws IOException {
        ManualClock clock = new ManualClock();
        Metrics metrics = new Metrics();
        isWhole(checkpoints(ledger(BEFORE, 1, 2, 3)));
        CheckpointKeeper whole = new CheckpointKeeper(checkpoints(ledger(BEFORE, 1, 2, 3)), clock);
        CheckpointMetrics.standing(metrics, whole, clock);
        clock.advance(Duration.ofSeconds(90));
        assertThat(metrics.scrape()).contains("contextgraph_checkpoint_age_seconds 90.0");
        whole.step();
        assertThat(metrics.scrape()).contains("contextgraph_checkpoint_age_seconds 0.0");

        Metrics ofAnother = new Metrics();
        CheckpointKeeper shorter = new CheckpointKeeper(checkpoints(ledger(BEFORE, 1)), clock);
        CheckpointMetrics.standing(ofAnother, shorter, clock);
        clock.advance(Duration.ofSeconds(60));
        shorter.step();
        assertThat(ofAnother.scrape()).contains("contextgraph_checkpoint_age_seconds 60.0");
    }
}
