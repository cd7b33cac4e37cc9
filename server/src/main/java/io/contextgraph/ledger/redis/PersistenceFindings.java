// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import io.contextgraph.ledger.redis.client.Unseen;
import io.contextgraph.ops.Concern;
import io.contextgraph.ops.Finding;
import io.contextgraph.ops.Finding.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * How Redis keeps its files, and what to do about it: an append-only file that begins with a snapshot, and snapshots on a
 * schedule beside it. Pure.
 */
final class PersistenceFindings {
    /** The last rewrite of the append-only file, or the last snapshot, has failed: appends go on. */
    static final Concern FAILING = Concern.degrading("persistence_failing");

    private final LedgerCheck redis;
    private final List<Finding> all = new ArrayList<>();

    private PersistenceFindings(LedgerCheck redis) {
        this.redis = redis;
    }

    static List<Finding> of(LedgerCheck redis) {
        PersistenceFindings findings = new PersistenceFindings(redis);
        findings.settings();
        findings.statuses();
        return findings.all;
    }

    private void settings() {
        if (redis.hides(Unseen.APPEND_ONLY)) {
            unseen(Unseen.APPEND_ONLY);
        } else {
            add(
                    redis.appendOnly() ? Level.OK : Level.PROBLEM,
                    "appendonly",
                    redis.appendOnly()
                            ? "yes"
                            : "events are not written to disk: set appendonly yes, or a restart loses the ledger");
        }
        for (Unseen hidden : List.of(Unseen.APPENDFSYNC, Unseen.SETTINGS)) {
            if (redis.hides(hidden)) {
                unseen(hidden);
            }
        }
        setting(
                "appendfsync",
                Level.PROBLEM,
                "no"::equals,
                ": the operating system decides when events reach the disk: set appendfsync everysec or always");
        setting(
                "save",
                Level.WARNING,
                String::isBlank,
                "no snapshots: set save \"3600 1\", so that there is a file to go back to beside the append-only one");
        if (redis.appendOnly()) {
            setting(
                    "aof-use-rdb-preamble",
                    Level.WARNING,
                    "no"::equals,
                    ": a start reads every event by itself: set aof-use-rdb-preamble yes");
            setting(
                    "no-appendfsync-on-rewrite",
                    Level.WARNING,
                    "yes"::equals,
                    ": nothing is synced while Redis rewrites its file or takes a snapshot: a crash takes all of it, fsync"
                            + " is not confirmed in time, and with appendfsync always it is confirmed too early: set"
                            + " no-appendfsync-on-rewrite no");
            setting(
                    "aof-load-truncated",
                    Level.WARNING,
                    "yes"::equals,
                    ": killed in the middle of a write, Redis may carry out half an append later: set"
                            + " aof-load-truncated no, and cut a torn file with redis-check-aof --fix");
        }
    }

    private void setting(String name, Level level, Predicate<String> wrong, String why) {
        redis.setting(name).ifPresent(value -> {
            boolean bad = wrong.test(value);
            add(bad ? level : Level.OK, name, value + (bad ? why : ""));
        });
    }

    private void statuses() {
        if (redis.hides(Unseen.FILES)) {
            unseen(Unseen.FILES);
        }
        status(
                "aof_last_write_status",
                "the disk fails: look at its space and its health, and at the log of Redis",
                RedisFindings.READ_ONLY);
        status(
                "aof_last_bgrewrite_status",
                "the append-only file grows without end: look at the disk's space, at memory for a fork, and at the log of"
                        + " Redis, then BGREWRITEAOF",
                FAILING);
        boolean stops = redis.setting("stop-writes-on-bgsave-error")
                        .filter("yes"::equals)
                        .isPresent()
                && redis.setting("save").filter(schedule -> !schedule.isBlank()).isPresent();
        status(
                "rdb_last_bgsave_status",
                "no snapshot was taken: look at the disk's space, at memory for a fork, and at the log of Redis, then BGSAVE",
                stops ? RedisFindings.READ_ONLY : FAILING);
    }

    private void status(String name, String todo, Concern concern) {
        String status = redis.statuses().getOrDefault(name, "");
        if (status.equals("ok")) {
            add(Level.OK, name, status);
        } else if (!status.isEmpty()) {
            all.add(Finding.of(Level.PROBLEM, "redis." + name, status + ": " + todo)
                    .as(concern));
        }
    }

    private void unseen(Unseen what) {
        all.add(Finding.of(Level.WARNING, what.subject(), what.message()));
    }

    private void add(Level level, String name, String message) {
        all.add(Finding.of(level, "redis." + name, message));
    }
}
