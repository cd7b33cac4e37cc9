// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import io.contextgraph.event.EventId;
import io.contextgraph.event.Payload;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.personal.PersonalEvent;
import io.contextgraph.ledger.personal.SealedForm;
import io.contextgraph.ledger.personal.SubjectPseudonym;
import io.contextgraph.privacy.key.Pseudonym;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Takes away what of a person is sealed in a ledger, behind the fence. */
record PayloadErasure(Ledger ledger) {
    static SubjectPseudonym subject(Pseudonym name) {
        return new SubjectPseudonym(name.toString());
    }

    static List<SubjectPseudonym> subjects(List<Pseudonym> names) {
        return names.stream().map(PayloadErasure::subject).toList();
    }

    /** How many there are. */
    long count(List<Pseudonym> names) {
        return names.stream()
                .mapToLong(name -> ledger.personal().count(subject(name)))
                .sum();
    }

    /** Takes all away: whatever there is, is sealed by a key that the fence covers. */
    void all(Pseudonym name) {
        SubjectPseudonym subject = subject(name);
        ledger.personal().pages(subject, page -> {
            int ignored = ledger.personal().forget(subject, page);
        });
    }

    /**
     * Takes away what is sealed by keys up to a generation, and leaves what came later.
     *
     * @return how many there were
     */
    long upTo(Pseudonym name, int generation) {
        SubjectPseudonym subject = subject(name);
        long[] taken = {0};
        ledger.personal().pages(subject, page -> {
            Map<EventId, Payload> payloads =
                    ledger.log().payloads(page.stream().map(PersonalEvent::id).toList());
            List<PersonalEvent> covered = page.stream()
                    .filter(event -> isUpTo(generation, Optional.ofNullable(payloads.get(event.id()))))
                    .toList();
            taken[0] += covered.isEmpty() ? 0 : ledger.personal().forget(subject, covered);
        });
        return taken[0];
    }

    /** One that does not say by which key it is sealed opens nothing, and goes. */
    private static boolean isUpTo(int generation, Optional<Payload> payload) {
        return payload.flatMap(SealedForm::parse)
                .map(form -> form.generation() <= generation)
                .orElse(true);
    }
}
