// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.epoch;

import static java.util.stream.Collectors.joining;

import io.contextgraph.event.Cursor;
import io.contextgraph.ledger.Epochs.Standing;
import io.contextgraph.ledger.Ledger;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The bookmarks of a ledger: one in each of its partitions.
 *
 * <p><b>Guarantees.</b> Whoever goes on has lost nothing that was there, see {@link PartitionBookmarks}.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class Bookmarks {
    private static final String AND = ",";

    private final Ledger ledger;
    private final List<PartitionBookmarks> partitions;

    public Bookmarks(Ledger ledger) {
        this.ledger = ledger;
        this.partitions =
                ledger.partitions().stream().map(PartitionBookmarks::new).toList();
    }

    /** Those of a partition. */
    public PartitionBookmarks of(int partition) {
        return partitions.get(partition);
    }

    /** As one text: what {@link #parse} reads. */
    public static String text(List<Bookmark> bookmarks) {
        return bookmarks.stream().map(Bookmark::toString).collect(joining(AND));
    }

    /** Reads the text of one or more bookmarks; empty for anything else. */
    public static Optional<List<Bookmark>> parse(String text) {
        List<Bookmark> bookmarks = Stream.of(text.split(AND, -1))
                .flatMap(one -> Bookmark.parse(one).stream())
                .toList();
        return !bookmarks.isEmpty() && text(bookmarks).equals(text) ? Optional.of(bookmarks) : Optional.empty();
    }

    /** Where the next page begins, for a client: with a bookmark at the end of each partition. */
    public Optional<Cursor> stamp(Optional<Cursor> next) {
        return next.map(cursor -> cursor.stamped(text(ledger.partitions().stream()
                .map(partition -> {
                    Standing now = partition.epochs().now();
                    return Bookmark.of(now.identity(), now.head());
                })
                .toList())));
    }

    /**
     * A cursor that a client brings back, as the query knows it.
     *
     * @throws io.contextgraph.event.InvalidInputException when it is none
     */
    public static Cursor opened(Cursor stamped) {
        List<Bookmark> ignored = bookmarks(stamped);
        return stamped.unstamped();
    }

    private static List<Bookmark> bookmarks(Cursor cursor) {
        return parse(cursor.stamp()).orElseThrow(() -> Cursor.invalid("is not a cursor of this server"));
    }

    /**
     * Makes sure that the ledger still has what its client has read.
     *
     * @throws EpochEndedException when it has not
     * @throws io.contextgraph.event.InvalidInputException when the cursor is of a ledger with another number of partitions
     */
    public void require(Optional<Cursor> stamped) {
        stamped.ifPresent(cursor -> {
            List<Bookmark> bookmarks = bookmarks(cursor);
            if (bookmarks.size() != partitions.size()) {
                throw Cursor.invalid("is of a ledger with another number of partitions");
            }
            IntStream.range(0, bookmarks.size()).forEach(i -> partitions.get(i).require(bookmarks.get(i)));
        });
    }
}
