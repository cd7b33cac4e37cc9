// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import io.contextgraph.event.Json;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.GraphException;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.operation.Watcher;
import io.contextgraph.operation.Work;
import io.contextgraph.operation.WorkFailedException;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.Pseudonym;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * The erasure of a person, as long work: one at a time for each person.
 *
 * @param names all pseudonyms of the person, newest first
 */
public record ErasureWork(Eraser eraser, List<Pseudonym> names) implements Work {
    public static final String KIND = "erasure";

    public ErasureWork {
        names = List.copyOf(names);
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public String lock() {
        return KIND + ":" + names.getFirst();
    }

    /** @return {@code report} and {@code receipt}, each null where there is none */
    @Override
    public ObjectNode run(Watcher watcher) {
        try {
            return switch (eraser.erase(names)) {
                case ErasureOutcome.Unknown ignored ->
                    Json.MAPPER.createObjectNode().putNull("report").putNull("receipt");
                case ErasureOutcome.Held held ->
                    throw new WorkFailedException("nothing is erased yet: sessions of the person are held ("
                            + String.join(
                                    ", ",
                                    held.report().heldBy().stream()
                                            .map(SessionId::value)
                                            .toList())
                            + "); it goes on when they are released");
                case ErasureOutcome.Erased erased -> ErasureJson.of(erased);
            };
        } catch (LedgerException | KeyServiceException | GraphException away) {
            throw new WorkFailedException(
                    "the erasure has broken off, and goes on when it is asked for again: " + away.getMessage(), away);
        }
    }
}
