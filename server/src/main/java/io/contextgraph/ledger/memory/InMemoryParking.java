// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.memory;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventFields;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.DroppedEntry;
import io.contextgraph.ledger.Failure;
import io.contextgraph.ledger.ParkedEntry;
import io.contextgraph.ledger.ParkedId;
import io.contextgraph.ledger.Parking;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the groups of an {@link InMemoryLedger} have parked. Guarded by the ledger's lock. */
final class InMemoryParking implements Parking {
    private final InMemoryLedger ledger;
    private final NavigableMap<ParkedId, ParkedEntry> parked = new TreeMap<>();
    private final NavigableMap<ParkedId, DroppedEntry> dropped = new TreeMap<>();
    private Position last = Position.START;

    InMemoryParking(InMemoryLedger ledger) {
        this.ledger = ledger;
    }

    void add(String group, RecordedEvent recorded, Failure failure) {
        Event event = recorded.event();
        ParkedId id = nextId();
        parked.put(
                id,
                new ParkedEntry(
                        id,
                        group,
                        recorded.position(),
                        Optional.of(event.id()),
                        failure,
                        ledger.clock.instant(),
                        Map.of(EventFields.EVENT_ID, event.id().toString()),
                        Optional.of(recorded)));
    }

    private ParkedId nextId() {
        long millis = ledger.clock.millis();
        last = millis > last.millis() ? new Position(millis, 0) : new Position(last.millis(), last.sequence() + 1);
        return new ParkedId(last);
    }

    long count(String group) {
        return parked.values().stream().filter(e -> e.group().equals(group)).count();
    }

    @Override
    public List<ParkedEntry> list(Optional<ParkedId> after, int max) {
        return ledger.locked(() -> page(parked, after, max));
    }

    private static <T> List<T> page(NavigableMap<ParkedId, T> entries, Optional<ParkedId> after, int max) {
        return after.map(a -> entries.tailMap(a, false)).orElse(entries).values().stream()
                .limit(max)
                .toList();
    }

    @Override
    public Optional<ParkedEntry> find(ParkedId id) {
        return ledger.locked(() -> Optional.ofNullable(parked.get(id)));
    }

    @Override
    public boolean release(ParkedId id) {
        return ledger.locked(() -> parked.remove(id) != null);
    }

    @Override
    public boolean drop(ParkedId id, String reason) {
        return ledger.locked(() -> {
            @Nullable ParkedEntry entry = parked.remove(id);
            if (entry != null) {
                ParkedId record = nextId();
                dropped.put(record, new DroppedEntry(record, entry, reason, ledger.clock.instant()));
            }
            return entry != null;
        });
    }

    @Override
    public List<DroppedEntry> dropped(Optional<ParkedId> after, int max) {
        return ledger.locked(() -> page(dropped, after, max));
    }
}
