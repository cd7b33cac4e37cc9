// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.prune;

import io.contextgraph.event.Json;
import io.contextgraph.event.SessionId;
import io.contextgraph.event.Times;
import io.contextgraph.ledger.prune.Hold;
import io.contextgraph.ledger.prune.Holds;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.RedisErrors;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** One hash: of each session a JSON object. */
final class RedisHolds implements Holds {
    private final Redis redis;
    private final Keys keys;

    RedisHolds(Redis redis, Keys keys) {
        this.redis = redis;
        this.keys = keys;
    }

    @Override
    public Map<SessionId, Hold> all() {
        Map<SessionId, Hold> holds = new LinkedHashMap<>();
        redis.call(client -> client.hgetAll(keys.holds())).entrySet().stream()
                .sorted(Comparator.comparing(Map.Entry::getKey))
                .forEach(one -> holds.put(new SessionId(one.getKey()), read(one.getKey(), one.getValue())));
        return holds;
    }

    private Hold read(String session, String text) {
        try {
            JsonNode json = Json.MAPPER.readTree(text);
            return new Hold(
                    json.required("reason").stringValue(),
                    json.required("by").stringValue(),
                    Times.parse(json.required("since").stringValue()).orElseThrow());
        } catch (JacksonException | java.util.NoSuchElementException damaged) {
            throw RedisErrors.corrupt(
                    "the hold of session " + session + " in " + keys.holds() + " is damaged", damaged);
        }
    }

    @Override
    public void put(SessionId session, Hold hold) {
        String text = Json.MAPPER.writeValueAsString(Json.MAPPER
                .createObjectNode()
                .put("reason", hold.reason())
                .put("by", hold.by())
                .put("since", Times.format(hold.since())));
        long ignored = redis.call(client -> client.hset(keys.holds(), session.value(), text));
    }

    @Override
    public boolean release(SessionId session) {
        return redis.call(client -> client.hdel(keys.holds(), session.value())) > 0;
    }
}
