// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.epoch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.Position;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.memory.InMemoryLedger;
import io.contextgraph.testing.Events;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where somebody may go on, and where not. */
class BookmarksTest {
    private static final Instant BEFORE = Instant.parse("2026-02-01T00:00:00Z");

    private final InMemoryLedger ledger = new InMemoryLedger(Clock.fixed(BEFORE, ZoneOffset.UTC));
    private final Bookmarks bookmarks = new Bookmarks(ledger);

    private Head append(long n) {
        assertThat(ledger.append(List.of(Append.of(Events.event(n, "s"))), Durability.MEMORY)
                        .outcomes())
                .hasSize(1);
        return ledger.head();
    }

    private Bookmark at(Head seen) {
        return Bookmark.of(ledger.epochs().now().identity(), seen);
    }

    private void goesOn(Bookmark bookmark) {
        assertThatCode(() -> bookmarks.of(0).require(bookmark)).doesNotThrowAnyException();
    }

    private void hasEnded(Bookmark bookmark, Position lastCommon) {
        assertThatThrownBy(() -> bookmarks.of(0).require(bookmark))
                .asInstanceOf(type(EpochEndedException.class))
                .extracting(EpochEndedException::lastCommon)
                .isEqualTo(lastCommon);
    }

    @Test
    void theTextFormIsReadBack() {
        Bookmark empty = at(Head.EMPTY);
        assertThat(empty).hasToString("-:0:0:0:0-0");
        assertThat(Bookmark.parse(empty.toString())).contains(empty);
        Bookmark first = at(append(1));
        String id = ledger.epochs().now().identity().id().orElseThrow();
        assertThat(first).hasToString(id.substring(0, 8) + ":0:1:1:" + BEFORE.toEpochMilli() + "-0");
        assertThat(Bookmark.parse(first.toString())).contains(first);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1-1",
                "x:0:1:1:1-1",
                "0123456789:0:1:1:1-1",
                "01234567:0:1:1:1",
                "01234567:-1:1:1:1-1",
                "01234567:0:1:99999999999999999999:1-1",
                "01234567:0:1:1:9999999999999999999-1",
                "01234567:0:1:1:1-1 "
            })
    void anythingElseIsNone(String text) {
        assertThat(Bookmark.parse(text)).isEmpty();
    }

    @Test
    void whatWasReadBeforeTheCutGoesOn() {
        Head first = append(1);
        Bookmark read = at(first);
        Head last = append(2);
        Bookmark farther = at(last);
        assertThat(ledger.epochs().begin(1, 2, first)).isTrue();
        goesOn(read);
        hasEnded(farther, first.position());
        goesOn(at(last));
        // An epoch after the next one knows where both began.
        assertThat(ledger.epochs().begin(2, 3, last)).isTrue();
        goesOn(read);
        hasEnded(farther, first.position());
    }

    @Test
    void anotherLedgerIsNoPlaceToGoOn() {
        Head first = append(1);
        Bookmark other = new Bookmark("01234567", 0, 1, first);
        hasEnded(other, Position.START);
        Bookmark part = new Bookmark(at(first).ledger(), 1, 1, first);
        hasEnded(part, Position.START);
    }

    /** Before anybody has noticed that the ledger has become shorter. */
    @Test
    void whatStandsAtItsNumberTellsWhetherAnEventIsStillThere() {
        Head first = append(1);
        Head second = append(2);
        goesOn(at(second));
        hasEnded(at(new Head(3, new Position(second.position().millis() + 1, 0))), second.position());
        hasEnded(at(new Head(2, new Position(second.position().millis(), 7))), second.position());
        // What others appended since then stands behind what was lost.
        Position between =
                new Position(first.position().millis(), first.position().sequence());
        hasEnded(at(new Head(2, between)), first.position());
    }

    @Test
    void whatFollowsIsGivenOnlyBehindWhatIsThere() {
        assertThat(bookmarks.of(0).after(Head.EMPTY, 10)).isEmpty();
        Head first = append(1);
        Head second = append(2);
        assertThat(bookmarks.of(0).after(Head.EMPTY, 10)).hasSize(2);
        assertThat(bookmarks.of(0).after(first, 10)).hasSize(1);
        assertThat(bookmarks.of(0).after(second, 10)).isEmpty();
        assertThatThrownBy(() -> bookmarks.of(0).after(new Head(3, second.position()), 10))
                .isInstanceOf(EpochEndedException.class);
        assertThatThrownBy(() -> bookmarks.of(0).after(new Head(2, first.position()), 10))
                .isInstanceOf(EpochEndedException.class);
    }

    @Test
    void aCursorIsStampedForItsClient() {
        Cursor inner = Cursor.of("a query", List.of("1", "2"));
        Cursor early = bookmarks.stamp(Optional.of(inner)).orElseThrow();
        assertThat(Bookmarks.opened(early)).isEqualTo(inner);
        Head first = append(1);
        bookmarks.require(Optional.of(early));
        Cursor late = bookmarks.stamp(Optional.of(inner)).orElseThrow();
        assertThat(late).isNotEqualTo(early);
        assertThat(Bookmarks.opened(late)).isEqualTo(inner);
        bookmarks.require(Optional.of(late));
        assertThat(ledger.epochs().begin(1, 2, Head.EMPTY)).isTrue();
        assertThatThrownBy(() -> bookmarks.require(Optional.of(late))).isInstanceOf(EpochEndedException.class);
        assertThat(bookmarks.stamp(Optional.empty())).isEmpty();
        assertThat(first.seq()).isEqualTo(1);
    }

    @Test
    void whatHasNoStampIsNoCursorOfAClient() {
        Cursor inner = Cursor.of("a query", List.of("1", "2"));
        for (Cursor bad : List.of(inner, new Cursor(""), new Cursor("!"), new Cursor("x".repeat(600)))) {
            assertThatThrownBy(() -> Bookmarks.opened(bad)).isInstanceOf(InvalidInputException.class);
        }
    }
}
