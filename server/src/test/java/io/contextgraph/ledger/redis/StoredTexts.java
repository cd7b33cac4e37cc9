// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.json.JsonProtocol;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.resps.ScanResult;

/** Everything that a ledger has in Redis, as texts: for who looks for what must not be there. */
public final class StoredTexts {
    private StoredTexts() {}

    /** The text of each key under the ledger's prefix, by its name. */
    public static Map<String, String> of(RedisFixture ledger) {
        Map<String, String> texts = new TreeMap<>();
        ScanParams all =
                new ScanParams().match(ledger.settings().prefix() + "*").count(1000);
        try (Jedis client = new Jedis(ledger.settings().url())) {
            String cursor = ScanParams.SCAN_POINTER_START;
            do {
                ScanResult<String> part = client.scan(cursor, all);
                part.getResult().forEach(key -> texts.put(key, text(client, key)));
                cursor = part.getCursor();
            } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
        }
        return texts;
    }

    private static String text(Jedis client, String key) {
        return switch (client.type(key)) {
            case "string" -> new String(client.get(key.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
            case "hash" -> client.hgetAll(key).toString();
            case "set" -> client.smembers(key).toString();
            case "zset" -> client.zrange(key, 0, -1).toString();
            case "list" -> client.lrange(key, 0, -1).toString();
            case "stream" -> client.xrange(key, "-", "+").toString();
            case "ReJSON-RL" ->
                new String((byte[]) client.sendCommand(JsonProtocol.JsonCommand.GET, key), StandardCharsets.UTF_8);
            case "none" -> "";
            default -> throw new IllegalStateException("nobody has said how to read this: " + client.type(key));
        };
    }
}
