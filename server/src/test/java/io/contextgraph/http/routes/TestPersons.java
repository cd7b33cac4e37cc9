// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.archive.Archive;
import io.contextgraph.http.ports.HttpPorts;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.privacy.key.DataKeySettings;
import io.contextgraph.privacy.key.DataKeys;
import io.contextgraph.privacy.key.Erasures;
import io.contextgraph.privacy.key.ForwardingKeyStore;
import io.contextgraph.privacy.key.InMemoryKeyStore;
import io.contextgraph.privacy.key.KeyErasure;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.KeyVersions;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.privacy.key.Pseudonyms;
import io.contextgraph.privacy.key.SubjectId;
import io.contextgraph.privacy.local.LocalKeyWrapper;
import io.contextgraph.privacy.sealing.PayloadSealer;
import io.contextgraph.privacy.subject.Subjects;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The keys of persons, which can be away. */
final class TestPersons {
    private static final DataKeySettings AT_ONCE =
            new DataKeySettings(100, Duration.ofMinutes(10), Duration.ZERO, Duration.ofSeconds(20));

    final Pseudonyms pseudonyms = new Pseudonyms(KeyVersions.random());
    final PayloadSealer sealer;
    volatile Optional<Archive> archive = Optional.empty();
    volatile boolean away;
    private final Store store = new Store();

    TestPersons() {
        sealer = new PayloadSealer(
                pseudonyms, new DataKeys(new LocalKeyWrapper(KeyVersions.random(), "a test"), store, AT_ONCE));
    }

    private final class Store extends ForwardingKeyStore {
        Store() {
            super(new InMemoryKeyStore());
        }

        @Override
        protected String revision() {
            requireThere();
            return super.revision();
        }

        @Override
        protected Erasures erasuresOf(Pseudonym pseudonym) {
            requireThere();
            return super.erasuresOf(pseudonym);
        }
    }

    private void requireThere() {
        if (away) {
            throw new KeyServiceException(KeyServiceException.Reason.UNAVAILABLE, "the vault is away");
        }
    }

    HttpPorts.Privacy ports(Ledger ledger) {
        return new HttpPorts.Privacy(Optional.of(new Subjects(ledger, () -> archive, pseudonyms, store, sealer)));
    }

    Pseudonym nameOf(String subject) {
        return pseudonyms.of(new SubjectId(subject));
    }

    /** Destroys the key of a person. */
    void erase(String subject) {
        List<Pseudonym> names = List.of(nameOf(subject));
        KeyErasure erasure = new KeyErasure(store);
        assertThat(erasure.intend(names, TestServer.NOW)).noneMatch(Erasures::isOpen);
        erasure.destroy(names);
    }
}
