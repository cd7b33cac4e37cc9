// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.archive.Archive;
import io.contextgraph.audit.AuditTrail;
import io.contextgraph.http.ports.HttpPorts;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.memory.InMemoryKeyNews;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.privacy.erasure.Copies;
import io.contextgraph.privacy.erasure.Eraser;
import io.contextgraph.privacy.erasure.ErasureParts;
import io.contextgraph.privacy.erasure.ParkedPlace;
import io.contextgraph.privacy.erasure.ReceiptKey;
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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** The keys of persons, which can be away. */
final class TestPersons {
    private static final DataKeySettings AT_ONCE =
            new DataKeySettings(100, Duration.ofMinutes(10), Duration.ZERO, Duration.ofSeconds(20));

    final Pseudonyms pseudonyms = new Pseudonyms(KeyVersions.random());
    final PayloadSealer sealer;
    volatile Optional<Archive> archive = Optional.empty();
    volatile boolean away;
    final AtomicInteger hurried = new AtomicInteger();
    final ReceiptKey receipts;
    private final Store store = new Store();
    private final DataKeys keys = new DataKeys(new LocalKeyWrapper(KeyVersions.random(), "a test"), store, AT_ONCE);

    TestPersons() {
        sealer = new PayloadSealer(pseudonyms, keys);
        try {
            Path folder = Files.createTempDirectory("receipts");
            receipts = ReceiptKey.create(folder.resolve("receipts.key"));
            try (Stream<Path> all = Files.list(folder)) {
                for (Path file : all.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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

    HttpPorts.Privacy ports(Partition ledger) {
        ErasureParts parts = new ErasureParts(
                keys,
                new InMemoryKeyNews(),
                List.of(new ParkedPlace(ledger.parking()), Copies.backups(() -> 2)),
                new AuditTrail(ledger.log(), Durability.MEMORY, () -> TestServer.NOW),
                receipts);
        return new HttpPorts.Privacy(
                Optional.of(new Subjects(ledger, () -> archive.stream().toList(), pseudonyms, store, sealer)),
                Optional.of(new Eraser(ledger, store, parts, () -> TestServer.NOW)),
                () -> hurried.incrementAndGet());
    }

    Pseudonym nameOf(String subject) {
        return pseudonyms.of(new SubjectId(subject));
    }

    /** Destroys the key of a person. */
    void erase(String subject) {
        List<Pseudonym> names = List.of(nameOf(subject));
        KeyErasure erasure = new KeyErasure(store);
        assertThat(erasure.intend(erasure.current(names), TestServer.NOW)).noneMatch(Erasures::isOpen);
        erasure.destroy(erasure.current(names));
    }
}
