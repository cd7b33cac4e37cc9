// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

import io.contextgraph.config.Login;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.redis.cluster.SlotOwner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import redis.clients.jedis.util.JedisURIHelper;

/** The connections of each role; roles without a login of their own share those of the address. */
public final class Connections implements AutoCloseable {
    /** Those without which a server serves: it does not trim then, erases nobody, makes no keys and no backups, and mends nothing. */
    private static final Set<Role> BESIDE = EnumSet.of(Role.RETENTION, Role.ERASE, Role.KEYS, Role.BACKUP, Role.MEND);

    private final RedisSettings settings;
    private final Redis shared;
    private final Map<Role, Redis> own = new EnumMap<>(Role.class);
    private final Redis watching;

    /** Opens nothing yet. */
    public Connections(RedisSettings settings) {
        this.settings = settings;
        Optional<SlotOwner> slot = settings.slotOwner();
        Optional<Login> standard = Redis.login(settings);
        this.shared = new Redis(settings, standard.orElse(null), slot);
        settings.logins().forEach((role, login) -> own.put(role, new Redis(settings, login, slot)));
        Login operator = settings.logins().get(Role.OPERATOR);
        this.watching = new Redis(settings.withPoolSize(2), operator == null ? standard.orElse(null) : operator, slot);
    }

    public Redis of(Role role) {
        return own.getOrDefault(role, shared);
    }

    /** The operator's, with two connections of its own: they are there while all others are in use, to look and to ask for a pulse. */
    public Redis watching() {
        return watching;
    }

    public boolean hasOwn(Role role) {
        return own.containsKey(role);
    }

    /** The name that a role logs in with. */
    public String userOf(Role role) {
        Login login = settings.logins().get(role);
        String user = login == null ? JedisURIHelper.getUser(settings.url()) : login.user();
        return user == null || user.isEmpty() ? "default" : user;
    }

    /** Those that a server works with, and the others where they are set up. */
    public List<Role> inUse() {
        return Arrays.stream(Role.values())
                .filter(role -> !BESIDE.contains(role) || hasOwn(role))
                .toList();
    }

    /**
     * Logs in once for each role.
     *
     * @throws LedgerException that names the role whose login is refused
     */
    public void requireLogins() {
        for (Role role : inUse()) {
            try {
                String ignored = of(role).call(client -> client.ping());
            } catch (LedgerException e) {
                String whose = hasOwn(role)
                        ? "the login of redis." + role.configName() + "-login, "
                                + settings.logins().get(role)
                        : "the login of redis.url";
                throw new LedgerException(e.reason(), whose + ": " + e.getMessage(), e);
            }
        }
    }

    @Override
    public void close() {
        List<Redis> all = new ArrayList<>(own.values());
        all.add(shared);
        all.add(watching);
        all.forEach(Redis::close);
    }
}
