// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.access;

import io.contextgraph.config.Login;
import io.contextgraph.event.Sha256;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.redis.access.AccessRules.Rule;
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
 * @param prefixes those of all keys: one for each partition of the ledger
 * @param shared keys of a ledger of several partitions that are of none of them
 * @param engine how events are indexed
 * @param generations what the commands of Search may look like; several: the users fit each of them
 * @param before72 whether a Redis older than 7.2 is to read them
 * @param cluster whether it is a node of a cluster, each of which must have these users
 */
public record AclFile(
        List<String> prefixes,
        List<String> shared,
        Engine engine,
        Set<SearchGeneration> generations,
        boolean before72,
        boolean cluster) {
    private static final Pattern PLAIN = Pattern.compile("[!-~&&[^\"'()#]]*");

    /** @throws IllegalArgumentException when a prefix cannot stand in such a file */
    public AclFile {
        prefixes = List.copyOf(prefixes);
        shared = List.copyOf(shared);
        generations = Set.copyOf(generations);
        prefixes.forEach(AclFile::requirePlain);
    }

    /** Of a ledger that is one order. */
    public AclFile(String prefix, Engine engine, Set<SearchGeneration> generations, boolean before72, boolean cluster) {
        this(List.of(prefix), List.of(), engine, generations, before72, cluster);
    }

    /** The same, outside of a cluster. */
    public AclFile(String prefix, Engine engine, Set<SearchGeneration> generations, boolean before72) {
        this(prefix, engine, generations, before72, false);
    }

    private static void requirePlain(String prefix) {
        if (!PLAIN.matcher(prefix).matches()) {
            throw new IllegalArgumentException(
                    "redis.prefix must have no spaces, quotes, parentheses, hashes or letters"
                            + " outside ASCII to stand in an ACL: " + prefix);
        }
    }

    /**
     * What fits a server that is asked.
     *
     * @param settings of one of the partitions
     * @throws LedgerException when it does not answer, or cannot serve this ledger
     */
    public static AclFile fitting(RedisSettings settings, List<String> prefixes, List<String> shared) {
        try (Connections connections = new Connections(settings)) {
            ServerFacts server = ServerFacts.probe(connections.of(Role.OPERATOR), settings.keys(), settings.engine());
            return new AclFile(
                    prefixes,
                    shared,
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
        List<String> lines = new ArrayList<>();
        for (Role role : Role.values()) {
            Optional<Login> login = Optional.ofNullable(logins.get(role));
            String user = login.map(Login::user).orElse("contextgraph-" + role.configName());
            String hash = login.map(Login::password)
                    .map(password -> Sha256.hex(password.getBytes(StandardCharsets.UTF_8)))
                    .orElse("<SHA-256 of its password>");
            lines.add("user " + user + " on #" + hash + " " + AclText.of(rules(role), before72));
        }
        return lines;
    }

    /** Those of all partitions are alike, but for the keys that they are about. */
    private List<Rule> rules(Role role) {
        List<List<Rule>> each = prefixes.stream()
                .map(prefix -> new AccessRules(new Keys(prefix), engine, generations, cluster).of(role))
                .toList();
        List<Rule> rules = new ArrayList<>();
        for (int i = 0; i < each.getFirst().size(); i++) {
            int at = i;
            Rule first = each.getFirst().get(i);
            List<String> patterns = each.stream()
                    .flatMap(one -> one.get(at).patterns().stream())
                    .distinct()
                    .toList();
            rules.add(new Rule(first.access(), patterns, first.commands()));
        }
        if (role == Role.OPERATOR && !shared.isEmpty()) {
            rules.add(AccessRules.both(shared, "GET KEY", "SET KEY v"));
        }
        return rules;
    }
}
