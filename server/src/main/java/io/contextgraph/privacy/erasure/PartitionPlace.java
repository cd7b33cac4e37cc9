// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.privacy.key.Pseudonym;
import java.util.List;

/**
 * A place of one partition, where others have their own of the same kind: its name is {@code <name>@<partition>}, and its failures
 * name the partition.
 *
 * @param partition its number, from 0 on
 * @param place as it is called where it is the only one of its kind
 */
public record PartitionPlace(int partition, ErasurePlace place) implements ErasurePlace {
    @Override
    public String name() {
        return place.name() + "@" + partition;
    }

    @Override
    public Sweep sweep(List<Pseudonym> names) {
        try {
            return place.sweep(names).at(name());
        } catch (LedgerException failed) {
            throw LedgerException.ofPartition(partition, failed);
        }
    }
}
