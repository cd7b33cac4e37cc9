// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.access;

import io.contextgraph.ops.Check;
import io.contextgraph.ops.Concern;
import java.util.function.Supplier;

/** Looks at who may do what in Redis. */
public final class RedisAccessCheck implements Check {
    private static final Concern UNAVAILABLE = Concern.stopping("redis_unavailable");

    private final Supplier<AccessCheck> access;

    public RedisAccessCheck(Supplier<AccessCheck> access) {
        this.access = access;
    }

    @Override
    public String name() {
        return "redis.access";
    }

    @Override
    public Concern unavailable() {
        return UNAVAILABLE;
    }

    @Override
    public Checked look() {
        return new Checked(true, AccessFindings.of(access.get()));
    }
}
