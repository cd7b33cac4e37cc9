// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.audit;

import io.contextgraph.event.EventId;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.operation.Watcher;
import io.contextgraph.proof.ProofJson;
import io.contextgraph.proof.Prover;
import io.contextgraph.proof.StoredLog;
import io.contextgraph.proof.note.SignedNote;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** What can be shown of a ledger, on its stores. */
public record LedgerProving(Partition ledger, Prover prover, Auditor auditor) implements Proving {
    @Override
    public Prover.Answer prove(EventId id) {
        return prover.prove(id);
    }

    @Override
    public Optional<SignedNote> checkpoint() {
        return prover.current().flatMap(StoredLog::newest);
    }

    @Override
    public JsonNode standing() {
        return ProofJson.of(prover.logs(), ledger.order().head().seq());
    }

    @Override
    public AuditReport audit(Auditor.Request request, Watcher watcher) {
        return auditor.run(request, watcher);
    }

    /** The log of an epoch, or that which grows. */
    public Optional<StoredLog> log(Optional<Long> epoch) {
        return epoch.isPresent() ? prover.log(epoch.get()) : prover.current();
    }
}
