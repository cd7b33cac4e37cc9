// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.Failure;
import io.contextgraph.ledger.partition.Partition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The consumer of a group, each of whose deliveries and acknowledgements is written down. */
final class BookedConsumer implements AutoCloseable {
    private static final Failure REFUSED = new Failure("refused", Instant.EPOCH, 1);

    private final Book book;
    private final Book.GroupPage page;
    private final boolean mayRepeat;
    private final EventFeed.Consumer consumer;
    private int parked;

    /** @param mayRepeat whether the group may be given again what it has finished: it was not required */
    BookedConsumer(Partition ledger, Book book, String group, boolean mayRepeat) {
        this.book = book;
        this.page = book.group(group);
        this.mayRepeat = mayRepeat;
        this.consumer = ledger.feed(group).open("one");
    }

    /** How many of its entries the group has parked. */
    int parked() {
        return parked;
    }

    /** Asks for so many, and compares each with what was appended. */
    List<RecordedEvent> poll(int max) {
        List<Delivery> deliveries = Reaching.reach(() -> consumer.poll(max, Duration.ZERO));
        return deliveries.stream().map(this::booked).toList();
    }

    private RecordedEvent booked(Delivery delivery) {
        assertThat(delivery).isInstanceOf(Delivery.Arrived.class);
        RecordedEvent event = ((Delivery.Arrived) delivery).event();
        assertThat(event).as("what a group is given").isEqualTo(Ledgers.bare(book.event((int) event.seq())));
        assertThat(page.hasFinished(event.seq()) && !mayRepeat)
                .as("event " + event.seq() + " is given again, which was finished")
                .isFalse();
        page.given(event.seq());
        return event;
    }

    void acknowledge(List<RecordedEvent> events) {
        Reaching.reach(() -> {
            consumer.acknowledge(events.stream().map(RecordedEvent::position).toList());
            return true;
        });
        events.forEach(event -> page.finished(event.seq()));
    }

    void park(RecordedEvent event) {
        boolean fresh = Reaching.reach(() -> consumer.park(new Delivery.Arrived(event, 1), REFUSED));
        assertThat(fresh).isTrue();
        parked++;
        page.finished(event.seq());
    }

    /** Finishes everything that there is. */
    int finishAll() {
        int count = 0;
        for (List<RecordedEvent> some = poll(50); !some.isEmpty(); some = poll(50)) {
            acknowledge(some);
            count += some.size();
        }
        return count;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
