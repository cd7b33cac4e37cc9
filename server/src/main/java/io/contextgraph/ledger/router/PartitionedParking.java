// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.router;

import io.contextgraph.event.Position;
import io.contextgraph.ledger.DroppedEntry;
import io.contextgraph.ledger.ParkedEntry;
import io.contextgraph.ledger.ParkedId;
import io.contextgraph.ledger.Parking;
import io.contextgraph.ledger.partition.Partition;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/** What is parked of all partitions, in the order of their clocks. */
record PartitionedParking(Partitions partitions) implements Parking {
    @Override
    public List<ParkedEntry> list(Optional<ParkedId> after, int max) {
        return merged(
                partitions.all(partition -> partition.parking().list(behind(after, partition), max)),
                ParkedEntry::id,
                max);
    }

    @Override
    public List<DroppedEntry> dropped(Optional<ParkedId> after, int max) {
        return merged(
                partitions.all(partition -> partition.parking().dropped(behind(after, partition), max)),
                DroppedEntry::id,
                max);
    }

    private static <T> List<T> merged(List<List<T>> pages, Function<T, ParkedId> id, int max) {
        return pages.stream()
                .flatMap(Collection::stream)
                .sorted(Comparator.comparing(id))
                .limit(max)
                .toList();
    }

    /** The last id of a partition that is not behind one of any partition. */
    private static Optional<ParkedId> behind(Optional<ParkedId> after, Partition partition) {
        return after.map(id -> {
            Position last = id.value();
            int order = Integer.compare(partition.number(), last.partition());
            Position here = order == 0
                    ? last
                    : order < 0 ? new Position(last.millis(), Long.MAX_VALUE) : new Position(last.millis(), 0).before();
            return new ParkedId(here.in(partition.number()));
        });
    }

    @Override
    public Optional<ParkedEntry> find(ParkedId id) {
        return asking(id, parking -> parking.find(id)).flatMap(Function.identity());
    }

    @Override
    public boolean release(ParkedId id) {
        return asking(id, parking -> parking.release(id)).orElse(false);
    }

    @Override
    public boolean drop(ParkedId id, String reason) {
        return asking(id, parking -> parking.drop(id, reason)).orElse(false);
    }

    /** What the partition says that an id names; empty where there is none of that number. */
    private <T> Optional<T> asking(ParkedId id, Function<Parking, T> question) {
        OptionalInt number = id.value().among(partitions.count());
        return number.isPresent()
                ? Optional.of(
                        question.apply(partitions.list().get(number.getAsInt()).parking()))
                : Optional.empty();
    }
}
