// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import io.contextgraph.event.Position;
import java.util.List;
import java.util.OptionalInt;

/**
 * How far the graph is behind a ledger.
 *
 * @param partitions how far it is behind each of its partitions, in the order of their numbers
 */
public record GraphLag(List<ProjectionLag> partitions) {
    public GraphLag {
        partitions = List.copyOf(partitions);
    }

    /** How far it is now. */
    public GraphProgress now() {
        return new GraphProgress(partitions.stream().map(ProjectionLag::now).toList());
    }

    /** The partition that a position is of; empty where it is of none of these. */
    public OptionalInt of(Position position) {
        return position.among(partitions.size());
    }
}
