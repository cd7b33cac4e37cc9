// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.audit.AuditTrail;
import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.capture.record.Whom;
import io.contextgraph.event.Event;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.memory.InMemoryKeyNews;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.privacy.erasure.Eraser;
import io.contextgraph.privacy.erasure.ErasureOutcome;
import io.contextgraph.privacy.erasure.ErasureParts;
import io.contextgraph.privacy.erasure.ReceiptKey;
import io.contextgraph.privacy.key.DataKeySettings;
import io.contextgraph.privacy.key.DataKeys;
import io.contextgraph.privacy.key.InMemoryKeyStore;
import io.contextgraph.privacy.key.KeyVersions;
import io.contextgraph.privacy.key.Pseudonyms;
import io.contextgraph.privacy.key.SubjectId;
import io.contextgraph.privacy.local.LocalKeyWrapper;
import io.contextgraph.privacy.sealing.PayloadSealer;
import io.contextgraph.privacy.sealing.SealingLedger;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A ledger that seals, its keys, and what is imported into it. */
final class PersonsBed {
    final Partition ledger;
    private final Partition bare;
    private final Pseudonyms pseudonyms;
    private final InMemoryKeyStore store = new InMemoryKeyStore();
    private final DataKeys keys =
            new DataKeys(new LocalKeyWrapper(KeyVersions.random(), "a test"), store, DataKeySettings.DEFAULT);
    private final ReceiptKey receipts;

    PersonsBed(Partition bare, Path folder, KeyVersions ofPseudonyms) {
        this.bare = bare;
        this.pseudonyms = new Pseudonyms(ofPseudonyms);
        this.ledger = new SealingLedger(bare, Optional.of(new PayloadSealer(pseudonyms, keys)));
        this.receipts = ReceiptKey.create(folder.resolve("receipts-" + System.nanoTime()));
    }

    static CaptureOptions options(Whom whom) {
        CaptureOptions usual = CaptureOptions.DEFAULTS;
        return new CaptureOptions(
                usual.syntheticStart(),
                usual.sessionPrefix(),
                usual.agentId(),
                usual.errorTextFails(),
                usual.skip(),
                usual.maxDocumentBytes(),
                usual.maxLineBytes(),
                whom,
                usual.limits());
    }

    Whom person(String id) {
        return Whom.person(new SubjectId(id), pseudonyms.digests());
    }

    Whom named(String attribute) {
        return Whom.named(attribute, pseudonyms.digests());
    }

    String nameOf(String person) {
        return pseudonyms.of(new SubjectId(person)).toString();
    }

    ImportSummary run(Whom whom, Path... files) {
        ImportSummary summary = new ImportRun(
                        ledger,
                        Durability.MEMORY,
                        new Capture(options(whom), Captured.CLOCK),
                        (attempt, because) -> {},
                        ImportProgress.NONE)
                .run(List.of(files));
        assertThat(summary.failure()).isEmpty();
        return summary;
    }

    private Eraser eraser() {
        AuditTrail trail = new AuditTrail(bare.log(), Durability.MEMORY, Captured.CLOCK);
        return new Eraser(
                bare, store, new ErasureParts(keys, new InMemoryKeyNews(), List.of(), trail, receipts), Captured.CLOCK);
    }

    void erase(String person) {
        assertThat(eraser().erase(pseudonyms.all(new SubjectId(person)))).isInstanceOf(ErasureOutcome.Erased.class);
    }

    void authorise(String person) {
        assertThat(eraser().authorise(pseudonyms.all(new SubjectId(person)))).isNotEmpty();
    }

    /** What is there of imports, as it is stored. */
    List<Event> stored() {
        return bare.log().whole(bare.order().read(0, 100_000)).stream()
                .map(RecordedEvent::event)
                .filter(event -> !event.sessionId().equals(SessionId.AUDIT))
                .toList();
    }

    Set<String> sessions() {
        return stored().stream().map(event -> event.sessionId().value()).collect(Collectors.toUnmodifiableSet());
    }
}
