// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.socket;

import java.io.IOException;
import java.net.Socket;
import org.apache.commons.io.IOUtils;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.exceptions.JedisConnectionException;

/** Connects as another one does, to sockets that {@link AnswerWatch} looks after. */
public record WatchedSockets(JedisSocketFactory plain) implements JedisSocketFactory {
    @Override
    public Socket createSocket() {
        Socket connected = plain.createSocket();
        try {
            WatchedSocket watched = new WatchedSocket(connected);
            AnswerWatch.add(watched);
            return watched;
        } catch (IOException lost) {
            IOUtils.closeQuietly(connected, lost::addSuppressed);
            throw new JedisConnectionException("Failed to create socket.", lost);
        }
    }
}
