// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

import io.contextgraph.config.Forms;
import io.contextgraph.config.Login;
import io.contextgraph.config.Setting;
import io.contextgraph.config.SettingGroup;
import io.contextgraph.config.Settings;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.DurabilitySettings;
import io.contextgraph.ledger.redis.cluster.ClusterSettings;
import io.contextgraph.ledger.redis.cluster.SlotOwner;
import io.contextgraph.tls.ClientTls;
import io.contextgraph.tls.TlsSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import redis.clients.jedis.util.JedisURIHelper;

/**
 * Where the ledger is and how patient its users are.
 *
 * @param url {@code redis[s]://[user:password@]host:port[/database]}
 * @param prefix put before every key, so that several ledgers share one Redis; {@code {name}:} keeps them in one slot
 * @param engine how events are indexed; empty: what the ledger was written with, else the best that the server can do
 * @param poolSize most connections of a role, those of blocking readers and of appends aside
 * @param timeouts how long to wait
 * @param durability how safe an acknowledged event is
 * @param logins of the roles that have one of their own; the others use that of the address
 * @param tls how connections are secured, where the address says that they are
 * @param cluster whether the server at the address is a node of one
 * @param share which part of a ledger is there
 */
public record RedisSettings(
        URI url,
        String prefix,
        Optional<Engine> engine,
        int poolSize,
        Timeouts timeouts,
        DurabilitySettings durability,
        Map<Role, Login> logins,
        ClientTls tls,
        ClusterSettings cluster,
        LedgerHeader.Share share) {
    private static final String SECURED = "rediss://";

    public static final Setting<Optional<String>> URL = Setting.address(
            "redis.url",
            "",
            Forms.address("redis", "rediss"),
            "An external Redis, such as redis://user:password@host:6379/0, or rediss:// with TLS; empty starts an embedded one.");
    public static final Setting<String> PREFIX = Setting.of(
            "redis.prefix", "", Forms.text(), "Put before every key, so that several deployments can share one Redis.");
    public static final Setting<Optional<Engine>> ENGINE = Setting.of(
            "redis.engine",
            "auto",
            Forms.oneOf(
                    List.of(Optional.empty(), Optional.of(Engine.SEARCH), Optional.of(Engine.SORTED_SET)),
                    engine -> engine.map(Engine::configName).orElse("auto")),
            "How events are indexed; auto takes search where Redis has JSON and Search.");
    public static final Setting<Integer> POOL_SIZE = Setting.of(
            "redis.pool-size",
            "16",
            Forms.whole(2, 1024),
            "Most connections to Redis at once, of each role, those on which appends are written aside.");

    public static final Setting<Optional<Path>> TLS_CA = Setting.of(
            "redis.tls-ca",
            "",
            Forms.pathOrNone(),
            "PEM file with the authorities whose certificates are believed where redis.url begins with rediss://; empty believes"
                    + " those that Java believes. The host name is verified always.");
    public static final Setting<Optional<Path>> TLS_CERTIFICATE = Setting.of(
            "redis.tls-certificate",
            "",
            Forms.pathOrNone(),
            "PEM file with a client certificate, for a Redis that asks for one.");
    public static final Setting<Optional<Path>> TLS_KEY = Setting.of(
            "redis.tls-key",
            "",
            Forms.pathOrNone(),
            "PEM file with the private key of redis.tls-certificate, not encrypted.");

    /** The logins by role. */
    public static final Map<Role, Setting<Optional<Login>>> LOGINS = Arrays.stream(Role.values())
            .collect(Collectors.toMap(
                    role -> role, RedisSettings::login, (one, same) -> one, () -> new EnumMap<>(Role.class)));

    public static final SettingGroup SETTINGS = new SettingGroup(declared(), RedisSettings::problems);

    private static List<Setting<?>> declared() {
        List<Setting<?>> all = new ArrayList<>(List.of(URL));
        all.addAll(LOGINS.values());
        all.addAll(List.of(
                TLS_CA,
                TLS_CERTIFICATE,
                TLS_KEY,
                PREFIX,
                ClusterSettings.CLUSTER,
                ClusterSettings.NODES,
                ENGINE,
                POOL_SIZE));
        return all;
    }

    private static Setting<Optional<Login>> login(Role role) {
        return Setting.secret(
                "redis." + role.configName() + "-login",
                "",
                Forms.login(),
                "Login of the user of the external Redis that " + work(role) + "; empty takes that of redis.url.");
    }

    private static String work(Role role) {
        return switch (role) {
            case OPERATOR -> "prepares the search index and looks at Redis's settings and everybody's rights";
            case APPEND -> "appends events";
            case READ -> "reads and searches events";
            case PROJECT -> "takes events from the ledger to the graph";
            case RETENTION -> "trims and deletes, and alone needs the right to";
            case ERASE -> "raises the fences of persons who are erased, and deletes their sealed payloads";
            case KEYS -> "makes and changes access keys (contextgraph keys)";
            case BACKUP -> "takes snapshots of all that Redis holds (contextgraph backup)";
            case MEND -> "examines and mends a damaged ledger (contextgraph ledger)";
        };
    }

    private static List<String> problems(Settings settings) {
        List<String> problems = new ArrayList<>(TlsSettings.both(settings, TLS_CERTIFICATE, TLS_KEY));
        Optional<String> url = settings.get(URL);
        if (url.isEmpty()) {
            LOGINS.values().stream()
                    .filter(login -> settings.get(login).isPresent())
                    .map(login ->
                            login.key() + " is set but redis.url is not: an embedded Redis makes its own password")
                    .forEach(problems::add);
        }
        if (url.isEmpty() || !url.get().startsWith(SECURED)) {
            Stream.of(TLS_CA, TLS_CERTIFICATE, TLS_KEY)
                    .filter(setting -> settings.get(setting).isPresent())
                    .map(setting -> setting.key() + " is set but redis.url does not begin with " + SECURED
                            + ": the connection would not be secured")
                    .forEach(problems::add);
        }
        problems.addAll(ClusterSettings.problems(settings, url));
        return problems;
    }

    /**
     * How long to wait.
     *
     * @param connect for a connection, whether from the server or from the pool
     * @param command for an answer, waits for durability aside
     * @param query for the answer to a query, before it fails
     */
    public record Timeouts(Duration connect, Duration command, Duration query) {
        /** 1 s, 10 s, 5 s. */
        public static final Timeouts DEFAULTS =
                new Timeouts(Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofSeconds(5));
    }

    /** @throws IllegalArgumentException when there is no room for a connection */
    public RedisSettings {
        logins = Map.copyOf(logins);
        if (poolSize < 1) {
            throw new IllegalArgumentException("redis needs a pool of at least 1: " + poolSize);
        }
    }

    /** Everything but the address at its default. */
    public static RedisSettings defaults(URI url) {
        DurabilitySettings durability = new DurabilitySettings(Durability.MEMORY, 0, Duration.ofSeconds(5));
        return new RedisSettings(
                url,
                "",
                Optional.empty(),
                16,
                Timeouts.DEFAULTS,
                durability,
                Map.of(),
                ClientTls.STANDARD,
                ClusterSettings.OFF,
                LedgerHeader.Share.WHOLE);
    }

    /**
     * As they are set.
     *
     * @param url of the Redis, whether it is set or was started here
     */
    public static RedisSettings from(Settings settings, URI url) {
        return new RedisSettings(
                url,
                settings.get(PREFIX),
                settings.get(ENGINE),
                settings.get(POOL_SIZE),
                Timeouts.DEFAULTS,
                DurabilitySettings.from(settings),
                logins(settings),
                new ClientTls(settings.get(TLS_CA), TlsSettings.files(settings, TLS_CERTIFICATE, TLS_KEY)),
                ClusterSettings.from(settings),
                LedgerHeader.Share.WHOLE);
    }

    /** The logins that are set. */
    public static Map<Role, Login> logins(Settings settings) {
        Map<Role, Login> logins = new EnumMap<>(Role.class);
        LOGINS.forEach((role, setting) -> settings.get(setting).ifPresent(login -> logins.put(role, login)));
        return logins;
    }

    /** These settings for another server. */
    public RedisSettings withUrl(URI newUrl) {
        return new RedisSettings(newUrl, prefix, engine, poolSize, timeouts, durability, logins, tls, cluster, share);
    }

    /** These settings with another prefix. */
    public RedisSettings withPrefix(String newPrefix) {
        return new RedisSettings(url, newPrefix, engine, poolSize, timeouts, durability, logins, tls, cluster, share);
    }

    /** These settings with a chosen engine. */
    public RedisSettings withEngine(Engine newEngine) {
        return new RedisSettings(
                url, prefix, Optional.of(newEngine), poolSize, timeouts, durability, logins, tls, cluster, share);
    }

    /** These settings with pools of another size. */
    public RedisSettings withPoolSize(int newPoolSize) {
        return new RedisSettings(url, prefix, engine, newPoolSize, timeouts, durability, logins, tls, cluster, share);
    }

    /** These settings with another patience. */
    public RedisSettings withTimeouts(Timeouts newTimeouts) {
        return new RedisSettings(url, prefix, engine, poolSize, newTimeouts, durability, logins, tls, cluster, share);
    }

    /** These settings with another durability. */
    public RedisSettings withDurability(DurabilitySettings newDurability) {
        return new RedisSettings(url, prefix, engine, poolSize, timeouts, newDurability, logins, tls, cluster, share);
    }

    /** These settings with logins of their own for some roles. */
    public RedisSettings withLogins(Map<Role, Login> newLogins) {
        return new RedisSettings(url, prefix, engine, poolSize, timeouts, durability, newLogins, tls, cluster, share);
    }

    /** These settings with another way of securing connections. */
    public RedisSettings withTls(ClientTls newTls) {
        return new RedisSettings(url, prefix, engine, poolSize, timeouts, durability, logins, newTls, cluster, share);
    }

    /** These settings for a Redis that is a cluster, or is none. */
    public RedisSettings withCluster(ClusterSettings newCluster) {
        return new RedisSettings(url, prefix, engine, poolSize, timeouts, durability, logins, tls, newCluster, share);
    }

    /** These settings for a part of a ledger. */
    public RedisSettings withShare(LedgerHeader.Share newShare) {
        return new RedisSettings(url, prefix, engine, poolSize, timeouts, durability, logins, tls, cluster, newShare);
    }

    /** The names of the keys there. */
    public Keys keys() {
        return new Keys(prefix, share);
    }

    /** Who has the ledger in a cluster; empty outside of one. */
    Optional<SlotOwner> slotOwner() {
        return cluster.on()
                ? Optional.of(cluster.owner(JedisURIHelper.getHostAndPort(url), prefix, timeouts.connect()))
                : Optional.empty();
    }

    /** How long to wait for any answer: that to an append comes when its durability has been waited for. */
    public Duration answerTimeout() {
        return timeouts.command().plus(durability.timeout());
    }

    /** The address without user and password: for logs and answers. */
    public String address() {
        return url.getScheme() + "://" + url.getHost() + ":" + url.getPort();
    }

    /** The number of the database that the ledger is in. */
    public int database() {
        return JedisURIHelper.getDBIndex(url);
    }

    /** Where the ledger is: server, database and prefix. */
    public String place() {
        String database = url.getPath() == null ? "" : url.getPath().replace("/", "");
        return url.getHost() + ":" + url.getPort() + "/" + (database.isEmpty() ? "0" : database) + " " + prefix;
    }

    @Override
    public String toString() {
        return "RedisSettings[" + address() + ", prefix=" + prefix + "]";
    }
}
