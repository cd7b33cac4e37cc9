// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.remote;

import io.contextgraph.event.EventId;
import io.contextgraph.operation.Watcher;
import io.contextgraph.proof.ProofFile;
import io.contextgraph.proof.Prover;
import io.contextgraph.proof.audit.AuditJson;
import io.contextgraph.proof.audit.AuditReport;
import io.contextgraph.proof.audit.Auditor;
import io.contextgraph.proof.audit.Proving;
import io.contextgraph.proof.note.SignedNote;
import io.contextgraph.proof.note.VerifierKey;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** What a server shows of its ledger. */
final class RemoteProving implements Proving {
    private final Api api;
    private final Map<String, String> where;
    private final Supplier<RemoteOperation> operation;

    /** @param where what a request says that is about one partition */
    RemoteProving(Api api, Map<String, String> where, Supplier<RemoteOperation> operation) {
        this.api = api;
        this.where = where;
        this.operation = operation;
    }

    @Override
    public Prover.Answer prove(EventId id) {
        try {
            return new Prover.Answer.Proven(ProofFile.parse(api.text("/v1/events/" + id + "/proof", Map.of())));
        } catch (RemoteException refused) {
            return switch (refused.code()) {
                case "event_not_found" -> new Prover.Answer.Unknown();
                case "event_unsealed" ->
                    new Prover.Answer.Unsealed(
                            refused.part("seq").asLong(0),
                            refused.part("sealed").asLong(0));
                default -> throw refused;
            };
        }
    }

    @Override
    public Optional<SignedNote> checkpoint() {
        try {
            return Optional.of(SignedNote.parse(api.text("/v1/proof/checkpoint", where)));
        } catch (RemoteException refused) {
            if (refused.code().equals("nothing_sealed")) {
                return Optional.empty();
            }
            throw refused;
        }
    }

    @Override
    public JsonNode standing() {
        return api.get("/v1/proof", where);
    }

    @Override
    public AuditReport audit(Auditor.Request request, Watcher watcher) {
        Map<String, String> parameters = new LinkedHashMap<>(where);
        parameters.put("max", Integer.toString(Math.clamp(request.max(), 1, Auditor.MOST_NAMED)));
        request.kept().ifPresent(kept -> parameters.put("from", kept.encoded()));
        if (!request.trusted().isEmpty()) {
            parameters.put(
                    "keys",
                    request.trusted().stream().map(VerifierKey::toString).collect(Collectors.joining(",")));
        }
        return AuditJson.read(operation.get().run("audit", parameters, watcher));
    }
}
