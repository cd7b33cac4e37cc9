// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

/**
 * What a server may keep to itself, as managed ones do, and what that means.
 *
 * <p><b>Shape.</b> {@code docs/operations.md} has them as a table.
 */
public enum Unseen {
    VERSION(
            "redis.version",
            "its version, in INFO and HELLO",
            "takes WAITAOF for one that may confirm too early, unless CONFIG shows appendfsync always",
            "fsync and replicated are refused then; nobody can tell which security fixes it lacks",
            "which release it runs"),
    ROLE(
            "redis.role",
            "whether it is the primary, in INFO and HELLO",
            "goes on",
            "a replica shows only when it refuses an append (ledger_read_only)",
            "for the address of the primary"),
    APPEND_ONLY(
            "redis.appendonly",
            "whether it writes an append-only file, in INFO, CONFIG and WAITAOF",
            "refuses fsync and replicated",
            "Redis may have events in memory only: a restart may lose all of them",
            "for appendonly yes"),
    APPENDFSYNC(
            "redis.appendfsync",
            "appendfsync, in CONFIG",
            "takes it for everysec; fsync is what WAITAOF confirms",
            "how many of the last appends at memory a crash takes cannot be told",
            "for appendfsync everysec or always"),
    SETTINGS(
            "redis.settings",
            "how it keeps its files, in CONFIG",
            "goes on",
            "whether there are snapshots, whether a file torn by a crash is loaded with half an append, and whether syncs"
                    + " stop during a rewrite, where with appendfsync always fsync is confirmed too early, cannot be told",
            "for save \"3600 1\", aof-use-rdb-preamble yes, aof-load-truncated no and no-appendfsync-on-rewrite no"),
    FILES(
            "redis.files",
            "how the last write, rewrite and snapshot of its files went, in INFO",
            "goes on, as long as Redis takes events",
            "a disk that fails shows only when Redis refuses an append (ledger_read_only), or confirms no fsync",
            "for an alarm when one fails"),
    CONFIRMATION(
            "durability",
            "WAITAOF, which Redis lacks or keeps from the user that appends",
            "offers memory; refuses fsync and replicated before anything is written (durability_unsupported)",
            "an acknowledged event may be lost by a crash or a failover",
            "for Redis 7.2 or newer with WAITAOF"),
    HISTORY(
            "durability",
            "which line of writes it follows (master_replid), in INFO, to the user that appends",
            "refuses fsync and replicated (durability_unsupported)",
            "a confirmation could come from a server that has taken over and lost the event",
            "for INFO replication"),
    REPLICAS(
            "redis.replicas",
            "its replicas, in INFO",
            "counts those that WAITAOF counts",
            "missing ones show only when appends at replicated fail (durability_not_reached)",
            "how many follow, and for an alarm"),
    MEMORY(
            "redis.maxmemory",
            "used_memory or maxmemory, in INFO",
            "neither warns from 80% on nor refuses from 90% on: takes events until Redis itself says OOM, which refuses them"
                    + " whole (ledger_full)",
            "nothing is lost, but nobody is warned, and Redis has no room left for anything else",
            "for an alarm at 80% of the memory"),
    EVICTION(
            "redis.maxmemory-policy",
            "maxmemory-policy, in INFO and CONFIG",
            "goes on",
            "with any policy but noeviction REDIS DELETES EVENTS WHEN MEMORY IS FULL, and no promise holds",
            "for maxmemory-policy noeviction, before anything is stored"),
    RIGHTS(
            "redis.access",
            "what its users may do, in ACL DRYRUN",
            "examines no rights",
            "a user that lacks one fails in the middle of its work; a script has no rollback, and may leave a part of an"
                    + " append",
            "whether the users may give all commands that contextgraph redis-acl prints");

    private final String subject;
    private final String hidden;
    private final String consequence;
    private final String meaning;
    private final String wish;

    /**
     * @param consequence what this product does
     * @param meaning for what is promised
     * @param wish what to ask the provider
     */
    Unseen(String subject, String hidden, String consequence, String meaning, String wish) {
        this.subject = subject;
        this.hidden = hidden;
        this.consequence = consequence;
        this.meaning = meaning;
        this.wish = wish;
    }

    /** What {@code doctor} calls it. */
    public String subject() {
        return subject;
    }

    /** For whoever runs the server. */
    public String message() {
        return (this == CONFIRMATION ? "not to be had: " : "not shown: ") + hidden + ": this server " + consequence
                + "; " + meaning + "; ask the provider " + wish;
    }

    /** The row of a table in Markdown. */
    public String row() {
        return "| `" + String.join("` | ", subject, hidden) + " | " + String.join(" | ", consequence, meaning, wish)
                + " |";
    }
}
