// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.prune;

import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.prune.RestoringContract;
import io.contextgraph.ledger.redis.RedisFixture;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Keys;
import java.net.URI;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import redis.clients.jedis.Jedis;

/** Restoring in a real Redis: the whole key space is as it was. */
abstract class RedisRestoringContract extends RestoringContract {
    private static final Set<String> BOOKKEEPING = Set.of("pruning", "pruning_of");

    private final Engine engine;

    RedisRestoringContract(Engine engine) {
        this.engine = engine;
    }

    abstract URI url();

    @Override
    protected final PartitionFixture fresh() {
        return RedisFixture.fresh(url(), engine);
    }

    /** All but the lease, the records of prunings, and which of them was the last. */
    @Override
    protected final Map<String, Object> stored() {
        Map<String, Object> stored = new TreeMap<>();
        Keys keys = new Keys(((RedisFixture) ledger).settings().prefix());
        try (Jedis jedis = new Jedis(url())) {
            for (String name : jedis.keys(Keys.glob(keys.prefix() + "*"))) {
                if (!name.equals(keys.lease("retention")) && !name.equals(keys.prunings())) {
                    Object ignored = stored.put(name, value(jedis, name));
                }
            }
        }
        return stored;
    }

    private static Object value(Jedis jedis, String name) {
        String type = jedis.type(name);
        return switch (type) {
            case "string" -> HexFormat.of().formatHex(jedis.get(Keys.bytes(name)));
            case "hash" -> {
                Map<String, String> fields = new TreeMap<>(jedis.hgetAll(name));
                boolean ignored = fields.keySet().removeAll(BOOKKEEPING);
                yield fields;
            }
            case "set" -> jedis.smembers(name);
            case "zset" -> {
                List<String> members = new ArrayList<>();
                jedis.zrangeWithScores(Keys.bytes(name), 0, -1)
                        .forEach(one -> members.add(
                                one.getScore() + " " + HexFormat.of().formatHex(one.getBinaryElement())));
                yield members;
            }
            case "stream" -> jedis.xlen(name) + " " + jedis.xinfoStream(name).getLastGeneratedId();
            case "ReJSON-RL" -> String.valueOf(jedis.eval("return redis.call('JSON.GET', KEYS[1])", 1, name));
            default -> throw new AssertionError(name + " is of type " + type);
        };
    }
}
