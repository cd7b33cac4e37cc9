// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.util.KeyValue;

/** What is made of a server that tells less than others. */
class ServerFactsTest {
    private static final Map<String, String> INFO = Map.ofEntries(
            Map.entry("redis_version", "8.6.6"),
            Map.entry("role", "master"),
            Map.entry("aof_enabled", "1"),
            Map.entry("aof_last_write_status", "ok"),
            Map.entry("aof_last_bgrewrite_status", "ok"),
            Map.entry("rdb_last_bgsave_status", "ok"),
            Map.entry("connected_slaves", "0"),
            Map.entry("used_memory", "10"),
            Map.entry("maxmemory", "100"),
            Map.entry("maxmemory_policy", "noeviction"));

    private static final Map<String, String> SETTINGS = Map.of(
            "appendfsync", "always",
            "aof-load-truncated", "no",
            "aof-use-rdb-preamble", "yes",
            "no-appendfsync-on-rewrite", "no",
            "save", "3600 1",
            "stop-writes-on-bgsave-error", "yes");

    private static final AppenderView SEES_ALL = new AppenderView(Optional.empty(), Optional.of(true), Set.of());

    private static KnownCommands all(OptionalLong firstSearchKey) {
        return new KnownCommands(true, true, true, firstSearchKey);
    }

    private static ServerFacts facts(Map<String, String> info, Map<String, String> settings) {
        return ServerFacts.of(Engine.SORTED_SET, all(OptionalLong.of(0)), info, settings);
    }

    private static Map<String, String> without(Map<String, String> all, String... names) {
        Map<String, String> rest = new HashMap<>(all);
        List.of(names).forEach(rest::remove);
        return rest;
    }

    private static Set<Unseen> unseen(String... hidden) {
        return facts(without(INFO, hidden), SETTINGS).unseen();
    }

    @Test
    void whatIsMissingIsUnseen() {
        assertThat(facts(INFO, SETTINGS).unseen()).isEmpty();
        assertThat(unseen("redis_version")).containsExactly(Unseen.VERSION);
        assertThat(unseen("role")).containsExactly(Unseen.ROLE);
        assertThat(unseen("aof_enabled")).containsExactly(Unseen.APPEND_ONLY);
        for (String status : List.of("aof_last_write_status", "aof_last_bgrewrite_status", "rdb_last_bgsave_status")) {
            assertThat(unseen(status)).containsExactly(Unseen.FILES);
        }
        assertThat(unseen("connected_slaves")).containsExactly(Unseen.REPLICAS);
        assertThat(unseen("used_memory")).containsExactly(Unseen.MEMORY);
        assertThat(unseen("maxmemory")).containsExactly(Unseen.MEMORY);
        assertThat(unseen("maxmemory_policy")).containsExactly(Unseen.EVICTION);
        assertThat(facts(INFO, Map.of()).unseen()).isEqualTo(EnumSet.of(Unseen.APPENDFSYNC, Unseen.SETTINGS));
        assertThat(facts(INFO, without(SETTINGS, "save")).unseen()).containsExactly(Unseen.SETTINGS);
    }

    @Test
    void aNumberThatIsNoneIsNotShown() {
        Map<String, String> odd = new HashMap<>(INFO);
        odd.put("maxmemory", "unlimited");
        assertThat(facts(odd, SETTINGS).number("maxmemory")).isEmpty();
        assertThat(facts(odd, SETTINGS).unseen()).containsExactly(Unseen.MEMORY);
    }

    /** Nobody can tell whether it is one that confirms too early. */
    @Test
    void aReleaseThatIsNotKnownConfirmsNothingUnlessItSyncsAlways() {
        Map<String, String> hidden = without(INFO, "redis_version");
        assertThat(facts(hidden, SETTINGS).canWaitForDisk()).isTrue();
        assertThat(facts(hidden, Map.of()).canWaitForDisk()).isFalse();
        assertThat(facts(INFO, Map.of()).canWaitForDisk()).isTrue();
    }

    @Test
    void theAppenderTellsOfTheFileThatInfoHides() {
        ServerFacts hidden = facts(without(INFO, "aof_enabled"), SETTINGS);
        assertThat(hidden.canWaitForDisk()).isFalse();
        assertThat(hidden.with(SEES_ALL).canWaitForDisk()).isTrue();
        assertThat(hidden.with(SEES_ALL).unseen()).isEmpty();
        ServerFacts off = hidden.with(new AppenderView(Optional.empty(), Optional.of(false), Set.of()));
        assertThat(off.canWaitForDisk()).isFalse();
        assertThat(off.unseen()).isEmpty();
        // What the server says now counts more than what was so when the ledger was opened.
        Map<String, String> switchedOff = new HashMap<>(INFO);
        switchedOff.put("aof_enabled", "0");
        assertThat(facts(switchedOff, SETTINGS).with(SEES_ALL).appendOnly()).isFalse();
    }

    @Test
    void whatTheAppenderMayNotDoIsNotOffered() {
        for (WaitAof not : List.of(WaitAof.REFUSED, WaitAof.UNFOLLOWED)) {
            ServerFacts server =
                    facts(INFO, SETTINGS).with(new AppenderView(Optional.of(not), Optional.empty(), Set.of()));
            assertThat(server.waitAof()).isEqualTo(not);
            assertThat(server.canWaitForDisk()).isFalse();
        }
    }

    @Test
    void theGenerationOfSearchIsToldByItsKeysThenByItsNumberThenByTheRelease() {
        Release eight = new Release(Release.Product.REDIS, "8.2.3");
        assertThat(generation(OptionalLong.of(1), eight, Map.of("module_search", "80200")))
                .isEqualTo(SearchGeneration.TWO);
        assertThat(generation(OptionalLong.empty(), eight, Map.of("module_search", "21005")))
                .isEqualTo(SearchGeneration.TWO);
        assertThat(generation(OptionalLong.empty(), eight, Map.of("module_search", "80200")))
                .isEqualTo(SearchGeneration.EIGHT);
        assertThat(generation(OptionalLong.empty(), eight, Map.of())).isEqualTo(SearchGeneration.EIGHT);
        assertThat(generation(OptionalLong.empty(), new Release(Release.Product.REDIS, "7.4.2"), Map.of()))
                .isEqualTo(SearchGeneration.TWO);
    }

    private static SearchGeneration generation(OptionalLong firstKey, Release release, Map<String, String> info) {
        return all(firstKey).search(release, info).orElseThrow().generation();
    }

    @Test
    void aGreetingTellsWhatInfoHides() {
        assertThat(Greeting.fields(Map.of(
                        "server",
                        "redis",
                        "version",
                        "8.2.3",
                        "role",
                        "replica",
                        "modules",
                        List.of(List.of(new KeyValue<>("name", "search"), new KeyValue<>("ver", 21005L))))))
                .isEqualTo(Map.of("redis_version", "8.2.3", "role", "slave", "module_search", "21005"));
        assertThat(Greeting.fields(Map.of("server", "valkey", "version", "8.1.3", "role", "master")))
                .isEqualTo(Map.of("server_name", "valkey", "valkey_version", "8.1.3", "role", "master"));
        assertThat(Greeting.fields(Map.of())).isEmpty();
    }
}
