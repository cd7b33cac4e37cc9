// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.router;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.EventQuery.Place;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.EventSearch;
import io.contextgraph.ledger.Head;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Asks the partition of the session that a query names, and all of them where it names none.
 *
 * <p><b>Guarantees.</b> A page over all is the first events of all; the cursor holds a place in each, and how far each had come
 * when the first page was made. Where one does not answer, there is no page.
 *
 * <p><b>Bounds.</b> Holds a page of each partition.
 */
record PartitionedSearch(Partitions partitions) implements EventSearch {
    @Override
    public EventPage search(EventQuery query) {
        if (query.sessionId().isPresent()) {
            return partitions.of(query.sessionId().get()).search().search(query);
        }
        List<Place> from = query.places(partitions.count()).orElseGet(() -> heads(query));
        List<EventPage> pages = partitions.all(partition ->
                partition.search().search(query.withCursor(query.cursorAt(List.of(from.get(partition.number()))))));
        return merged(query, from, pages);
    }

    /** Asked before all else: what comes later is on no page. */
    private List<Place> heads(EventQuery query) {
        return partitions.all(partition -> {
            Head head = partition.order().head();
            return query.begin(head.seq(), head.position().in(partition.number()));
        });
    }

    private static EventPage merged(EventQuery query, List<Place> from, List<EventPage> pages) {
        List<RecordedEvent> all = pages.stream()
                .flatMap(page -> page.events().stream())
                .sorted(query.order().comparator())
                .toList();
        List<RecordedEvent> events = all.subList(0, Math.min(query.limit(), all.size()));
        boolean more = events.size() < all.size()
                || pages.stream().anyMatch(page -> page.next().isPresent());
        Optional<Cursor> next = more ? Optional.of(query.cursorAt(places(from, events))) : Optional.empty();
        List<EventPage.Scope> scopes =
                pages.stream().flatMap(page -> page.scopes().stream()).toList();
        return new EventPage(events, next, scopes);
    }

    /** Behind the last event of each partition that a page has; where it has none, where it was. */
    private static List<Place> places(List<Place> from, List<RecordedEvent> events) {
        List<Place> places = new ArrayList<>(from);
        for (RecordedEvent event : events) {
            int partition = event.position().partition();
            Place was = from.get(partition);
            places.set(partition, Place.behind(event, was.asOfSeq(), was.asOf()));
        }
        return places;
    }
}
