// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.memory;

import io.contextgraph.ledger.personal.ErasureRecords;
import io.contextgraph.ledger.personal.SubjectPseudonym;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a ledger in memory remembers of erasures. Guarded by the ledger's lock. */
final class InMemoryErasures implements ErasureRecords {
    private final InMemoryLedger ledger;
    private final Map<SubjectPseudonym, String> records = new HashMap<>();
    private final Set<SubjectPseudonym> open = new HashSet<>();

    InMemoryErasures(InMemoryLedger ledger) {
        this.ledger = ledger;
    }

    @Override
    public void put(List<SubjectPseudonym> names, String record, boolean isOpen) {
        ErasureRecords.requireNames(names);
        boolean ignored = ledger.locked(() -> {
            names.forEach(name -> records.put(name, record));
            return isOpen ? open.addAll(names) : open.removeAll(Set.copyOf(names));
        });
    }

    @Override
    public Optional<String> find(SubjectPseudonym name) {
        return ledger.locked(() -> Optional.ofNullable(records.get(name)));
    }

    @Override
    public List<SubjectPseudonym> open() {
        return ledger.locked(() -> open.stream()
                .sorted(Comparator.comparing(SubjectPseudonym::value))
                .toList());
    }
}
