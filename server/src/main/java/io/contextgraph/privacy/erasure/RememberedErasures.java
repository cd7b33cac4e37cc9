// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.personal.ErasureRecords;
import io.contextgraph.ledger.personal.SubjectPseudonym;
import io.contextgraph.privacy.key.Pseudonym;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a ledger remembers of erasures. */
public record RememberedErasures(ErasureRecords records) {
    private static final Logger LOG = LoggerFactory.getLogger(RememberedErasures.class);

    /** What is remembered of a person: the last one. */
    Optional<ErasureEntry> find(List<Pseudonym> names) {
        return names.stream()
                .flatMap(name -> find(name).stream())
                .max(Comparator.comparing(entry -> entry.report().startedAt()));
    }

    /**
     * The receipt of a person's last erasure that is done.
     *
     * @param name any pseudonym of the person
     */
    public Optional<ErasureReceipt> receipt(Pseudonym name) {
        return find(name)
                .map(ErasureEntry::receipts)
                .filter(all -> !all.isEmpty())
                .map(List::getLast);
    }

    /**
     * Whether a person's erasure has begun, so that payloads may be gone, and is not at its end. One that waits has not.
     *
     * @param name any pseudonym of the person
     */
    public boolean isOpen(Pseudonym name) {
        return find(name).filter(entry -> entry.isOpen() && !entry.waits()).isPresent();
    }

    private Optional<ErasureEntry> find(Pseudonym name) {
        return records.find(PayloadErasure.subject(name)).map(text -> ErasureEntry.read(name.toString(), text));
    }

    void put(List<Pseudonym> names, ErasureEntry entry) {
        records.put(PayloadErasure.subjects(names), entry.text(), entry.isOpen());
    }

    /** Those that are not at their end, once for each pseudonym. One that cannot be read is no reason to leave the others. */
    List<ErasureReport> open() {
        List<ErasureReport> open = new ArrayList<>();
        for (SubjectPseudonym subject : records.open()) {
            try {
                find(Pseudonym.of(subject.value())).map(ErasureEntry::report).ifPresent(open::add);
            } catch (LedgerException unreadable) {
                if (unreadable.reason() != LedgerException.Reason.CORRUPT) {
                    throw unreadable;
                }
                LOG.error("An erasure cannot be ended: {}", unreadable.getMessage());
            }
        }
        return open;
    }
}
