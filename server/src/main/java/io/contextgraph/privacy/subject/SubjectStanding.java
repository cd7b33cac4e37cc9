// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.subject;

import io.contextgraph.privacy.key.Pseudonym;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Where what is about a person is, as far as that can be told without reading everything.
 *
 * @param names under which pseudonyms, the newest first
 */
public record SubjectStanding(List<Name> names) {
    public SubjectStanding {
        names = List.copyOf(names);
    }

    /**
     * What is under one of them.
     *
     * @param payloads sealed ones in the ledger
     * @param parked entries that a group has set aside
     * @param key whether there is a key that opens what is said now
     * @param erasedThrough the last generation of the key that was erased; 0 where none was
     * @param erasedAt when that was meant
     */
    public record Name(
            Pseudonym pseudonym,
            long payloads,
            long parked,
            boolean key,
            int erasedThrough,
            Optional<Instant> erasedAt) {
        boolean isKnown() {
            return payloads > 0 || parked > 0 || key || erasedThrough > 0;
        }
    }

    /** The pseudonym under which something of the person is written now. */
    public Pseudonym newest() {
        return names.getFirst().pseudonym();
    }

    /** Whether anything is known of the person. */
    public boolean isKnown() {
        return names.stream().anyMatch(Name::isKnown);
    }
}
