// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

import io.contextgraph.event.SessionId;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What requests have come upon that was not as it should be, for the next look at the ledger.
 *
 * <p><b>Units and bounds.</b> {@value #MOST} events and as many sessions.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class Noticed {
    static final int MOST = 100;

    private final Set<Long> numbers = ConcurrentHashMap.newKeySet();
    private final Set<SessionId> sessions = ConcurrentHashMap.newKeySet();

    /** @param seq of an event that could not be read */
    public void number(long seq) {
        add(numbers, seq);
    }

    public void session(SessionId session) {
        add(sessions, session);
    }

    private static <T> void add(Set<T> all, T one) {
        if (all.size() < MOST) {
            boolean ignored = all.add(one);
        }
    }

    public List<Long> numbers() {
        return List.copyOf(numbers);
    }

    public List<SessionId> sessions() {
        return List.copyOf(sessions);
    }

    /** Forgets those that have been looked at: what is still wrong is noticed again. */
    public void forget(Collection<Long> read, Collection<SessionId> tried) {
        read.forEach(numbers::remove);
        tried.forEach(sessions::remove);
    }
}
