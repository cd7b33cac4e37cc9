// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import io.contextgraph.event.EventId;
import io.contextgraph.event.Payload;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.personal.PersonalEvent;
import io.contextgraph.ledger.personal.SealedForm;
import io.contextgraph.ledger.personal.SubjectPseudonym;
import io.contextgraph.privacy.key.ErasureLedger;
import io.contextgraph.privacy.key.KeyId;
import io.contextgraph.privacy.key.Pseudonym;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Takes away what of a person is sealed in a ledger, behind the fence.
 *
 * @param erasures tell who has returned since
 */
record PayloadErasure(Ledger ledger, ErasureLedger erasures) {
    static SubjectPseudonym subject(Pseudonym name) {
        return new SubjectPseudonym(name.toString());
    }

    static List<SubjectPseudonym> subjects(List<Pseudonym> names) {
        return names.stream().map(PayloadErasure::subject).toList();
    }

    /** How many there are that are sealed by these keys or older ones. */
    long count(List<KeyId> keys) {
        return keys.stream().mapToLong(this::count).sum();
    }

    private long count(KeyId key) {
        long there = ledger.personal().count(subject(key.pseudonym()));
        if (there == 0 || isLast(key)) {
            return there;
        }
        long[] counted = {0};
        for (Partition partition : ledger.partitions()) {
            partition
                    .personal()
                    .pages(
                            subject(key.pseudonym()),
                            page -> counted[0] += covered(key, partition, page).size());
        }
        return counted[0];
    }

    /**
     * Takes away what is sealed by a key or older ones, and leaves what came later.
     *
     * @return how many there were
     */
    long upTo(KeyId key) {
        return ledger.partitions().stream()
                .mapToLong(partition -> upTo(key, partition))
                .sum();
    }

    private long upTo(KeyId key, Partition partition) {
        SubjectPseudonym subject = subject(key.pseudonym());
        long[] taken = {0};
        partition.personal().pages(subject, page -> {
            List<PersonalEvent> covered = covered(key, partition, page);
            taken[0] += covered.isEmpty() ? 0 : partition.personal().forget(subject, covered);
        });
        return taken[0];
    }

    /**
     * Those of a page that a key covers, or an older one.
     *
     * <p>INVARIANT: the page was read before it is looked whether somebody has returned: where nobody has, all of it is covered.
     */
    private List<PersonalEvent> covered(KeyId key, Partition partition, List<PersonalEvent> page) {
        if (isLast(key)) {
            return page;
        }
        Map<EventId, Payload> payloads =
                partition.log().payloads(page.stream().map(PersonalEvent::id).toList());
        return page.stream()
                .filter(event -> isUpTo(key.generation(), Optional.ofNullable(payloads.get(event.id()))))
                .toList();
    }

    private boolean isLast(KeyId key) {
        return erasures.find(key.pseudonym()).generation() <= key.generation();
    }

    /** One that does not say by which key it is sealed opens nothing, and goes. */
    private static boolean isUpTo(int generation, Optional<Payload> payload) {
        return payload.flatMap(SealedForm::parse)
                .map(form -> form.generation() <= generation)
                .orElse(true);
    }
}
