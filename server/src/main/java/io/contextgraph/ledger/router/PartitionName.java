// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.router;

import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.DroppedEntry;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.ParkedEntry;
import io.contextgraph.ledger.ParkedId;
import io.contextgraph.ledger.prune.Pruning;
import java.util.List;
import java.util.function.Supplier;

/** Makes positions and failures of a partition say which one they are of. */
record PartitionName(int partition) {
    /** What it says. */
    <T> T asking(Supplier<T> question) {
        try {
            return question.get();
        } catch (LedgerException failed) {
            throw LedgerException.ofPartition(partition, failed);
        }
    }

    /** The same of what says nothing. */
    void telling(Runnable command) {
        boolean ignored = asking(() -> {
            command.run();
            return true;
        });
    }

    Position of(Position position) {
        return position.in(partition);
    }

    /** Before the first event all are the same. */
    Head of(Head head) {
        return head.seq() == 0 ? head : new Head(head.seq(), of(head.position()));
    }

    RecordedEvent of(RecordedEvent event) {
        return in(event, partition);
    }

    List<RecordedEvent> of(List<RecordedEvent> events) {
        return events.stream().map(this::of).toList();
    }

    EventPage.Scope of(EventPage.Scope scope) {
        Pruning.Extent pruned = scope.pruned();
        return new EventPage.Scope(
                of(scope.asOf()),
                scope.leftOut().map(this::of),
                new Pruning.Extent(of(pruned.through()), pruned.events(), pruned.firstSeq()));
    }

    AppendResult of(AppendResult result) {
        return new AppendResult(result.outcomes().stream().map(this::of).toList(), result.reached());
    }

    private AppendOutcome of(AppendOutcome outcome) {
        return switch (outcome) {
            case AppendOutcome.Appended appended ->
                new AppendOutcome.Appended(appended.eventId(), of(appended.receipt()));
            case AppendOutcome.Duplicate duplicate ->
                new AppendOutcome.Duplicate(duplicate.eventId(), of(duplicate.receipt()));
            default -> outcome;
        };
    }

    private AppendOutcome.Receipt of(AppendOutcome.Receipt receipt) {
        return new AppendOutcome.Receipt(
                of(receipt.position()), receipt.seq(), receipt.sessionSeq(), receipt.recordedAt());
    }

    Delivery of(Delivery delivery) {
        return in(delivery, partition);
    }

    ParkedId of(ParkedId id) {
        return new ParkedId(of(id.value()));
    }

    ParkedEntry of(ParkedEntry entry) {
        return new ParkedEntry(
                of(entry.id()),
                entry.group(),
                of(entry.position()),
                entry.eventId(),
                entry.failure(),
                entry.parkedAt(),
                entry.fields(),
                entry.event().map(this::of));
    }

    DroppedEntry of(DroppedEntry dropped) {
        return new DroppedEntry(of(dropped.id()), of(dropped.entry()), dropped.reason(), dropped.droppedAt());
    }

    static Position plain(Position position) {
        return position.in(Position.WHOLE);
    }

    static Head plain(Head head) {
        return new Head(head.seq(), plain(head.position()));
    }

    static Delivery plain(Delivery delivery) {
        return in(delivery, Position.WHOLE);
    }

    static ParkedId plain(ParkedId id) {
        return new ParkedId(plain(id.value()));
    }

    private static Delivery in(Delivery delivery, int partition) {
        return switch (delivery) {
            case Delivery.Arrived arrived -> new Delivery.Arrived(in(arrived.event(), partition), arrived.attempt());
            case Delivery.Unreadable unreadable ->
                new Delivery.Unreadable(unreadable.position().in(partition), unreadable.attempt(), unreadable.reason());
        };
    }

    private static RecordedEvent in(RecordedEvent event, int partition) {
        return event.at(event.position().in(partition));
    }
}
