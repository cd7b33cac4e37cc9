// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.router;

import io.contextgraph.ledger.DroppedEntry;
import io.contextgraph.ledger.ParkedEntry;
import io.contextgraph.ledger.ParkedId;
import io.contextgraph.ledger.Parking;
import java.util.List;
import java.util.Optional;

/** What is parked of a partition, under ids that say which one it is of. */
record NamedParking(PartitionName name, Parking parking) implements Parking {
    @Override
    public List<ParkedEntry> list(Optional<ParkedId> after, int max) {
        return name.asking(() -> parking.list(after.map(PartitionName::plain), max)).stream()
                .map(name::of)
                .toList();
    }

    @Override
    public Optional<ParkedEntry> find(ParkedId id) {
        return name.asking(() -> parking.find(PartitionName.plain(id))).map(name::of);
    }

    @Override
    public boolean release(ParkedId id) {
        return name.asking(() -> parking.release(PartitionName.plain(id)));
    }

    @Override
    public boolean drop(ParkedId id, String reason) {
        return name.asking(() -> parking.drop(PartitionName.plain(id), reason));
    }

    @Override
    public List<DroppedEntry> dropped(Optional<ParkedId> after, int max) {
        return name.asking(() -> parking.dropped(after.map(PartitionName::plain), max)).stream()
                .map(name::of)
                .toList();
    }
}
