// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.personal;

import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.DurabilitySettings;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.Replies;
import io.contextgraph.ledger.redis.client.Script;
import io.contextgraph.ledger.redis.search.Wholeness;
import java.util.List;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * Runs a script, and waits until what it wrote is as safe as an append that asks for no more.
 *
 * <p><b>Guarantees.</b> It waits on the connection that wrote: a Redis that began anew in between, or a replica that was promoted,
 * would confirm what it has lost, and is not believed.
 *
 * @param redis may run the script, write the barrier and wait
 */
record DurableWrite(Redis redis, Keys keys, DurabilitySettings durability) {
    /** @throws LedgerException when the script fails, or what it wrote is not as safe in time */
    Object run(Script script, List<byte[]> names, List<byte[]> arguments) {
        return durability.standard() == Durability.MEMORY
                ? redis.write(script, names, arguments)
                : redis.onOwn(connection -> confirmed(connection, script, names, arguments));
    }

    private Object confirmed(Connection connection, Script script, List<byte[]> names, List<byte[]> arguments) {
        int replicas = durability.standard() == Durability.REPLICATED ? durability.replicas() : 0;
        connection.setSoTimeout(
                Math.toIntExact(durability.timeout().multipliedBy(2).toMillis() + 1000));
        script.sendLoad(connection);
        connection.sendCommand(Protocol.Command.INFO, "replication");
        script.send(connection, names, arguments);
        // Where it was done before, the script writes nothing that there were to wait for.
        connection.sendCommand(Protocol.Command.SET, Keys.bytes(keys.barrier()), new byte[0]);
        connection.sendCommand(
                Protocol.Command.WAITAOF,
                "1",
                Integer.toString(replicas),
                Long.toString(durability.timeout().toMillis()));
        connection.sendCommand(Protocol.Command.INFO, "replication");
        List<Object> replies = connection.getMany(6 + Wholeness.ask(redis, keys, connection));
        for (Object reply : replies) {
            if (reply instanceof JedisDataException refused) {
                throw refused;
            }
        }
        String before = Replies.history(replies.get(1));
        if (before.isEmpty() || !before.equals(Replies.history(replies.get(5)))) {
            throw new LedgerException(
                    Reason.UNAVAILABLE, "Redis has changed its role, or begun anew, between write and confirmation");
        }
        List<?> counts = (List<?>) replies.get(4);
        if ((Long) counts.get(0) < 1 || (Long) counts.get(1) < replicas) {
            throw new LedgerException(
                    Reason.DURABILITY_NOT_REACHED,
                    "within " + durability.timeout().toMillis() + " ms " + counts.get(0) + " local disk and "
                            + counts.get(1) + " of " + replicas + " replicas confirmed");
        }
        return replies.get(2);
    }
}
