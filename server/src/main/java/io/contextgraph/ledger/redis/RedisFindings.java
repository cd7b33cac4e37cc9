// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.MemoryUse;
import io.contextgraph.ledger.redis.client.Release;
import io.contextgraph.ledger.redis.client.Unseen;
import io.contextgraph.ops.Concern;
import io.contextgraph.ops.Finding;
import io.contextgraph.ops.Finding.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What the state of Redis and of the ledger in it means, and what to do about it. Pure. */
final class RedisFindings {
    static final Concern UNAVAILABLE = Concern.stopping("redis_unavailable");

    /** It answers, but too slowly for all that is asked of it to be answered in time. */
    static final Concern SLOW = Concern.degrading("redis_slow");

    /** Redis is a replica, or its disk fails: it takes no writes. */
    static final Concern READ_ONLY = Concern.stopping("redis_read_only");

    static final Concern MEMORY_FULL = Concern.stopping("memory_full");

    /** An append that was tried fails for another reason: rights are missing, or the head contradicts the events. */
    static final Concern APPENDS_REFUSED = Concern.stopping("appends_refused");

    /** Something that is stored is missing or contradicts itself: what needs it is refused. */
    static final Concern CORRUPT = Concern.degrading("ledger_corrupt");

    /** Queries by index are refused: it is missing, is being built, or lacks events. */
    static final Concern INDEX_INCOMPLETE = Concern.degrading("index_incomplete");

    static final Concern MEMORY_HIGH = Concern.degrading("memory_high");

    /** Redis deletes events when its memory is full. */
    static final Concern EVICTS = Concern.degrading("redis_evicts");

    private final List<Finding> all = new ArrayList<>();

    private RedisFindings() {}

    /** What is told where it answers a single question, and nothing else in time. */
    static Finding slow() {
        return Finding.of(
                        Finding.Level.WARNING,
                        "redis",
                        "answers, but too slowly to say in time how it is: it is far away, busy, or swaps")
                .as(SLOW);
    }

    /**
     * All of them.
     *
     * @param faults what a look at the ledger itself has found
     */
    static List<Finding> of(LedgerCheck redis, DurabilityPromise promise, List<LedgerFault> faults) {
        RedisFindings findings = new RedisFindings();
        findings.ledgerOf(redis, promise, faults);
        return findings.all;
    }

    private void ledgerOf(LedgerCheck redis, DurabilityPromise promise, List<LedgerFault> faults) {
        if (redis.reachable()) {
            redis(redis, promise);
            memory(redis);
            stored(faults);
        } else {
            problem("redis", "does not answer: " + redis.problem().orElse("no reason given"), UNAVAILABLE);
        }
    }

    private void redis(LedgerCheck redis, DurabilityPromise promise) {
        add(Level.OK, "redis", redis.release() + ", engine " + redis.engine().configName());
        release(redis);
        if (redis.hides(Unseen.ROLE)) {
            unseen(Unseen.ROLE);
        } else if (redis.role().equals("master")) {
            add(Level.OK, "redis.role", redis.role());
        } else {
            problem("redis.role", "this is a replica: it takes no events; point redis.url at the primary", READ_ONLY);
        }
        all.addAll(PersistenceFindings.of(redis));
        confirmation(redis);
        if (redis.hides(Unseen.REPLICAS)) {
            unseen(Unseen.REPLICAS);
        }
        all.addAll(promise.examine(redis));
    }

    private void release(LedgerCheck redis) {
        if (redis.hides(Unseen.VERSION)) {
            unseen(Unseen.VERSION);
        } else {
            judge(redis.release());
        }
        if (redis.engine() == Engine.SEARCH) {
            redis.search()
                    .ifPresent(module -> add(
                            Level.OK,
                            "redis.search",
                            module
                                    + switch (module.generation()) {
                                        case TWO -> ": its commands name an index as their key";
                                        case EIGHT -> ": its commands name no key";
                                    }));
        }
    }

    private void judge(Release release) {
        Optional<String> warning = release.warning();
        add(
                warning.isEmpty() ? Level.OK : Level.WARNING,
                "redis.version",
                warning.map(reason -> release + " " + reason)
                        .orElse(
                                release.isJudged()
                                        ? release + " has the security fixes that are known here"
                                        : release
                                                + " is not judged: no oldest release without known holes is known here"));
    }

    private void confirmation(LedgerCheck redis) {
        if (redis.canWaitForDisk()) {
            String replicas = redis.hides(Unseen.REPLICAS) ? "an unknown number of" : redis.onlineReplicas() + "";
            add(Level.OK, "durability", "memory and fsync can be confirmed; " + replicas + " replicas are connected");
        } else {
            add(Level.WARNING, "durability", "only memory can be confirmed: " + hindrance(redis));
        }
    }

    private static String hindrance(LedgerCheck redis) {
        return switch (redis.waitAof()) {
            case MISSING, REFUSED -> Unseen.CONFIRMATION.message();
            case UNFOLLOWED -> Unseen.HISTORY.message();
            case EARLY ->
                "WAITAOF of " + redis.release()
                        + " may answer before the disk has the write while appendfsync is everysec"
                        + (redis.hides(Unseen.APPENDFSYNC) ? ", for which it is taken as it is not shown" : "")
                        + ": set appendfsync always, or go to Redis 7.4.3 or 8.0 or newer";
            case TRUSTED ->
                redis.hides(Unseen.APPEND_ONLY)
                        ? "nobody can tell whether Redis writes an append-only file"
                        : "fsync needs appendonly yes";
        };
    }

    private void memory(LedgerCheck redis) {
        long max = redis.maxMemory().orElse(0);
        if (redis.hides(Unseen.MEMORY)) {
            unseen(Unseen.MEMORY);
        } else if (max == 0) {
            add(
                    Level.WARNING,
                    "redis.maxmemory",
                    "no limit: the operating system may kill Redis; set maxmemory below the machine's memory (a provider's"
                            + " own limit need not show here: ask for an alarm at 80% of it)");
        } else {
            MemoryUse use = redis.memory();
            String text = "%d%% of %d MB used".formatted(use.percent(), max >> 20);
            switch (use.level()) {
                case NORMAL -> add(Level.OK, "redis.maxmemory", text);
                case HIGH ->
                    all.add(Finding.of(Level.WARNING, "redis.maxmemory", text + ": raise maxmemory")
                            .as(MEMORY_HIGH));
                case FULL -> problem("redis.maxmemory", text + ": raise maxmemory", MEMORY_FULL);
            }
        }
        String policy = redis.maxMemoryPolicy();
        if (redis.hides(Unseen.EVICTION)) {
            unseen(Unseen.EVICTION);
        } else if (policy.equals("noeviction")) {
            add(Level.OK, "redis.maxmemory-policy", policy);
        } else {
            problem(
                    "redis.maxmemory-policy",
                    policy + " deletes events when memory is full: set maxmemory-policy noeviction",
                    EVICTS);
        }
    }

    private static Concern concern(LedgerFault fault) {
        return switch (fault.kind()) {
            case APPEND ->
                switch (fault.reason()) {
                    case FULL -> MEMORY_FULL;
                    case READ_ONLY -> READ_ONLY;
                    default -> APPENDS_REFUSED;
                };
            case INDEX -> INDEX_INCOMPLETE;
            case HEAD, NUMBERS, DOCUMENT, SESSION -> CORRUPT;
        };
    }

    private void stored(List<LedgerFault> faults) {
        if (faults.isEmpty()) {
            add(Level.OK, "ledger", "an event can be appended, and what was looked at of what is stored fits together");
        }
        for (LedgerFault fault : faults) {
            String subject = "ledger." + fault.kind().name().toLowerCase(Locale.ROOT);
            if (fault.mended()) {
                add(Level.WARNING, subject, fault.message());
            } else {
                problem(
                        subject,
                        switch (fault.kind()) {
                            case APPEND -> "no event can be appended: " + fault.message();
                            case INDEX -> fault.message() + ": what is searched by it is refused until it is complete";
                            case HEAD, NUMBERS, DOCUMENT, SESSION ->
                                fault.message()
                                        + ": bring back the backup of Redis, or import an export into a new ledger";
                        },
                        concern(fault));
            }
        }
    }

    private void unseen(Unseen what) {
        add(Level.WARNING, what.subject(), what.message());
    }

    private void add(Level level, String subject, String message) {
        all.add(Finding.of(level, subject, message));
    }

    private void problem(String subject, String message, Concern concern) {
        all.add(Finding.of(Level.PROBLEM, subject, message).as(concern));
    }
}
