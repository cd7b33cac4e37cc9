// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

import io.contextgraph.ledger.LedgerException.Reason;
import java.util.Optional;
import redis.clients.jedis.Response;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisDataException;

/** Reads answers that a server may refuse to give. */
public final class Shown {
    private Shown() {}

    /**
     * An answer; empty where the server has no such command, or keeps it from this user.
     *
     * @throws JedisDataException when it cannot answer at present
     */
    public static <T> Optional<T> of(Response<T> reply) {
        try {
            return Optional.ofNullable(reply.get());
        } catch (JedisAccessControlException denied) {
            return Optional.empty();
        } catch (JedisDataException refused) {
            // Services say in words of their own what they do not have.
            if (RedisErrors.classify(refused).reason() == Reason.DEFECT) {
                return Optional.empty();
            }
            throw refused;
        }
    }
}
