// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.audit;

import io.contextgraph.event.Json;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.proof.audit.AuditFault.Kind;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Looks whether payloads that are missing were erased by receipt. */
final class ReceiptAudit {
    private static final String DIGEST = "receipt_sha256";

    private final Ledger ledger;
    private final AuditFindings findings;
    private final Map<String, RecordedEvent> first = new TreeMap<>();
    private long erased;

    ReceiptAudit(Ledger ledger, AuditFindings findings) {
        this.ledger = ledger;
        this.findings = findings;
    }

    /** Takes an event whose payload is missing. */
    void take(RecordedEvent event) {
        erased++;
        RecordedEvent ignored = first.putIfAbsent(event.event().dataSubjectId().orElseThrow(), event);
    }

    long erased() {
        return erased;
    }

    /** Looks at the receipt of each person. */
    void look(ErasureEvidence evidence) {
        first.forEach((pseudonym, event) -> {
            wrong(evidence, pseudonym)
                    .ifPresent(why -> findings.add(new AuditFault(
                            Kind.RECEIPT,
                            event.seq(),
                            Optional.of(event.event().id()),
                            "the payload of event " + event.event().id() + " with seq " + event.seq()
                                    + " is missing, and " + why)));
        });
    }

    private Optional<String> wrong(ErasureEvidence evidence, String pseudonym) {
        try {
            return evidence.find(pseudonym)
                    .map(this::wrong)
                    .orElse(Optional.of("no receipt for the erasure of its person is there"));
        } catch (LedgerException damaged) {
            if (damaged.reason() != LedgerException.Reason.CORRUPT) {
                throw damaged;
            }
            return Optional.of("the receipt for the erasure of its person was altered: " + damaged.getMessage());
        }
    }

    private Optional<String> wrong(ErasureEvidence.Receipt receipt) {
        if (!receipt.genuine()) {
            return Optional.of(
                    "the receipt for the erasure of its person is forged: it is of another person, or was not"
                            + " signed with the key for receipts");
        }
        return switch (ledger.log().find(receipt.recordedAs())) {
            case Lookup.Found found ->
                isOf(found.event(), receipt.digest())
                        ? Optional.empty()
                        : Optional.of("event " + receipt.recordedAs() + ", which should record the receipt for the"
                                + " erasure of its person, says something else");
            // What the archive has was held against what was signed.
            case Lookup.Gone ignored -> Optional.empty();
            case Lookup.Unknown ignored ->
                Optional.of("the receipt for the erasure of its person was never recorded in the ledger");
        };
    }

    private static boolean isOf(RecordedEvent event, String digest) {
        return event.event()
                .payload()
                .map(payload ->
                        Json.MAPPER.readTree(payload.json()).path(DIGEST).asString(""))
                .filter(digest::equals)
                .isPresent();
    }
}
