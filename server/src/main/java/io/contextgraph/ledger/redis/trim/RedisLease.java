// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.trim;

import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.Script;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.ledger.trim.Lease;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A lease in a hash, by the clock of Redis. Its number outlives who had it, so that it only rises. */
public final class RedisLease implements Lease {
    private final Redis redis;
    private final String key;
    private final Script take;
    private final Script renew;
    private final Script holder;

    /** @param key of it alone */
    public RedisLease(Redis redis, String key) {
        this(redis, key, TrimScript.CLOCK);
    }

    RedisLease(Redis redis, String key, String clock) {
        this.redis = redis;
        this.key = key;
        this.take = TrimScript.of(clock, "trim/take");
        this.renew = TrimScript.of(clock, "trim/renew");
        this.holder = TrimScript.of(clock, "trim/holder");
    }

    @Override
    public Optional<Fence> take(String owner, Duration forHowLong) {
        String number = Keys.text((byte[]) run(take, owner, Long.toString(forHowLong.toMillis())));
        return number.isEmpty() ? Optional.empty() : Optional.of(new Fence(owner, Long.parseLong(number)));
    }

    @Override
    public boolean renew(Fence fence, Duration forHowLong) {
        return ifHeld(fence, forHowLong.toMillis());
    }

    @Override
    public void release(Fence fence) {
        boolean ignored = ifHeld(fence, 0);
    }

    private boolean ifHeld(Fence fence, long millis) {
        return run(renew, fence.owner(), Long.toString(fence.number()), Long.toString(millis))
                .equals(1L);
    }

    @Override
    public Optional<Holder> holder() {
        List<String> held = ((List<?>) run(holder))
                .stream().map(text -> Keys.text((byte[]) text)).toList();
        return held.isEmpty()
                ? Optional.empty()
                : Optional.of(new Holder(
                        held.get(0), Long.parseLong(held.get(1)), Instant.ofEpochMilli(Long.parseLong(held.get(2)))));
    }

    private Object run(Script script, String... arguments) {
        return redis.write(script, EventCodec.arguments(key), EventCodec.arguments(arguments));
    }
}
