// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.EventId;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.Failure;
import io.contextgraph.ledger.ParkedEntry;
import io.contextgraph.ledger.redis.RedisFixture;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.partition.RedisPartitions;
import io.contextgraph.ledger.router.PartitionedFixture;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RedisServers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.XAddParams;

class ParkedPlaceIT {
    private static final Pseudonym ONE = Pseudonym.of(Events.pseudonym(1).value());

    @Test
    void envelopesStayAndAnythingElseGoes() {
        try (RedisFixture ledger = RedisFixture.fresh(RedisServers.seven(), Engine.SORTED_SET);
                EventFeed.Consumer consumer = ledger.feed("projection").open("one");
                Jedis jedis = new Jedis(RedisServers.seven())) {
            List<Append> appends =
                    List.of(Append.of(Events.about(1, "s", 1, 1)), Append.of(Events.about(2, "s", 2, 1)));
            assertThat(ledger.log().append(appends, Durability.MEMORY).outcomes())
                    .hasSize(2);
            for (Delivery delivery : consumer.poll(2, Duration.ZERO)) {
                assertThat(consumer.park(delivery, new Failure("refused", Instant.EPOCH, 1)))
                        .isTrue();
            }
            putPlain(jedis, ledger);
            assertThat(ledger.parking().list(Optional.empty(), 10)).hasSize(3);

            ParkedPlace place = new ParkedPlace(ledger.parking());
            Sweep sweep = place.sweep(List.of(ONE));

            assertThat(sweep.found()).isEqualTo(2);
            assertThat(sweep.remains()).isEmpty();
            assertThat(ledger.parking().list(Optional.empty(), 10))
                    .extracting(ParkedEntry::eventId)
                    .containsExactly(Optional.of(Events.id(1)), Optional.<EventId>of(Events.id(2)));
            assertThat(place.sweep(List.of(ONE)).found()).isEqualTo(1);
        }
    }

    /** What somebody has put there who went round the product. */
    private static void putPlain(Jedis jedis, RedisFixture ledger) {
        String parked = new Keys(ledger.settings().prefix()).parked();
        assertThat(jedis.xadd(
                        parked,
                        Map.of(
                                "group", "projection",
                                "position", "1-1",
                                "event_id", "",
                                "reason", "not readable",
                                "first_failure", "2026-03-01T12:00:00Z",
                                "attempts", "1",
                                "entry.data_subject_id", ONE.toString(),
                                "entry.payload", "marked value of a person"),
                        XAddParams.xAddParams()))
                .isNotNull();
    }

    @Test
    void everyPartitionIsSwept() {
        List<RedisSettings> all = RedisPartitions.of(
                RedisSettings.defaults(RedisServers.seven())
                        .withEngine(Engine.SORTED_SET)
                        .withPrefix("test-" + UUID.randomUUID() + ":"),
                List.of(),
                3);
        try (PartitionedFixture ledger = PartitionedFixture.of(3, n -> RedisFixture.connect(all.get(n)));
                Jedis jedis = new Jedis(RedisServers.seven())) {
            ledger.parts().forEach(part -> putPlain(jedis, (RedisFixture) part));
            assertThat(ledger.parking().list(Optional.empty(), 10)).hasSize(3);
            assertThat(new ParkedPlace(ledger.parking()).sweep(List.of(ONE)).found())
                    .isEqualTo(3);
            assertThat(ledger.parking().list(Optional.empty(), 10)).isEmpty();
        }
    }
}
