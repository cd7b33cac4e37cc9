// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.MemoryUse;
import io.contextgraph.ledger.redis.client.Release;
import io.contextgraph.ledger.redis.client.SearchModule;
import io.contextgraph.ledger.redis.client.ServerFacts;
import io.contextgraph.ledger.redis.client.Unseen;
import io.contextgraph.ledger.redis.client.WaitAof;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * How the ledger's Redis is, for health and {@code doctor}.
 *
 * @param reachable whether it answers
 * @param problem why it does not answer
 * @param release what it is
 * @param engine how this ledger is indexed
 * @param search its module Search, where it has one
 * @param role {@code master} or {@code slave}
 * @param appendOnly whether it writes an append-only file
 * @param settings those of its settings that matter here and that it shows, by name; empty where settings are hidden
 * @param waitAof whether it can confirm that a write is on disk
 * @param onlineReplicas replicas that follow it
 * @param usedMemory bytes in use
 * @param maxMemory bytes that it may use; 0: no limit
 * @param maxMemoryPolicy what it does at the limit; a ledger needs {@code noeviction}
 * @param statuses {@code ok} or not: how the last write, rewrite and snapshot of its files went, by their names in {@code INFO}
 * @param unseen what it keeps to itself: what is said of that here is not known
 */
public record LedgerCheck(
        boolean reachable,
        Optional<String> problem,
        Release release,
        Engine engine,
        Optional<SearchModule> search,
        String role,
        boolean appendOnly,
        Map<String, String> settings,
        WaitAof waitAof,
        int onlineReplicas,
        OptionalLong usedMemory,
        OptionalLong maxMemory,
        String maxMemoryPolicy,
        Map<String, String> statuses,
        Set<Unseen> unseen) {

    public LedgerCheck {
        settings = Map.copyOf(settings);
        statuses = Map.copyOf(statuses);
        unseen = Set.copyOf(unseen);
    }

    /** Whether it can confirm {@code fsync} as it is set up. */
    public boolean canWaitForDisk() {
        return waitAof == WaitAof.TRUSTED && appendOnly;
    }

    /** Whether it keeps something to itself. */
    boolean hides(Unseen what) {
        return unseen.contains(what);
    }

    /** A setting of its own; empty where it does not show it. */
    public Optional<String> setting(String name) {
        return Optional.ofNullable(settings.get(name));
    }

    /** When it syncs its append-only file: {@code always}, {@code everysec}, {@code no}; empty where it does not say. */
    public Optional<String> appendFsync() {
        return setting("appendfsync");
    }

    /** How full it is; unlimited where it does not say. */
    public MemoryUse memory() {
        return new MemoryUse(usedMemory.orElse(0), maxMemory.orElse(0));
    }

    static LedgerCheck unreachable(Engine engine, String problem) {
        return new LedgerCheck(
                false,
                Optional.of(problem),
                new Release(Release.Product.REDIS, "unknown"),
                engine,
                Optional.empty(),
                "unknown",
                false,
                Map.of(),
                WaitAof.MISSING,
                0,
                OptionalLong.empty(),
                OptionalLong.empty(),
                "unknown",
                Map.of(),
                Set.of());
    }

    static LedgerCheck of(ServerFacts server) {
        return new LedgerCheck(
                true,
                Optional.empty(),
                server.release(),
                server.engine(),
                server.search(),
                server.field("role"),
                server.appendOnly(),
                server.settings(),
                server.waitAof(),
                Replicas.of(server.info()).online(),
                server.number("used_memory"),
                server.number("maxmemory"),
                server.field("maxmemory_policy"),
                server.persistenceStatuses(),
                server.unseen());
    }
}
