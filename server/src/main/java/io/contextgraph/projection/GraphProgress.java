// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import io.contextgraph.event.Position;
import io.contextgraph.ledger.EventFeed.Progress;
import java.util.ArrayList;
import java.util.List;

/**
 * How far the graph has come.
 *
 * @param partitions in each partition of the ledger, in the order of their numbers
 */
public record GraphProgress(List<Progress> partitions) {
    public GraphProgress {
        partitions = List.copyOf(partitions);
    }

    /** The same with another progress in one partition. */
    public GraphProgress with(int partition, Progress other) {
        List<Progress> all = new ArrayList<>(partitions);
        all.set(partition, other);
        return new GraphProgress(all);
    }

    /** Up to where it has everything: a position, or one of each partition with commas between. */
    public String asOf() {
        return Position.text(partitions.stream().map(Progress::seenThrough).toList());
    }

    /** Events that it lacks. */
    public long lag() {
        return partitions.stream().mapToLong(Progress::lag).sum();
    }

    /** Events that it lacks and that were set aside for an operator. */
    public long parked() {
        return partitions.stream().mapToLong(Progress::parked).sum();
    }
}
