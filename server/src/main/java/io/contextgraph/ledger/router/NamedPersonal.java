// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.router;

import io.contextgraph.ledger.personal.ErasureRecords;
import io.contextgraph.ledger.personal.PersonalEvent;
import io.contextgraph.ledger.personal.PersonalEvents;
import io.contextgraph.ledger.personal.SubjectPseudonym;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What a partition holds about persons; its failures name it. */
record NamedPersonal(PartitionName name, PersonalEvents personal) implements PersonalEvents {
    @Override
    public int raise(SubjectPseudonym subject, int generation) {
        return name.asking(() -> personal.raise(subject, generation));
    }

    @Override
    public OptionalInt fence(SubjectPseudonym subject) {
        return name.asking(() -> personal.fence(subject));
    }

    @Override
    public long count(SubjectPseudonym subject) {
        return name.asking(() -> personal.count(subject));
    }

    @Override
    public List<PersonalEvent> events(SubjectPseudonym subject, long afterSeq, int max) {
        return name.asking(() -> personal.events(subject, afterSeq, max));
    }

    @Override
    public int forget(SubjectPseudonym subject, List<PersonalEvent> events) {
        return name.asking(() -> personal.forget(subject, events));
    }

    @Override
    public ErasureRecords erasures() {
        ErasureRecords records = personal.erasures();
        return new ErasureRecords() {
            @Override
            public void put(List<SubjectPseudonym> names, String record, boolean open) {
                name.telling(() -> records.put(names, record, open));
            }

            @Override
            public Optional<String> find(SubjectPseudonym subject) {
                return name.asking(() -> records.find(subject));
            }

            @Override
            public List<SubjectPseudonym> open() {
                return name.asking(records::open);
            }
        };
    }
}
