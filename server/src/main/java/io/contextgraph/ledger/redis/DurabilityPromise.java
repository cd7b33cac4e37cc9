// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.DurabilitySettings;
import io.contextgraph.ledger.redis.client.Unseen;
import io.contextgraph.ops.Concern;
import io.contextgraph.ops.Finding;
import io.contextgraph.ops.Finding.Level;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether the configured durability can be promised with a Redis as it is set up. Pure.
 */
record DurabilityPromise(DurabilitySettings settings) {
    /** Appends that ask for nothing more than the configured durability fail. */
    static final Concern UNREACHABLE = Concern.stopping("durability_unreachable");

    private static final String SUBJECT = "durability";

    /**
     * What stands against the promise: a problem for a setting with which it can never be kept, a warning for what keeps
     * it from being kept at present.
     */
    List<Finding> examine(LedgerCheck redis) {
        List<Finding> findings = new ArrayList<>();
        if (settings.standard() == Durability.MEMORY) {
            return findings;
        }
        if (redis.hides(Unseen.APPEND_ONLY)) {
            impossible(
                    findings,
                    "nobody can tell whether Redis writes an append-only file: ask the provider for WAITAOF, or for the"
                            + " section persistence of INFO");
        } else if (!redis.appendOnly()) {
            impossible(findings, "Redis writes no append-only file: set appendonly yes");
        }
        switch (redis.waitAof()) {
            case MISSING ->
                impossible(findings, redis.release() + " cannot tell when a write is on disk: 7.2 or newer can");
            case REFUSED ->
                impossible(
                        findings,
                        "Redis does not let the user that appends give WAITAOF, which tells when a write is on disk: ask"
                                + " the provider for it");
            case UNFOLLOWED ->
                impossible(
                        findings,
                        "Redis does not show master_replid to the user that appends, so that a confirmation could come"
                                + " from a server that has taken over and lost the event: ask the provider for INFO"
                                + " replication");
            case EARLY ->
                impossible(
                        findings,
                        redis.release()
                                + (redis.hides(Unseen.APPENDFSYNC)
                                        ? ", which does not show appendfsync and is taken for everysec,"
                                        : "")
                                + " may tell too early that a write is on disk: set appendfsync always, or go to"
                                + " Redis 7.4.3 or 8.0 or newer");
            case TRUSTED -> {}
        }
        if (redis.appendFsync().filter("no"::equals).isPresent()) {
            impossible(findings, "Redis never syncs its append-only file: set appendfsync everysec or always");
        }
        if (!redis.hides(Unseen.EVICTION) && !redis.maxMemoryPolicy().equals("noeviction")) {
            impossible(
                    findings,
                    "Redis deletes events when memory is full: set maxmemory-policy noeviction, not "
                            + redis.maxMemoryPolicy());
        }
        if (isShortOfReplicas(redis)) {
            findings.add(Finding.of(
                            Level.WARNING,
                            SUBJECT,
                            redis.onlineReplicas() + " of " + settings.replicas()
                                    + " replicas are connected: appends fail with"
                                    + " durability_not_reached until they are")
                    .as(UNREACHABLE));
        }
        return findings;
    }

    private boolean isShortOfReplicas(LedgerCheck redis) {
        return settings.standard() == Durability.REPLICATED
                && !redis.hides(Unseen.REPLICAS)
                && redis.onlineReplicas() < settings.replicas();
    }

    private void impossible(List<Finding> findings, String why) {
        findings.add(Finding.of(
                        Level.PROBLEM,
                        SUBJECT,
                        "durability.default " + settings.standard().wireName() + " cannot be kept: " + why
                                + ", or set durability.default memory")
                .as(UNREACHABLE)
                .forbiddingStart());
    }
}
