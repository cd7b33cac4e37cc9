// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.LedgerContracts;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerFixture;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.ledger.redis.RedisFixture;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.LedgerHeader;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Three plain Redis servers, each with a partition, are held to what every ledger must do. */
class PartitionedOnThreeServersIT extends LedgerContracts {
    private static final List<RunningRedis> SERVERS = new ArrayList<>();

    @BeforeAll
    static void start() {
        Stream.generate(() -> RunningRedis.start(RedisServers.installed(8).orElseThrow(), List.of()))
                .limit(3)
                .forEach(SERVERS::add);
    }

    @AfterAll
    static void stop() {
        SERVERS.forEach(RunningRedis::close);
        SERVERS.clear();
    }

    @Override
    protected LedgerFixture empty() {
        UUID ledger = UUID.randomUUID();
        return PartitionedFixture.of(
                SERVERS.size(),
                n -> RedisFixture.connect(RedisSettings.defaults(SERVERS.get(n).url())
                        .withEngine(Engine.SORTED_SET)
                        .withPrefix("{" + ledger + "}")
                        .withShare(new LedgerHeader.Share(n, SERVERS.size(), Optional.of(ledger)))));
    }

    /** Each has the id of the ledger, and says which part of it it is; another part is not served. */
    @Test
    void eachServerSaysWhichPartOfWhichLedgerItHas() {
        UUID id = UUID.randomUUID();
        RedisSettings settings =
                RedisSettings.defaults(SERVERS.getFirst().url()).withPrefix("{" + id + "}");
        RedisSettings second = settings.withShare(new LedgerHeader.Share(1, 3, Optional.of(id)));
        try (RedisLedger part = RedisLedger.connect(second)) {
            assertThat(part.log()
                            .append(List.of(Append.of(Events.event(1, "s"))), Durability.MEMORY)
                            .outcomes())
                    .hasOnlyElementsOfType(AppendOutcome.Appended.class);
            LedgerIdentity identity = part.epochs().now().identity();
            assertThat(identity.id()).contains(id.toString());
            assertThat(identity.partition()).isEqualTo(1);
        }
        for (LedgerHeader.Share other : List.of(
                LedgerHeader.Share.WHOLE,
                new LedgerHeader.Share(0, 3, Optional.of(id)),
                new LedgerHeader.Share(1, 4, Optional.of(id)))) {
            assertThatThrownBy(() -> RedisLedger.connect(settings.withShare(other)))
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining("the ledger there is partition 1 of 3, not " + other.partition() + " of ");
        }
        RedisFixture whole = RedisFixture.connect(second);
        assertThat(whole.damages()).isEmpty();
        whole.close();
    }
}
