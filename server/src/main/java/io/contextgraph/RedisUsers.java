// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph;

import io.contextgraph.config.Configuration;
import io.contextgraph.ledger.redis.AclFile;
import io.contextgraph.ledger.redis.Engine;
import io.contextgraph.ledger.redis.Login;
import io.contextgraph.ledger.redis.Role;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The users that a deployment has in Redis, from its settings. */
final class RedisUsers {
    private RedisUsers() {}

    static Map<Role, Login> logins(Configuration.Redis redis) {
        Map<Role, Login> logins = new EnumMap<>(Role.class);
        for (Role role : Role.values()) {
            Configuration.Login login = redis.logins().get(role.configName());
            if (login != null) {
                logins.put(role, new Login(login.user(), login.password()));
            }
        }
        return logins;
    }

    /** The lines that Redis reads; where the engine is left to the server they are those of {@code search}. */
    static List<String> acl(Configuration.Redis redis, boolean before72) {
        Engine engine = Engine.parse(redis.engine()).orElse(Engine.SEARCH);
        return new AclFile(redis.prefix(), engine, before72).lines(logins(redis));
    }
}
