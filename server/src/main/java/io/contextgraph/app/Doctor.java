// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.cli.Workspace.Finding;
import io.contextgraph.cli.Workspace.Finding.Level;
import io.contextgraph.graph.neo4j.Neo4jHealth;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.redis.AccessCheck;
import io.contextgraph.ledger.redis.Engine;
import io.contextgraph.ledger.redis.LedgerCheck;
import io.contextgraph.ledger.redis.LedgerFault;
import io.contextgraph.ledger.redis.MemoryUse;
import io.contextgraph.ledger.redis.Release;
import io.contextgraph.ledger.redis.WaitAof;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Turns what the parts say of themselves into findings, each with what to do about it. Pure. */
final class Doctor {
    private final List<Finding> findings = new ArrayList<>();

    private Doctor() {}

    /** What a server looks at before it begins. */
    static List<Finding> ledger(LedgerCheck redis, DurabilityPromise promise, List<LedgerFault> faults) {
        Doctor doctor = new Doctor();
        doctor.ledgerOf(redis, promise, faults);
        return List.copyOf(doctor.findings);
    }

    static List<Finding> examine(
            LedgerCheck redis,
            DurabilityPromise promise,
            List<LedgerFault> faults,
            Optional<AccessCheck> access,
            Neo4jHealth neo4j,
            Optional<EventFeed.Progress> progress) {
        Doctor doctor = new Doctor();
        doctor.ledgerOf(redis, promise, faults);
        access.ifPresent(doctor::access);
        doctor.graph(neo4j);
        progress.ifPresentOrElse(
                doctor::projection,
                () -> doctor.add(Level.PROBLEM, "projection", "how far the graph has come cannot be told"));
        return List.copyOf(doctor.findings);
    }

    private void projection(EventFeed.Progress progress) {
        add(
                progress.lag() == 0 ? Level.OK : Level.WARNING,
                "projection",
                "the graph has " + progress.seenThroughSeq() + " of "
                        + progress.head().seq() + " events, " + progress.pending() + " in work");
        if (progress.parked() > 0) {
            add(Level.WARNING, "parked", progress.parked() + " events could not be projected: see contextgraph parked");
        }
    }

    private void ledgerOf(LedgerCheck redis, DurabilityPromise promise, List<LedgerFault> faults) {
        if (redis.reachable()) {
            redis(redis, promise);
            memory(redis);
            stored(faults);
        } else {
            add(Level.PROBLEM, "redis", "does not answer: " + redis.problem().orElse("no reason given"));
        }
    }

    private void redis(LedgerCheck redis, DurabilityPromise promise) {
        add(Level.OK, "redis", redis.release() + ", engine " + redis.engine().configName());
        release(redis);
        check(
                redis.role().equals("master"),
                "redis.role",
                redis.role(),
                "this is a replica: it takes no events; point redis.url at the primary");
        check(
                redis.appendOnly(),
                "redis.appendonly",
                "yes",
                "events are not written to disk: set appendonly yes, or a restart loses the ledger");
        redis.appendFsync()
                .ifPresent(fsync -> check(
                        !fsync.equals("no"),
                        "redis.appendfsync",
                        fsync,
                        "the operating system decides when events reach the disk: set appendfsync everysec or always"));
        if (redis.loadsTornFile()) {
            add(
                    Level.WARNING,
                    "redis.aof-load-truncated",
                    "yes: killed in the middle of a write, Redis may carry out half an append later: set"
                            + " aof-load-truncated no, and cut a torn file with redis-check-aof --fix");
        }
        confirmation(redis);
        findings.addAll(promise.examine(redis));
        redis.persistenceProblem().ifPresent(problem -> add(Level.PROBLEM, "redis.persistence", problem));
    }

    private void release(LedgerCheck redis) {
        Release release = redis.release();
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

    private void confirmation(LedgerCheck redis) {
        if (redis.canWaitForDisk()) {
            add(
                    Level.OK,
                    "durability",
                    "memory and fsync can be confirmed; " + redis.onlineReplicas() + " replicas are connected");
        } else if (redis.waitAof() == WaitAof.EARLY) {
            add(
                    Level.WARNING,
                    "durability",
                    "only memory can be confirmed: WAITAOF of " + redis.release()
                            + " may answer before the disk has the"
                            + " write while appendfsync is everysec: set appendfsync always, or go to Redis 7.4.3 or"
                            + " 8.0 or newer");
        } else {
            add(
                    Level.WARNING,
                    "durability",
                    "only memory can be confirmed: fsync needs Redis 7.2 or newer with appendonly yes");
        }
    }

    private void memory(LedgerCheck redis) {
        long max = redis.maxMemory().orElse(0);
        if (max == 0) {
            add(
                    Level.WARNING,
                    "redis.maxmemory",
                    "no limit: the operating system may kill Redis; set maxmemory below the machine's memory");
        } else {
            MemoryUse use = redis.memory();
            String text = "%d%% of %d MB used".formatted(use.percent(), max >> 20);
            Level level = switch (use.level()) {
                case NORMAL -> Level.OK;
                case HIGH -> Level.WARNING;
                case FULL -> Level.PROBLEM;
            };
            add(level, "redis.maxmemory", level == Level.OK ? text : text + ": raise maxmemory or shorten retention");
        }
        check(
                redis.maxMemoryPolicy().equals("noeviction"),
                "redis.maxmemory-policy",
                "noeviction",
                redis.maxMemoryPolicy() + " deletes events when memory is full: set maxmemory-policy noeviction");
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
                add(
                        Level.PROBLEM,
                        subject,
                        switch (fault.kind()) {
                            case APPEND -> "no event can be appended: " + fault.message();
                            case INDEX -> fault.message() + ": what is searched by it is refused until it is complete";
                            case HEAD, NUMBERS, DOCUMENT, SESSION ->
                                fault.message()
                                        + ": bring back the backup of Redis, or import an export into a new ledger";
                        });
            }
        }
    }

    private void access(AccessCheck access) {
        if (access.open()) {
            add(
                    Level.PROBLEM,
                    "redis.access",
                    "anybody who reaches Redis may read the ledger without a password: switch the user default off");
        }
        access.unasked()
                .ifPresent(reason -> add(
                        Level.WARNING,
                        "redis.access",
                        "rights could not be examined, as the operator may not ask (ACL DRYRUN): " + reason));
        List<AccessCheck.Account> shared =
                access.accounts().stream().filter(account -> !account.own()).toList();
        if (!shared.isEmpty()) {
            String roles =
                    shared.stream().map(account -> account.role().configName()).collect(Collectors.joining(", "));
            add(
                    Level.WARNING,
                    "redis.access",
                    "the user " + shared.getFirst().user() + " of redis.url does the work of " + roles
                            + ": give each role a user of its own, see contextgraph redis-acl");
        }
        access.accounts().forEach(account -> account(account, access.unasked().isEmpty()));
    }

    private void account(AccessCheck.Account account, boolean asked) {
        String subject = "redis.access." + account.role().configName();
        if (!account.missing().isEmpty()) {
            add(
                    Level.PROBLEM,
                    subject,
                    account.user() + " may not do what it must: " + String.join(" ", account.missing())
                            + (account.missing().stream().allMatch(name -> name.startsWith("ft."))
                                    ? " (its rights fit another generation of Search)"
                                    : "")
                            + "; load what contextgraph redis-acl prints");
        }
        if (account.own() && !account.excess().isEmpty()) {
            add(
                    Level.PROBLEM,
                    subject,
                    account.user() + " may do what it need not: " + String.join(" ", account.excess())
                            + "; load what contextgraph redis-acl prints");
        }
        if (account.own()
                && asked
                && account.missing().isEmpty()
                && account.excess().isEmpty()) {
            add(Level.OK, subject, account.user() + " may do what it must and nothing else");
        }
    }

    private void graph(Neo4jHealth neo4j) {
        if (neo4j.reachable()) {
            add(Level.OK, "neo4j", "version " + neo4j.version());
        } else {
            add(Level.PROBLEM, "neo4j", "does not answer: " + neo4j.problem());
        }
    }

    private void check(boolean good, String subject, String value, String problem) {
        add(good ? Level.OK : Level.PROBLEM, subject, good ? value : problem);
    }

    private void add(Level level, String subject, String message) {
        findings.add(new Finding(level, subject, message));
    }
}
