// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.router;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.Page;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.SessionSummary;
import io.contextgraph.ledger.Sessions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The directories of all partitions as one: newest first within each, and between them by the time of their first events.
 *
 * <p><b>Guarantees.</b> Each session comes once over all pages, whatever comes meanwhile; the cursor holds a place in each.
 *
 * <p><b>Bounds.</b> Holds a page of each partition.
 */
record PartitionedSessions(Partitions partitions) implements Sessions {
    private static final String PLACES = "partitioned sessions";
    private static final String BEGIN = "";

    @Override
    public Optional<SessionSummary> find(SessionId id) {
        return partitions.of(id).sessions().find(id);
    }

    @Override
    public Page<SessionSummary> list(int limit, Optional<Cursor> cursor) {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new InvalidInputException("/limit", "out_of_range", "must be from 1 to " + MAX_LIMIT + ": " + limit);
        }
        List<String> places = new ArrayList<>(
                cursor.map(c -> c.open(PLACES, partitions.count())).orElseGet(this::begin));
        List<Page<SessionSummary>> pages =
                partitions.all(partition -> partition.sessions().list(limit, place(places.get(partition.number()))));
        List<SessionSummary> sessions = new ArrayList<>();
        int[] taken = new int[pages.size()];
        while (sessions.size() < limit) {
            Optional<Integer> newest = newest(pages, taken);
            if (newest.isEmpty()) {
                break;
            }
            int from = newest.get();
            SessionSummary next = pages.get(from).items().get(taken[from]++);
            sessions.add(next);
            places.set(from, Sessions.after(next).text());
        }
        return new Page<>(sessions, isMore(pages, taken) ? Optional.of(Cursor.of(PLACES, places)) : Optional.empty());
    }

    private List<String> begin() {
        return Collections.nCopies(partitions.count(), BEGIN);
    }

    private static Optional<Cursor> place(String text) {
        return text.equals(BEGIN) ? Optional.empty() : Optional.of(new Cursor(text));
    }

    /** The partition whose next session began last. */
    private static Optional<Integer> newest(List<Page<SessionSummary>> pages, int[] taken) {
        List<Integer> open = new ArrayList<>();
        for (int i = 0; i < pages.size(); i++) {
            if (taken[i] < pages.get(i).items().size()) {
                open.add(i);
            }
        }
        return open.stream()
                .max(Comparator.comparing((Integer i) ->
                                pages.get(i).items().get(taken[i]).firstEventAt())
                        .thenComparing(Comparator.reverseOrder()));
    }

    private static boolean isMore(List<Page<SessionSummary>> pages, int[] taken) {
        for (int i = 0; i < pages.size(); i++) {
            if (taken[i] < pages.get(i).items().size() || pages.get(i).next().isPresent()) {
                return true;
            }
        }
        return false;
    }
}
