// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.audit;

import io.contextgraph.event.EventId;
import io.contextgraph.operation.Watcher;
import io.contextgraph.proof.Prover;
import io.contextgraph.proof.note.SignedNote;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** What can be shown to others of a ledger, on its stores or through a server. */
public interface Proving {
    /** Proves one event. */
    Prover.Answer prove(EventId id);

    /** The newest checkpoint; empty where nothing was signed yet. */
    Optional<SignedNote> checkpoint();

    /** The logs, as {@link io.contextgraph.proof.ProofJson} has them. */
    JsonNode standing();

    /** Holds everything against what was signed. */
    AuditReport audit(Auditor.Request request, Watcher watcher);
}
