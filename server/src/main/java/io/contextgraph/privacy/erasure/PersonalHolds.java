// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.privacy.key.Pseudonym;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Finds the sessions of a person that are held. */
record PersonalHolds(Ledger ledger) {
    /** In the order of their ids. */
    List<SessionId> of(List<Pseudonym> names) {
        Set<SessionId> holds = all();
        Set<SessionId> held = new TreeSet<>(Comparator.comparing(SessionId::value));
        for (Partition partition : holds.isEmpty() ? List.<Partition>of() : ledger.partitions()) {
            for (Pseudonym name : names) {
                partition
                        .personal()
                        .pages(
                                PayloadErasure.subject(name),
                                page -> page.forEach(event -> partition
                                        .log()
                                        .find(event.id())
                                        .found()
                                        .map(found -> found.event().sessionId())
                                        .filter(holds::contains)
                                        .ifPresent(held::add)));
            }
        }
        return List.copyOf(held);
    }

    /** All sessions that are held, whoever is spoken of in them. */
    Set<SessionId> all() {
        return ledger.partitions().stream()
                .flatMap(partition -> in(partition).stream())
                .collect(Collectors.toSet());
    }

    /** What retention asks a partition for it asks of that alone, which does not say which one it is. */
    private Set<SessionId> in(Partition partition) {
        try {
            return partition.pruning().holds().all().keySet();
        } catch (LedgerException failed) {
            throw ledger.partitions().size() == 1 ? failed : LedgerException.ofPartition(partition.number(), failed);
        }
    }
}
