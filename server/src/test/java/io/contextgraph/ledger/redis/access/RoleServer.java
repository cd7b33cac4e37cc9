// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.config.Login;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.client.Role;
import io.contextgraph.ledger.redis.client.SearchGeneration;
import io.contextgraph.testing.RunningRedis;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.resps.CommandInfo;

/** A Redis in which every role is a user of its own, and nobody gets in without a name. */
final class RoleServer implements AutoCloseable {
    private static final String ADMIN = "admin";

    private final Path binary;
    private final List<String> arguments;
    private final RunningRedis server;
    private final Engine engine;
    private final Map<Role, Login> logins = new EnumMap<>(Role.class);

    private RoleServer(Path binary, List<String> arguments, Engine engine) {
        this.binary = binary;
        this.arguments = arguments;
        this.server = RunningRedis.start(binary, arguments);
        this.engine = engine;
        try (Jedis first = new Jedis(server.url())) {
            String ignored = first.aclSetUser(ADMIN, "on", ">" + server.password(), "+@all", "~*", "&*");
        }
        for (Role role : Role.values()) {
            logins.put(
                    role,
                    new Login("role-" + role.configName(), UUID.randomUUID().toString()));
        }
    }

    static RoleServer start(Path binary, List<String> arguments, Engine engine) {
        // What the configuration forbids to everybody would not show who lacks the right.
        List<String> all = new ArrayList<>(List.of(
                "--enable-debug-command",
                "yes",
                "--enable-module-command",
                "yes",
                "--appendfsync",
                "always",
                "--repl-diskless-sync-delay",
                "0"));
        all.addAll(arguments);
        return new RoleServer(binary, all, engine);
    }

    /** Makes the users of a ledger, with a URL that names nobody: whatever works, works by their rights. */
    RedisSettings users(String prefix) {
        return users(prefix, lines(prefix));
    }

    /** Makes these users instead. */
    RedisSettings users(String prefix, List<String> lines) {
        try (Jedis admin = admin()) {
            for (String line : lines) {
                String[] words = line.replaceFirst("^user ", "").split(" ");
                List<String> rights = new ArrayList<>(List.of("reset"));
                rights.addAll(List.of(words).subList(1, words.length));
                String ignored = admin.aclSetUser(words[0], rights.toArray(String[]::new));
            }
            String ignored = admin.aclLogReset();
        }
        return RedisSettings.defaults(server.address())
                .withEngine(engine)
                .withPrefix(prefix)
                .withLogins(logins);
    }

    /** Another server of the same kind that gets its users from a file. */
    RunningRedis startAnother(Path aclFile) {
        List<String> all = new ArrayList<>(arguments);
        all.addAll(List.of("--aclfile", aclFile.toString()));
        return RunningRedis.start(binary, all);
    }

    /** The users of a ledger as an ACL file has them. */
    List<String> lines(String prefix) {
        try (Jedis admin = admin()) {
            return new AclFile(prefix, engine, generations(admin), !knows(admin, "waitaof")).lines(logins);
        }
    }

    /** The rules of a ledger, for the Search that this server has. */
    AccessRules rules(String prefix) {
        try (Jedis admin = admin()) {
            return new AccessRules(new Keys(prefix), engine, generations(admin));
        }
    }

    private Set<SearchGeneration> generations(Jedis admin) {
        if (engine == Engine.SORTED_SET) {
            return Set.of();
        }
        // A module's command keeps the case that the module gave it.
        CommandInfo search =
                admin.commandInfo("ft.search").values().stream().findAny().orElseThrow();
        return Set.of(search.getFirstKey() == 0 ? SearchGeneration.EIGHT : SearchGeneration.TWO);
    }

    Map<Role, Login> logins() {
        return logins;
    }

    /** The same ledger with every right. */
    RedisSettings unlimited(String prefix) {
        return RedisSettings.defaults(server.url()).withEngine(engine).withPrefix(prefix);
    }

    Login login(Role role) {
        return Objects.requireNonNull(logins.get(role));
    }

    Jedis admin() {
        return new Jedis(URI.create("redis://" + ADMIN + ":" + server.password() + "@127.0.0.1:" + server.port()));
    }

    /** A connection of a role's user. */
    Jedis as(Role role) {
        return new Jedis(URI.create(
                "redis://" + login(role).user() + ":" + login(role).password() + "@127.0.0.1:" + server.port()));
    }

    static boolean knows(Jedis jedis, String command) {
        return jedis.commandInfo(command).get(command.toLowerCase(Locale.ROOT)) != null;
    }

    /** Whether the user default needs no password; connections that are open stay who they are. */
    void letAnybodyIn(boolean open) {
        try (Jedis admin = admin()) {
            String ignored = open
                    ? admin.aclSetUser("default", "nopass")
                    : admin.aclSetUser("default", "resetpass", ">" + server.password());
        }
    }

    /** Leaves a role's user no other rights than these. */
    void limit(Role role, List<AccessRules.Rule> rules) {
        try (Jedis admin = admin()) {
            List<String> rights = new ArrayList<>(List.of("clearselectors", "resetkeys"));
            rights.addAll(List.of(AclText.of(rules, !knows(admin, "waitaof")).split(" ")));
            String ignored = admin.aclSetUser(login(role).user(), rights.toArray(String[]::new));
        }
    }

    /** Removes every ledger, and the scripts. */
    void forget() {
        try (Jedis admin = admin()) {
            String ignored = admin.flushAll();
            ignored = admin.scriptFlush();
        }
    }

    /** What Redis has denied to whom since users were made. */
    List<String> denied() {
        try (Jedis admin = admin()) {
            return admin.aclLog().stream()
                    .map(entry -> entry.getUsername() + " " + entry.getReason() + " " + entry.getObject())
                    .toList();
        }
    }

    void assertNothingWasDenied() {
        assertThat(denied()).as("what Redis has denied").isEmpty();
    }

    @Override
    public void close() {
        server.close();
    }
}
