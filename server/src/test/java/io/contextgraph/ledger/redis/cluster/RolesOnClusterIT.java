// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.config.Login;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome.Appended;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventFeed.Consumer;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.TrimmedFixture;
import io.contextgraph.ledger.mend.Examined;
import io.contextgraph.ledger.redis.LedgerAudit;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.access.AclFile;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.client.Role;
import io.contextgraph.ledger.redis.mend.RedisMender;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RedisCluster;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import io.contextgraph.testing.Skips;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** The users of the roles, each of which looks for the node that has the ledger. */
class RolesOnClusterIT {
    private static final Pattern SPACE = Pattern.compile(" ");

    @SuppressWarnings("NullAway.Init")
    private static RedisCluster cluster;

    private final Map<Role, Login> logins = new EnumMap<>(Role.class);

    RolesOnClusterIT() {
        for (Role role : Role.values()) {
            logins.put(
                    role,
                    new Login(
                            role.configName() + "-" + UUID.randomUUID(),
                            UUID.randomUUID().toString()));
        }
    }

    @BeforeAll
    static void start() {
        Skips.unless(RedisServers.installed(8).isPresent(), RolesOnClusterIT.class, "no Redis 8 is installed");
        cluster = RedisCluster.start(Duration.ofSeconds(15), List.of());
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    /** Nobody but the users of roles may do anything. */
    private RedisSettings users(String prefix, boolean ofCluster) {
        List<String> lines = new AclFile(prefix, Engine.SORTED_SET, Set.of(), false, ofCluster).lines(logins);
        for (RunningRedis node : cluster.nodes()) {
            try (Jedis admin = cluster.jedis(node)) {
                for (String line : lines) {
                    List<String> words = SPACE.splitAsStream(line).toList();
                    List<String> rights = new ArrayList<>(List.of("reset"));
                    rights.addAll(words.subList(2, words.size()));
                    String ignored = admin.aclSetUser(words.get(1), rights.toArray(String[]::new));
                }
            }
        }
        return RedisSettings.defaults(cluster.nodes().get(1).address())
                .withEngine(Engine.SORTED_SET)
                .withPrefix(prefix)
                .withLogins(logins)
                .withCluster(new ClusterSettings(true, List.of()));
    }

    @Test
    void theirRightsAreEnoughForTheirWork() {
        for (int n = 0; n < 3; n++) {
            RedisSettings settings = users("{roles" + n + "}:", true);
            try (RedisLedger ledger = RedisLedger.connect(settings)) {
                List<Append> events = LongStream.rangeClosed(1, 20)
                        .mapToObj(i -> Append.of(Events.full(i, "session-" + i % 2)))
                        .toList();
                assertThat(ledger.log().append(events, Durability.FSYNC).outcomes())
                        .allMatch(Appended.class::isInstance);
                assertThat(ledger.search().search(EventQuery.builder().build()).events())
                        .hasSize(20);
                try (Consumer consumer = ledger.feed("group").open("one")) {
                    assertThat(consumer.poll(100, Duration.ZERO)).hasSize(20);
                }
                TrimmedFixture.trim(ledger.trimming());
                assertThat(ledger.trimming().trimmed().seq()).isEqualTo(20);
                assertThat(ledger.access().accounts())
                        .allMatch(account -> account.missing().isEmpty());
            }
            List<String> damages = new ArrayList<>();
            try (RedisMender mender = RedisMender.open(settings)) {
                Examined ignored = mender.examine(damage -> damages.add(damage.toString()), looked -> {});
            }
            assertThat(damages).isEmpty();
        }
    }

    @Test
    void whatIsDamagedIsMended() {
        String prefix = "{damaged}:";
        RedisSettings all = ClusterLedgers.settings(cluster, prefix, Engine.SORTED_SET);
        List<Append> events = LongStream.rangeClosed(1, 200)
                .mapToObj(i -> Append.of(Events.full(i, "session-" + i % 2)))
                .toList();
        try (RedisLedger ledger = RedisLedger.connect(all)) {
            assertThat(ledger.log().append(events, Durability.MEMORY).outcomes())
                    .allMatch(Appended.class::isInstance);
        }
        Keys keys = new Keys(prefix);
        try (Jedis jedis = cluster.jedis(cluster.owner(prefix))) {
            assertThat(jedis.unlink(keys.session(new SessionId("session-1")), keys.ids(0), keys.all()))
                    .isEqualTo(3);
            assertThat(jedis.unlink(keys.global())).isEqualTo(1);
        }
        List<String> damages = new ArrayList<>();
        try (RedisMender mender = RedisMender.open(users(prefix, true))) {
            Examined ignored = mender.mend(damage -> damages.add(damage.toString()), looked -> {});
        }
        assertThat(damages).isNotEmpty();
        assertThat(LedgerAudit.assertWhole(all).seq()).isEqualTo(200);
    }

    @Test
    void withoutTheRightToAskNobodyFindsTheLedger() {
        RedisSettings settings = users("{unasked}:", false);
        assertThatThrownBy(() -> RedisLedger.connect(settings))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("does not tell which node of the cluster has the ledger")
                .hasMessageContaining("cluster|shards");
    }
}
