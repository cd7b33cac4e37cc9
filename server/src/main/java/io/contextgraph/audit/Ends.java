// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.audit;

import io.contextgraph.event.Position;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.Ledger;
import java.util.List;

/**
 * Where a ledger ends.
 *
 * @param heads of its partitions, in the order of their numbers
 */
record Ends(List<Head> heads) {
    Ends {
        heads = List.copyOf(heads);
    }

    /** Where it ends now. */
    static Ends of(Ledger ledger) {
        return new Ends(ledger.partitions().stream()
                .map(partition -> {
                    Head head = partition.order().head();
                    return new Head(head.seq(), partition.named(head.position()));
                })
                .toList());
    }

    /** The number of the last event of each partition. */
    List<Long> seqs() {
        return heads.stream().map(Head::seq).toList();
    }

    /** How many events there have been, of all partitions. */
    long events() {
        return heads.stream().mapToLong(Head::seq).sum();
    }

    /** The position of the last event of each partition. */
    List<Position> positions() {
        return heads.stream().map(Head::position).toList();
    }
}
