// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.audit;

import io.contextgraph.event.Json;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.ledger.PersonalPayloads;
import io.contextgraph.proof.LogName;
import io.contextgraph.proof.ProofException;
import io.contextgraph.proof.ProofFile;
import io.contextgraph.proof.ProofKeys;
import io.contextgraph.proof.Prover;
import io.contextgraph.proof.audit.AuditFault.Kind;
import io.contextgraph.proof.tree.TileException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Looks whether payloads that are missing were erased by receipt. A receipt is of what was said of a person before it was recorded:
 * nobody takes anything more of them then, unless they have returned, for whom the next one is. Where there are several partitions it
 * says itself where each of them ended then, and its record must be signed for in the partition that has it.
 */
final class ReceiptAudit {
    private static final String DIGEST = "receipt_sha256";

    private final AuditParts parts;
    private final int partition;
    private final AuditFindings findings;
    private final Map<String, RecordedEvent> first = new TreeMap<>();
    private final Map<String, RecordedEvent> last = new TreeMap<>();
    private long erased;

    /** @param partition the number of the one that is looked at */
    ReceiptAudit(AuditParts parts, int partition, AuditFindings findings) {
        this.parts = parts;
        this.partition = partition;
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
        return switch (parts.trail().log().find(receipt.recordedAs())) {
            case Lookup.Found found -> wrong(found.event(), receipt, event, latest);
            // What the archive has was held against what was signed.
            case Lookup.Gone ignored -> Optional.empty();
            case Lookup.Unknown ignored ->
                Optional.of(new Wrong(
                        event, "the receipt for the erasure of its person was never recorded in the ledger", true));
        };
    }

    private Optional<Wrong> wrong(
            RecordedEvent record, ErasureEvidence.Receipt receipt, RecordedEvent event, RecordedEvent latest) {
        if (!isOf(record, receipt.digest()) || !(isOwn() || PersonalPayloads.isGenuine(record))) {
            return Optional.of(new Wrong(
                    event,
                    "event " + record.event().id() + ", which should record the receipt for the erasure of its person,"
                            + " says something else",
                    false));
        }
        if (!covers(receipt, record, latest)) {
            return Optional.of(
                    new Wrong(latest, "the last receipt for the erasure of its person was recorded before it", true));
        }
        return isOwn() ? Optional.empty() : unsigned(record, event);
    }

    /** Whether the receipt is recorded in the partition that is looked at: then its record is looked at as every event is. */
    private boolean isOwn() {
        return parts.trail().equals(parts.ledger());
    }

    /** Whether a receipt is of what an event said. Numbers of two partitions say nothing of which came first. */
    private boolean covers(ErasureEvidence.Receipt receipt, RecordedEvent record, RecordedEvent latest) {
        List<Position> through = receipt.through();
        if (through.isEmpty() && isOwn()) {
            return record.seq() > latest.seq();
        }
        return partition < through.size()
                && latest.position()
                                .in(Position.WHOLE)
                                .compareTo(through.get(partition).in(Position.WHOLE))
                        <= 0;
    }

    /** What is wrong with the signature for the record of a receipt in another partition. */
    private Optional<Wrong> unsigned(RecordedEvent record, RecordedEvent event) {
        String what = "event " + record.event().id() + ", which records the receipt for the erasure of its person,";
        try {
            return switch (prover().prove(record.event().id())) {
                case Prover.Answer.Proven proven ->
                    isSigned(proven.file())
                            ? Optional.empty()
                            : Optional.of(new Wrong(
                                    event,
                                    what + " was not signed for by a key in " + parts.keys()
                                            + ": audit the partition that it is in",
                                    false));
                case Prover.Answer.Unsealed ignored -> {
                    findings.unchecked("whether " + what + " in another partition, is there to stay: it is not signed"
                            + " for yet");
                    yield Optional.empty();
                }
                // It has gone since it was looked at, which retention says of it.
                case Prover.Answer.Untold ignored -> Optional.empty();
                case Prover.Answer.Unknown ignored -> Optional.empty();
            };
        } catch (ProofException altered) {
            if (altered.reason() != ProofException.Reason.ALTERED) {
                throw altered;
            }
            return Optional.of(new Wrong(event, what + " was altered: " + altered.getMessage(), false));
        } catch (TileException damaged) {
            findings.unchecked("whether " + what + " is what was signed for: " + damaged.getMessage());
            return Optional.empty();
        }
    }

    private Prover prover() {
        return new Prover(
                parts.trail(), parts.logs(), parts.keys(), parts.deployment(), List.of(), gone -> Optional.empty());
    }

    private boolean isSigned(ProofFile proof) {
        return LogName.of(parts.trail().epochs().now().identity()).stream()
                .flatMap(name ->
                        ProofKeys.verifiers(
                                name.origin(parts.deployment()),
                                parts.keys().read().shown())
                                .stream())
                .anyMatch(proof::proves);
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
