// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import io.contextgraph.event.Json;
import io.contextgraph.event.Times;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What is told of logs as JSON. */
public final class ProofJson {
    private ProofJson() {}

    /**
     * The logs of a ledger: {@code logs}, of each {@code epoch}, {@code origin}, {@code size} and {@code root} of its newest
     * checkpoint, {@code predecessor}, {@code keys}, and {@code witnesses}, of each {@code name}, {@code key} and {@code at}, when it
     * has cosigned that checkpoint.
     *
     * @param logs the one that grows first
     * @param head the last number of the ledger
     */
    public static ObjectNode of(List<Prover.Standing> logs, long head) {
        ObjectNode json = Json.MAPPER.createObjectNode().put("head", head);
        ArrayNode all = json.putArray("logs");
        logs.forEach(log -> all.add(of(log)));
        return json;
    }

    private static ObjectNode of(Prover.Standing log) {
        ObjectNode json = Json.MAPPER
                .createObjectNode()
                .put("epoch", log.name().epoch())
                .put("origin", log.origin())
                .put("size", log.newest().map(newest -> newest.size()).orElse(0L))
                .put("root", log.newest().map(newest -> newest.root().base64()).orElse(null));
        log.predecessor()
                .ifPresentOrElse(
                        before -> json.putObject("predecessor")
                                .put("origin", before.last().origin())
                                .put("size", before.last().size())
                                .put("root", before.last().root().base64())
                                .put("common", before.common())
                                .put("cut", before.cut()),
                        () -> json.putNull("predecessor"));
        ArrayNode keys = json.putArray("keys");
        log.keys().forEach(key -> keys.add(key.toString()));
        ArrayNode witnesses = json.putArray("witnesses");
        log.witnesses()
                .forEach(witness -> witnesses
                        .addObject()
                        .put("name", witness.key().name())
                        .put("key", witness.key().toString())
                        .put("at", witness.at().map(Times::format).orElse(null)));
        return json;
    }
}
