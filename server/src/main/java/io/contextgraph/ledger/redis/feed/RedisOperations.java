// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.feed;

import io.contextgraph.ledger.OperationStore;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.Script;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import redis.clients.jedis.params.SetParams;

/** Long work in a hash; each lock a key that goes by itself. */
public final class RedisOperations implements OperationStore {
    private static final Script LEASE = new Script("lease.lua");

    private final Redis redis;
    private final Keys keys;

    public RedisOperations(Redis redis, Keys keys) {
        this.redis = redis;
        this.keys = keys;
    }

    @Override
    public boolean claim(String lock, String id, Duration lease) {
        SetParams free = SetParams.setParams().nx().px(lease.toMillis());
        return redis.call(client -> client.set(keys.operationLock(lock), id, free)) != null;
    }

    @Override
    public boolean renew(String lock, String id, Duration lease) {
        return ifHeld(lock, id, lease.toMillis());
    }

    @Override
    public void release(String lock, String id) {
        boolean ignored = ifHeld(lock, id, 0);
    }

    @Override
    public void end(String lock, String id, String record) {
        Object ignored = redis.write(
                LEASE,
                EventCodec.arguments(keys.operationLock(lock), keys.operations()),
                EventCodec.arguments(id, "0", record));
    }

    private boolean ifHeld(String lock, String id, long millis) {
        return redis.write(
                        LEASE,
                        EventCodec.arguments(keys.operationLock(lock)),
                        EventCodec.arguments(id, Long.toString(millis)))
                .equals(1L);
    }

    @Override
    public Optional<String> holder(String lock) {
        return Optional.ofNullable(redis.call(client -> client.get(keys.operationLock(lock))));
    }

    @Override
    public void save(String id, String record) {
        long ignored = redis.call(client -> client.hset(keys.operations(), id, record));
    }

    @Override
    public Optional<String> find(String id) {
        return Optional.ofNullable(redis.call(client -> client.hget(keys.operations(), id)));
    }

    @Override
    public Map<String, String> all() {
        return redis.call(client -> client.hgetAll(keys.operations()));
    }

    @Override
    public void forget(String id) {
        long ignored = redis.call(client -> client.hdel(keys.operations(), id));
    }
}
