// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

import java.util.HashMap;
import java.util.Map;
import redis.clients.jedis.util.KeyValue;

/** Reads answers of Redis that the driver leaves as they are. */
public final class Replies {
    private Replies() {}

    /** A map of RESP3 by name. */
    public static Map<String, Object> map(Object reply) {
        Map<String, Object> map = new HashMap<>();
        for (Object entry : (Iterable<?>) reply) {
            KeyValue<?, ?> pair = (KeyValue<?, ?>) entry;
            if (pair.getValue() != null) {
                map.put(text(pair.getKey()), pair.getValue());
            }
        }
        return map;
    }

    public static String text(Object value) {
        return value instanceof byte[] bytes ? Keys.text(bytes) : String.valueOf(value);
    }
}
