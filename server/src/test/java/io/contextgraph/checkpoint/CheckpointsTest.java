// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.ledger.memory.InMemoryLedger;
import io.contextgraph.ops.Finding;
import io.contextgraph.testing.Events;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
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
        return new Checkpoints(
                folder(),
                place,
                ledger,
                () -> new LedgerIdentity(id, Optional.of("1")),
                Clock.fixed(BEFORE, ZoneOffset.UTC));
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
        assertThat(checkpoints.keep()).contains(finding);
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
                        .isEqualTo("{\"place\":\"here\",\"epoch\":\"1\",\"seq\":3,\"global_position\":\""
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
        CheckpointKeeper keeper = new CheckpointKeeper(checkpoints(shorter));
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
        CheckpointKeeper keeper = new CheckpointKeeper(checkpoints(ledger(BEFORE, 1)));
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
                () -> {
                    throw new LedgerException(LedgerException.Reason.UNAVAILABLE, "away");
                },
                Clock.systemUTC());
        assertThat(only(away).level()).isEqualTo(Finding.Level.WARNING);
        assertThat(only(away).concern()).isEmpty();
        assertThatThrownBy(away::keep).isInstanceOf(LedgerException.class);
        CheckpointKeeper keeper = new CheckpointKeeper(away);
        keeper.step();
        assertThat(keeper.found()).isEmpty();
    }
}
