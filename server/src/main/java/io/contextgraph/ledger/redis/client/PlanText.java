// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

import io.contextgraph.event.Json;
import io.contextgraph.ledger.prune.Pruned;
import io.contextgraph.ledger.prune.Pruning;
import io.contextgraph.ledger.prune.SeqRun;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The record of a pruning as Redis keeps it.
 *
 * <p><b>Shape.</b> {@code {"rule":"ceiling 90d","segment":"...","archived":true,"runs":[[1,200],[203,400]]}}.
 */
public final class PlanText {
    private PlanText() {}

    public static String write(Pruning.Plan plan) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        Object ignored = json.put("rule", plan.rule()).put("segment", plan.segment());
        ignored = json.put("archived", plan.archived());
        ArrayNode runs = json.putArray("runs");
        for (SeqRun run : plan.runs()) {
            ignored = runs.addArray().add(run.from()).add(run.to());
        }
        return Json.MAPPER.writeValueAsString(json);
    }

    /** @throws io.contextgraph.ledger.LedgerException when it is damaged */
    public static Pruned read(long at, String text) {
        try {
            JsonNode json = Json.MAPPER.readTree(text);
            List<SeqRun> runs = new ArrayList<>();
            json.required("runs")
                    .forEach(run -> runs.add(new SeqRun(
                            run.required(0).longValue(), run.required(1).longValue())));
            return new Pruned(
                    Instant.ofEpochMilli(at),
                    new Pruning.Plan(
                            json.required("segment").stringValue(),
                            json.required("rule").stringValue(),
                            runs,
                            json.required("archived").booleanValue()));
        } catch (JacksonException | IllegalArgumentException damaged) {
            throw RedisErrors.corrupt(
                    "the record of the pruning of " + Instant.ofEpochMilli(at) + " is damaged", damaged);
        }
    }
}
