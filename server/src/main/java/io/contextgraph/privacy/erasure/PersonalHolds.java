// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.privacy.key.Pseudonym;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Finds the sessions of a person that are held. */
record PersonalHolds(Partition ledger) {
    /** In the order of their ids. */
    List<SessionId> of(List<Pseudonym> names) {
        Set<SessionId> holds = ledger.pruning().holds().all().keySet();
        Set<SessionId> held = new TreeSet<>(Comparator.comparing(SessionId::value));
        for (Pseudonym name : holds.isEmpty() ? List.<Pseudonym>of() : names) {
            ledger.personal()
                    .pages(
                            PayloadErasure.subject(name),
                            page -> page.forEach(event -> ledger.log()
                                    .find(event.id())
                                    .found()
                                    .map(found -> found.event().sessionId())
                                    .filter(holds::contains)
                                    .ifPresent(held::add)));
        }
        return List.copyOf(held);
    }
}
