// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.audit;

import io.contextgraph.event.Json;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.proof.audit.AuditFault.Kind;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Looks whether payloads that are missing were erased by receipt. A receipt is of what was said of a person before it was recorded:
 * nobody takes anything more of them then, unless they have returned, for whom the next one is.
 */
final class ReceiptAudit {
    private static final String DIGEST = "receipt_sha256";

    private final Partition ledger;
    private final AuditFindings findings;
    private final Map<String, RecordedEvent> first = new TreeMap<>();
    private final Map<String, RecordedEvent> last = new TreeMap<>();
    private long erased;

    ReceiptAudit(Partition ledger, AuditFindings findings) {
        this.ledger = ledger;
        this.findings = findings;
    }

    /** Takes an event whose payload is missing. */
    void take(RecordedEvent event) {
        erased++;
        String pseudonym = event.event().dataSubjectId().orElseThrow();
        RecordedEvent ignored = first.putIfAbsent(pseudonym, event);
        ignored = last.merge(pseudonym, event, (one, other) -> one.seq() > other.seq() ? one : other);
    }

    long erased() {
        return erased;
    }

    /** What is not as it must be of a receipt, and of which event; it may be made right where the erasure is not at its end. */
    private record Wrong(RecordedEvent event, String why, boolean mayEnd) {}

    /** Looks at the receipt of each person. */
    void look(ErasureEvidence evidence) {
        for (String pseudonym : first.keySet()) {
            wrong(evidence, pseudonym).ifPresent(wrong -> tell(evidence, pseudonym, wrong));
        }
    }

    private void tell(ErasureEvidence evidence, String pseudonym, Wrong wrong) {
        RecordedEvent event = wrong.event();
        if (wrong.mayEnd() && evidence.isOpen(pseudonym)) {
            findings.unchecked("the receipt for the erasure of " + pseudonym + ", of whom the payload of event "
                    + event.event().id() + " with seq " + event.seq()
                    + " is missing: the erasure has begun and is not at its end yet; a server ends it");
            return;
        }
        findings.add(new AuditFault(
                Kind.RECEIPT,
                event.seq(),
                Optional.of(event.event().id()),
                "the payload of event " + event.event().id() + " with seq " + event.seq() + " is missing, and "
                        + wrong.why()));
    }

    private Optional<Wrong> wrong(ErasureEvidence evidence, String pseudonym) {
        RecordedEvent event = Objects.requireNonNull(first.get(pseudonym));
        try {
            return evidence.find(pseudonym)
                    .map(receipt -> wrong(receipt, event, Objects.requireNonNull(last.get(pseudonym))))
                    .orElseGet(() ->
                            Optional.of(new Wrong(event, "no receipt for the erasure of its person is there", true)));
        } catch (LedgerException damaged) {
            if (damaged.reason() != LedgerException.Reason.CORRUPT) {
                throw damaged;
            }
            return Optional.of(new Wrong(
                    event, "the receipt for the erasure of its person was altered: " + damaged.getMessage(), false));
        }
    }

    private Optional<Wrong> wrong(ErasureEvidence.Receipt receipt, RecordedEvent event, RecordedEvent latest) {
        if (!receipt.genuine()) {
            return Optional.of(new Wrong(
                    event,
                    "the receipt for the erasure of its person is forged: it is of another person, or was not"
                            + " signed with the key for receipts",
                    false));
        }
        return switch (ledger.log().find(receipt.recordedAs())) {
            case Lookup.Found found -> wrong(found.event(), receipt.digest(), event, latest);
            // What the archive has was held against what was signed.
            case Lookup.Gone ignored -> Optional.empty();
            case Lookup.Unknown ignored ->
                Optional.of(new Wrong(
                        event, "the receipt for the erasure of its person was never recorded in the ledger", true));
        };
    }

    private static Optional<Wrong> wrong(
            RecordedEvent record, String digest, RecordedEvent event, RecordedEvent latest) {
        if (!isOf(record, digest)) {
            return Optional.of(new Wrong(
                    event,
                    "event " + record.event().id() + ", which should record the receipt for the erasure of its person,"
                            + " says something else",
                    false));
        }
        return record.seq() < latest.seq()
                ? Optional.of(new Wrong(
                        latest, "the last receipt for the erasure of its person was recorded before it", true))
                : Optional.empty();
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
