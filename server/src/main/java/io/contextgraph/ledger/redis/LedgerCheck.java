// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * How the ledger's Redis is, for health and {@code doctor}.
 *
 * @param reachable whether it answers
 * @param problem why it does not answer
 * @param version its version
 * @param engine how this ledger is indexed
 * @param role {@code master} or {@code slave}
 * @param appendOnly whether it writes an append-only file
 * @param appendFsync when it syncs that file: {@code always}, {@code everysec}, {@code no}; empty where settings are
 *     hidden
 * @param canWaitForDisk whether it can confirm {@code fsync}
 * @param usedMemory bytes in use
 * @param maxMemory bytes that it may use; 0: no limit
 * @param maxMemoryPolicy what it does at the limit; a ledger needs {@code noeviction}
 * @param persistenceProblem what the last write of its files failed with
 */
public record LedgerCheck(
        boolean reachable,
        Optional<String> problem,
        String version,
        Engine engine,
        String role,
        boolean appendOnly,
        Optional<String> appendFsync,
        boolean canWaitForDisk,
        OptionalLong usedMemory,
        OptionalLong maxMemory,
        String maxMemoryPolicy,
        Optional<String> persistenceProblem) {

    static LedgerCheck unreachable(Engine engine, String problem) {
        return new LedgerCheck(
                false,
                Optional.of(problem),
                "unknown",
                engine,
                "unknown",
                false,
                Optional.empty(),
                false,
                OptionalLong.empty(),
                OptionalLong.empty(),
                "unknown",
                Optional.empty());
    }

    static LedgerCheck of(Server server, Optional<String> appendFsync) {
        return new LedgerCheck(
                true,
                Optional.empty(),
                server.version(),
                server.engine(),
                server.field("role"),
                server.appendOnly(),
                appendFsync,
                server.canWaitForDisk(),
                server.number("used_memory"),
                server.number("maxmemory"),
                server.field("maxmemory_policy"),
                server.persistenceProblem());
    }
}
