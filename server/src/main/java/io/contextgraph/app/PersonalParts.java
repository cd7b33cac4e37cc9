// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.archive.Archive;
import io.contextgraph.config.Settings;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ops.Check;
import io.contextgraph.privacy.sealing.SealingLedger;
import io.contextgraph.privacy.setup.KeyUpkeep;
import io.contextgraph.privacy.setup.PersonalKeys;
import io.contextgraph.privacy.setup.PersonalKeysCheck;
import io.contextgraph.privacy.subject.Subjects;
import java.util.Optional;
import java.util.function.Supplier;

/** What a deployment does with what is about persons: with the keys that are set, or without any. */
final class PersonalParts implements AutoCloseable {
    private final Optional<PersonalKeys> keys;

    private PersonalParts(Optional<PersonalKeys> keys) {
        this.keys = keys;
    }

    /** Opens the keys that are set. */
    static PersonalParts open(Settings settings) {
        return new PersonalParts(PersonalKeys.open(settings));
    }

    /** A ledger that is given what is about persons sealed; without keys it is given none. */
    Ledger sealing(Ledger ledger) {
        return new SealingLedger(ledger, keys.map(PersonalKeys::sealer));
    }

    /** Looks at the keys, where there are any. */
    Optional<Check> check() {
        return keys.map(PersonalKeysCheck::new);
    }

    /**
     * Finds what is about a person, where there are keys.
     *
     * @param archive empty where events are not archived
     */
    Optional<Subjects> subjects(Ledger ledger, Supplier<Optional<Archive>> archive) {
        return keys.map(all -> new Subjects(ledger, archive, all.pseudonyms(), all.store(), all.sealer()));
    }

    /** Has keys that are not needed any more forgotten, for as long as it is open. */
    Optional<KeyUpkeep> upkeep() {
        return keys.map(PersonalKeys::upkeep);
    }

    @Override
    public void close() {
        keys.ifPresent(PersonalKeys::close);
    }
}
