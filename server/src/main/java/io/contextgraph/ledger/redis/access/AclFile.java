// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.access;

import io.contextgraph.config.Login;
import io.contextgraph.event.Sha256;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.redis.client.Connections;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.client.Role;
import io.contextgraph.ledger.redis.client.SearchGeneration;
import io.contextgraph.ledger.redis.client.ServerFacts;
import io.contextgraph.ledger.redis.client.WaitAof;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The users of a deployment as Redis reads them: one for each role.
 *
 * <p><b>Shape.</b> Lines of the file that Redis's setting {@code aclfile} names, which are also lines of {@code
 * redis.conf}. Passwords appear as SHA-256 only.
 *
 * @param prefix that of all keys
 * @param engine how events are indexed
 * @param generations what the commands of Search may look like; several: the users fit each of them
 * @param before72 whether a Redis older than 7.2 is to read them
 * @param cluster whether it is a node of a cluster, each of which must have these users
 */
public record AclFile(
        String prefix, Engine engine, Set<SearchGeneration> generations, boolean before72, boolean cluster) {
    private static final Pattern PLAIN = Pattern.compile("[!-~&&[^\"'()#]]*");

    /** @throws IllegalArgumentException when the prefix cannot stand in such a file */
    public AclFile {
        generations = Set.copyOf(generations);
        if (!PLAIN.matcher(prefix).matches()) {
            throw new IllegalArgumentException(
                    "redis.prefix must have no spaces, quotes, parentheses, hashes or letters"
                            + " outside ASCII to stand in an ACL: " + prefix);
        }
    }

    /** Outside of a cluster. */
    public AclFile(String prefix, Engine engine, Set<SearchGeneration> generations, boolean before72) {
        this(prefix, engine, generations, before72, false);
    }

    /**
     * What fits a server that is asked.
     *
     * @throws LedgerException when it does not answer, or cannot serve this ledger
     */
    public static AclFile fitting(RedisSettings settings) {
        try (Connections connections = new Connections(settings)) {
            ServerFacts server = ServerFacts.probe(connections.of(Role.OPERATOR), settings.keys(), settings.engine());
            return new AclFile(
                    settings.prefix(),
                    server.engine(),
                    server.generations(),
                    server.waitAof() == WaitAof.MISSING,
                    settings.cluster().on());
        }
    }

    /**
     * One line for each role.
     *
     * @param logins of the roles that have one; the others get the standard name and a place to put a hash in
     */
    public List<String> lines(Map<Role, Login> logins) {
        AccessRules rules = new AccessRules(new Keys(prefix), engine, generations, cluster);
        List<String> lines = new ArrayList<>();
        for (Role role : Role.values()) {
            Optional<Login> login = Optional.ofNullable(logins.get(role));
            String user = login.map(Login::user).orElse("contextgraph-" + role.configName());
            String hash = login.map(Login::password)
                    .map(password -> Sha256.hex(password.getBytes(StandardCharsets.UTF_8)))
                    .orElse("<SHA-256 of its password>");
            lines.add("user " + user + " on #" + hash + " " + AclText.of(rules.of(role), before72));
        }
        return lines;
    }
}
