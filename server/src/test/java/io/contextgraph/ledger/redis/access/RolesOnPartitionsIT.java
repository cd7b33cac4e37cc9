// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventFeed.Consumer;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.TrimmedFixture;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.partition.RedisPartitions;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RedisServers;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The users of the roles, of which each works on all partitions of a ledger. */
class RolesOnPartitionsIT {
    private static final int PARTITIONS = 3;

    @SuppressWarnings("NullAway.Init")
    private static RoleServer server;

    @BeforeAll
    static void start() {
        server = RoleServer.start(RedisServers.installed(8).orElseThrow(), List.of(), Engine.SORTED_SET);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static RedisSettings users(String prefix, int partitions, List<String> shared) {
        return server.users(
                prefix,
                new AclFile(
                                RedisPartitions.prefixes(prefix, partitions),
                                shared,
                                Engine.SORTED_SET,
                                Set.of(),
                                false,
                                false)
                        .lines(server.logins()));
    }

    @Test
    void theirRightsAreEnoughForTheirWork() {
        RedisSettings settings = users("roles:", PARTITIONS, RedisPartitions.shared("roles:"));
        for (RedisSettings partition : RedisPartitions.of(settings, List.of(), PARTITIONS)) {
            try (RedisLedger ledger = RedisLedger.connect(partition)) {
                List<Append> events = LongStream.rangeClosed(1, 20)
                        .mapToObj(i -> Append.of(Events.full(i, "session-" + i % 2)))
                        .toList();
                assertThat(ledger.log().append(events, Durability.FSYNC).outcomes())
                        .allMatch(AppendOutcome.Appended.class::isInstance);
                try (Consumer consumer = ledger.feed("group").open("one")) {
                    assertThat(consumer.poll(100, Duration.ZERO)).hasSize(20);
                }
                TrimmedFixture.trim(ledger.trimming());
                assertThat(ledger.access().accounts())
                        .allMatch(account ->
                                account.missing().isEmpty() && account.excess().isEmpty());
            }
        }
    }

    @Test
    void whatIsOfNoPartitionNeedsARightOfItsOwn() {
        RedisSettings settings = users("forgotten:", PARTITIONS, List.of());
        assertThatThrownBy(() -> RedisPartitions.of(settings, List.of(), PARTITIONS))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("NOPERM");
    }
}
