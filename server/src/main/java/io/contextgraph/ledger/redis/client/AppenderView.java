// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

import io.contextgraph.ledger.LedgerException;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.Response;
import redis.clients.jedis.exceptions.JedisAccessControlException;
import redis.clients.jedis.exceptions.JedisDataException;

/**
 * What a server shows and allows to the user that appends, as it was when it was asked.
 *
 * @param waitAof what stands against its {@code WAITAOF}; empty where nothing does
 * @param appendOnly whether it writes an append-only file; empty where it does not say
 * @param unseen what it does not show to this user
 */
public record AppenderView(Optional<WaitAof> waitAof, Optional<Boolean> appendOnly, Set<Unseen> unseen) {
    /** Redis waits so long for a disk that has something left to sync. */
    private static final String BRIEFLY_MILLIS = "1";

    private static final String NO_FILE = "appendonly is disabled";

    public AppenderView {
        unseen = Set.copyOf(unseen);
    }

    /**
     * Asks the server; writes nothing.
     *
     * @param append the user that appends
     * @throws LedgerException when it does not answer
     */
    public static AppenderView of(Redis append, ServerFacts server) {
        return append.pipelined(p -> {
            Response<Object> replication = p.sendCommand(Protocol.Command.INFO, "replication");
            Response<Object> memory = p.sendCommand(Protocol.Command.INFO, "memory");
            Optional<Response<Object>> wait = server.waitAof() == WaitAof.MISSING
                    ? Optional.empty()
                    : Optional.of(p.sendCommand(Protocol.Command.WAITAOF, "1", "0", BRIEFLY_MILLIS));
            return () -> {
                Set<Unseen> unseen = EnumSet.noneOf(Unseen.class);
                if (!ServerFacts.fields(replication).containsKey("master_replid")) {
                    unseen.add(Unseen.HISTORY);
                }
                Map<String, String> use = ServerFacts.fields(memory);
                if (MemoryUse.of(use).isEmpty()) {
                    unseen.add(Unseen.MEMORY);
                }
                return wait.map(AppenderView::confirmation)
                        .orElseGet(() -> new AppenderView(Optional.empty(), Optional.empty(), Set.of()))
                        .with(unseen);
            };
        });
    }

    private AppenderView with(Set<Unseen> alsoUnseen) {
        return new AppenderView(
                waitAof.or(
                        () -> alsoUnseen.contains(Unseen.HISTORY) ? Optional.of(WaitAof.UNFOLLOWED) : Optional.empty()),
                appendOnly,
                alsoUnseen);
    }

    private static AppenderView confirmation(Response<Object> wait) {
        try {
            Object ignored = wait.get();
            return new AppenderView(Optional.empty(), Optional.of(true), Set.of());
        } catch (JedisAccessControlException denied) {
            return new AppenderView(Optional.of(WaitAof.REFUSED), Optional.empty(), Set.of());
        } catch (JedisDataException refused) {
            if (String.valueOf(refused.getMessage()).contains(NO_FILE)) {
                return new AppenderView(Optional.empty(), Optional.of(false), Set.of());
            }
            return switch (RedisErrors.classify(refused).reason()) {
                case DEFECT -> new AppenderView(Optional.of(WaitAof.REFUSED), Optional.empty(), Set.of());
                // A replica confirms nothing, and may be promoted.
                case READ_ONLY -> new AppenderView(Optional.empty(), Optional.empty(), Set.of());
                default -> throw refused;
            };
        }
    }
}
