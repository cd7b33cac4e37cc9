// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.event.EventFields;
import io.contextgraph.http.contract.Schema;
import io.contextgraph.proof.audit.AuditFault;
import io.contextgraph.proof.audit.AuditReport;
import java.util.Arrays;

/** The JSON of what others check, as the contract has it. */
final class ProofSchemas {
    private static final Schema LOG = Schema.fields()
            .with("epoch", Schema.whole())
            .with("origin", Schema.text().saying("With which its checkpoints begin"))
            .with("size", Schema.whole().saying("Events that its newest checkpoint covers"))
            .with("root", Schema.text().orNull().saying("Over them, in base64"))
            .with(
                    "predecessor",
                    Schema.fields()
                            .with("origin", Schema.text())
                            .with("size", Schema.whole())
                            .with("root", Schema.text())
                            .with("common", Schema.whole().saying("Events that both logs have"))
                            .with("cut", Schema.whole().saying("Events that the ledger has lost"))
                            .orNull())
            .with("keys", Schema.list(Schema.text()).saying("Verifier keys, as C2SP signed-note has them"))
            .with(
                    "witnesses",
                    Schema.list(Schema.fields()
                                    .with("name", Schema.text())
                                    .with("key", Schema.text().saying("Verifies its cosignatures"))
                                    .with(
                                            "at",
                                            Schema.time().orNull().saying("When it has cosigned the newest checkpoint"))
                                    .named("LogWitness"))
                            .saying("Those who are asked to cosign"))
            .named("Log");
    static final Schema STANDING = Schema.fields()
            .with("head", Schema.whole().saying("Number of the newest event"))
            .with("logs", Schema.list(LOG))
            .named("ProofStanding");

    static final Schema AUDIT_RESULT = Schema.fields()
            .with(
                    "verdict",
                    Schema.choice(Arrays.stream(AuditReport.Verdict.values())
                            .map(AuditReport.Verdict::wireName)
                            .toList()))
            .with("origin", Schema.text().orNull())
            .with("root", Schema.text().orNull())
            .with(
                    "counts",
                    Schema.fields()
                            .with("sealed", Schema.whole())
                            .with("unsealed", Schema.whole())
                            .with("hot", Schema.whole())
                            .with("cold", Schema.whole())
                            .with("archived", Schema.whole())
                            .with("hash_only", Schema.whole())
                            .with("unknown", Schema.whole())
                            .with("erased", Schema.whole()))
            .with("found", Schema.map(Schema.whole()).saying("How much of each kind"))
            .with(
                    "faults",
                    Schema.list(Schema.fields()
                            .with(
                                    "kind",
                                    Schema.choice(Arrays.stream(AuditFault.Kind.values())
                                            .map(AuditFault.Kind::wireName)
                                            .toList()))
                            .with(EventFields.SEQ, Schema.whole().orNull())
                            .with(EventFields.EVENT_ID, Schema.text().orNull())
                            .with("message", Schema.text())
                            .named("AuditFault")))
            .with("unchecked", Schema.list(Schema.text()).saying("What could not be looked at, and why"))
            .with(
                    "cuts",
                    Schema.list(Schema.fields()
                                    .with("origin", Schema.text())
                                    .with("signed", Schema.whole())
                                    .with("kept", Schema.whole())
                                    .with("lost", Schema.whole())
                                    .named("LogCut"))
                            .saying("Ends that the ledger has lost, each with the log that had signed for it"))
            .with("history", Schema.text().orNull().saying("What was found of the checkpoint that was kept"))
            .named("AuditResult");

    private ProofSchemas() {}
}
