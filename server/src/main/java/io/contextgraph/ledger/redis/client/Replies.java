// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import redis.clients.jedis.Response;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.util.KeyValue;

/** Reads answers of Redis that the driver leaves as they are. */
public final class Replies {
    private static final String HISTORY = "master_replid:";

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

    /**
     * Which line of writes a server follows, of what {@code INFO replication} answers: another one after a restart, a promotion, or
     * a new beginning as a replica; empty where it does not show it.
     *
     * <p><b>Source.</b> {@code master_replid}.
     */
    public static String history(Object info) {
        if (info instanceof JedisDataException refused) {
            throw refused;
        }
        String text = text(info);
        int at = text.indexOf(HISTORY);
        return at < 0
                ? ""
                : text.substring(at + HISTORY.length()).lines().findFirst().orElse("");
    }

    public static String text(Object value) {
        return value instanceof byte[] bytes ? Keys.text(bytes) : String.valueOf(value);
    }

    /** What a stream or a group was asked; empty where it is not there, or has gone meanwhile. */
    public static <T> Optional<T> answered(Response<T> response) {
        try {
            return Optional.of(response.get());
        } catch (JedisDataException refused) {
            String message = String.valueOf(refused.getMessage());
            if (message.contains("no such key") || message.startsWith("NOGROUP")) {
                return Optional.empty();
            }
            throw refused;
        }
    }
}
