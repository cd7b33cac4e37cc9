// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.cli.Surroundings;
import io.contextgraph.config.Configuration;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.redis.AclFile;
import io.contextgraph.ledger.redis.Engine;
import io.contextgraph.ledger.redis.Login;
import io.contextgraph.ledger.redis.RedisSettings;
import io.contextgraph.ledger.redis.Role;
import io.contextgraph.ledger.redis.SearchGeneration;
import java.net.URI;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The users that a deployment has in Redis, from its settings and what its Redis says. */
final class RedisUsers {
    private RedisUsers() {}

    static Map<Role, Login> logins(Map<String, Configuration.Login> configured) {
        Map<Role, Login> logins = new EnumMap<>(Role.class);
        for (Role role : Role.values()) {
            Configuration.Login login = configured.get(role.configName());
            if (login != null) {
                logins.put(role, new Login(login.user(), login.password()));
            }
        }
        return logins;
    }

    /** The lines that Redis reads; where neither settings nor server tell the engine they are those of {@code search}. */
    static Surroundings.RedisUsers.Acl acl(
            Configuration.Redis redis,
            Map<String, Configuration.Login> logins,
            Optional<String> search,
            boolean before72) {
        if (search.isPresent() || redis.url().isEmpty()) {
            return acl(unasked(redis, search, before72), logins, "these users fit ");
        }
        RedisSettings settings = settings(redis);
        try {
            AclFile found = AclFile.fitting(settings);
            AclFile file =
                    new AclFile(found.prefix(), found.engine(), found.generations(), before72 || found.before72());
            return acl(file, logins, "these users fit Redis at " + settings.address() + ": ");
        } catch (LedgerException unanswered) {
            return acl(
                    unasked(redis, search, before72),
                    logins,
                    "Redis at " + settings.address() + " could not be asked (" + unanswered.getMessage()
                            + "): these users fit ");
        }
    }

    private static RedisSettings settings(Configuration.Redis redis) {
        RedisSettings settings = RedisSettings.defaults(URI.create(redis.url().orElseThrow()))
                .withPrefix(redis.prefix())
                .withLogins(logins(redis.logins()));
        return Engine.parse(redis.engine()).map(settings::withEngine).orElse(settings);
    }

    private static AclFile unasked(Configuration.Redis redis, Optional<String> search, boolean before72) {
        Set<SearchGeneration> generations =
                search.flatMap(SearchGeneration::parse).map(Set::of).orElse(EnumSet.allOf(SearchGeneration.class));
        return new AclFile(redis.prefix(), Engine.parse(redis.engine()).orElse(Engine.SEARCH), generations, before72);
    }

    private static Surroundings.RedisUsers.Acl acl(
            AclFile file, Map<String, Configuration.Login> logins, String beginning) {
        String engine = "engine " + file.engine().configName();
        String generations = file.generations().stream()
                .sorted()
                .map(generation -> "Search " + generation.configName())
                .collect(Collectors.joining(" and "));
        return new Surroundings.RedisUsers.Acl(
                file.lines(logins(logins)),
                beginning + engine + (file.engine() == Engine.SEARCH ? " of " + generations : ""));
    }
}
