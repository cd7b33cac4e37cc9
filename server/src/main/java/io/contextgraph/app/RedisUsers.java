// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.cli.workspace.Surroundings;
import io.contextgraph.config.Login;
import io.contextgraph.config.Settings;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.redis.access.AclFile;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.client.Role;
import io.contextgraph.ledger.redis.client.SearchGeneration;
import io.contextgraph.ledger.redis.cluster.ClusterSettings;
import io.contextgraph.ledger.redis.partition.PartitionSettings;
import io.contextgraph.ledger.redis.partition.RedisPartitions;
import java.net.URI;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The users that a deployment has in Redis, from its settings and what its Redis says. */
public final class RedisUsers implements Surroundings.RedisUsers {
    @Override
    public Set<String> roles() {
        return RedisSettings.LOGINS.keySet().stream().map(Role::configName).collect(Collectors.toSet());
    }

    @Override
    public Map<String, Login> logins(Settings settings) {
        return RedisSettings.logins(settings).entrySet().stream()
                .collect(Collectors.toMap(login -> login.getKey().configName(), Map.Entry::getValue));
    }

    private static Map<Role, Login> byRole(Map<String, Login> logins) {
        Map<Role, Login> byRole = new EnumMap<>(Role.class);
        for (Role role : Role.values()) {
            Optional.ofNullable(logins.get(role.configName())).ifPresent(login -> byRole.put(role, login));
        }
        return byRole;
    }

    /** The lines that Redis reads; where neither settings nor server tell the engine they are those of {@code search}. */
    @Override
    public Acl acl(Settings settings, Map<String, Login> logins, Optional<String> search, boolean before72) {
        if (search.isPresent() || settings.get(RedisSettings.URL).isEmpty()) {
            return acl(unasked(settings, search, before72), logins, "these users fit ");
        }
        List<String> prefixes = prefixes(settings);
        RedisSettings redis = RedisSettings.from(
                settings, URI.create(settings.get(RedisSettings.URL).orElseThrow()));
        try {
            AclFile found = AclFile.fitting(redis.withPrefix(prefixes.getFirst()), prefixes, shared(settings));
            AclFile file = new AclFile(
                    found.prefixes(),
                    found.shared(),
                    found.engine(),
                    found.generations(),
                    before72 || found.before72(),
                    found.cluster());
            return acl(file, logins, "these users fit Redis at " + redis.address() + ": ");
        } catch (LedgerException unanswered) {
            return acl(
                    unasked(settings, search, before72),
                    logins,
                    "Redis at " + redis.address() + " could not be asked (" + unanswered.getMessage()
                            + "): these users fit ");
        }
    }

    private static AclFile unasked(Settings settings, Optional<String> search, boolean before72) {
        Set<SearchGeneration> generations =
                search.flatMap(SearchGeneration::parse).map(Set::of).orElse(EnumSet.allOf(SearchGeneration.class));
        return new AclFile(
                prefixes(settings),
                shared(settings),
                settings.get(RedisSettings.ENGINE).orElse(Engine.SEARCH),
                generations,
                before72,
                ClusterSettings.from(settings).on());
    }

    private static List<String> prefixes(Settings settings) {
        String prefix = settings.get(RedisSettings.PREFIX);
        int partitions = settings.get(PartitionSettings.PARTITIONS);
        return partitions == 1 ? List.of(prefix) : RedisPartitions.prefixes(prefix, partitions);
    }

    private static List<String> shared(Settings settings) {
        return settings.get(PartitionSettings.PARTITIONS) == 1
                ? List.of()
                : RedisPartitions.shared(settings.get(RedisSettings.PREFIX));
    }

    private static Acl acl(AclFile file, Map<String, Login> logins, String beginning) {
        String engine = "engine " + file.engine().configName();
        String generations = file.generations().stream()
                .sorted()
                .map(generation -> "Search " + generation.configName())
                .collect(Collectors.joining(" and "));
        return new Acl(
                file.lines(byRole(logins)),
                beginning + engine + (file.engine() == Engine.SEARCH ? " of " + generations : ""));
    }
}
