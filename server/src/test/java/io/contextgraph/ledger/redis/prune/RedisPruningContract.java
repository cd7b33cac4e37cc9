// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.prune;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.EventQuery;
import io.contextgraph.event.Original;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.ExpectedSessionSeq;
import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.TrimmedFixture;
import io.contextgraph.ledger.prune.Pruned;
import io.contextgraph.ledger.prune.PruningContract;
import io.contextgraph.ledger.prune.Prunings;
import io.contextgraph.ledger.redis.RedisFixture;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.testing.Events;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;

/** Pruning in a real Redis: what is left there. */
abstract class RedisPruningContract extends PruningContract {
    private final Engine engine;

    @SuppressWarnings("NullAway.Init")
    private Jedis jedis;

    @SuppressWarnings("NullAway.Init")
    private Keys keys;

    RedisPruningContract(Engine engine) {
        this.engine = engine;
    }

    abstract URI url();

    @Override
    protected final PartitionFixture fresh() {
        return RedisFixture.fresh(url(), engine);
    }

    @BeforeEach
    final void connect() {
        jedis = new Jedis(url());
        keys = new Keys(((RedisFixture) ledger).settings().prefix());
    }

    @AfterEach
    final void disconnect() {
        jedis.close();
    }

    private Set<String> keyNames() {
        return new TreeSet<>(jedis.keys(Keys.glob(keys.prefix() + "*")));
    }

    private Pruned prune(List<RecordedEvent> events, long firstSeq) {
        TrimmedFixture.trim(ledger.trimming());
        Fence fence =
                ledger.trimming().lease().take("one", Duration.ofMinutes(1)).orElseThrow();
        Pruned pruned = Prunings.prune(ledger.pruning(), fence, events, firstSeq);
        ledger.trimming().lease().release(fence);
        return pruned;
    }

    @Test
    void ofWhatIsGoneOnlyTheMemoryIsLeft() {
        Original original = new Original(new Position(1000, 0), 7, 1, Instant.ofEpochMilli(1000), Optional.empty());
        var ignored = ledger.log()
                .append(
                        LongStream.rangeClosed(1, 20)
                                .mapToObj(n -> new Append(
                                        Events.full(n, n > 18 ? "stays" : "goes-" + n % 3),
                                        ExpectedSessionSeq.ANY,
                                        n % 2 == 0 ? Optional.of(original) : Optional.empty()))
                                .toList(),
                        Durability.MEMORY);
        List<RecordedEvent> events = all();
        prune(events.subList(0, 18), 19);
        Set<String> left = keyNames();
        assertThat(left)
                .noneMatch(name -> events.subList(0, 18).stream()
                        .anyMatch(event -> name.contains(event.event().id().toString())));
        assertThat(jedis.zcard(keys.gone())).isEqualTo(18);
        assertThat(jedis.hlen(keys.originals())).isEqualTo(1);
        assertThat(jedis.hget(keys.ledger(), "originals")).isEqualTo("1");
        assertThat(jedis.hget(keys.ledger(), "first_seq")).isEqualTo("19");
        assertThat(jedis.hkeys(keys.session(new SessionId("goes-1"))))
                .containsExactlyInAnyOrder(
                        "count", "first_at", "last_at", "last_event", "status", "first_seq", "pruned", "tally");
        byte[] page = jedis.get(Keys.bytes(keys.ids(0)));
        for (int i = 0; i < 18 * Keys.ID_BYTES; i++) {
            assertThat(page[i]).isZero();
        }
        if (engine == Engine.SORTED_SET) {
            assertThat(left.stream()
                            .filter(name -> name.startsWith(keys.prefix() + "by:"))
                            .allMatch(name -> jedis.zcard(name) <= 2))
                    .isTrue();
            assertThat(jedis.zcard(keys.all())).isEqualTo(2);
        }
        assertThat(all()).isEqualTo(events.subList(18, 20));
    }

    @Test
    void aPageOfIdsGoesWhenAllOfItsEventsAreGone() {
        int count = 2 * Keys.IDS_PER_PAGE + 10;
        append(LongStream.rangeClosed(1, count)
                .mapToObj(n -> Events.event(n, "s-" + n % 50))
                .toList());
        List<RecordedEvent> events = all();
        List<RecordedEvent> second = events.subList(Keys.IDS_PER_PAGE, 2 * Keys.IDS_PER_PAGE);
        prune(second, 1);
        assertThat(jedis.exists(keys.ids(0))).isTrue();
        assertThat(jedis.exists(keys.ids(1))).isFalse();
        assertThat(jedis.exists(keys.ids(2))).isTrue();
        List<RecordedEvent> left = new ArrayList<>(events);
        left.removeAll(Set.copyOf(second));
        assertThat(all()).isEqualTo(left);
        assertThat(ledger.order().read(Keys.IDS_PER_PAGE - 2, 5)).isEqualTo(left.subList(3998, 4003));
        var page = ledger.search()
                .search(EventQuery.builder()
                        .order(EventQuery.Order.POSITION_DESC)
                        .limit(15)
                        .build());
        assertThat(page.events()).isEqualTo(left.reversed().subList(0, 15));
        var next = ledger.search()
                .search(EventQuery.builder()
                        .order(EventQuery.Order.POSITION_DESC)
                        .limit(15)
                        .cursor(page.next().orElseThrow())
                        .build());
        assertThat(next.events()).isEqualTo(left.reversed().subList(15, 30));
        RecordedEvent more = appended(Events.event(count + 1, "more"));
        assertThat(more.seq()).isEqualTo(count + 1);
        assertThat(ledger.log().find(Events.id(5)).found()).isPresent();
        assertThat(ledger.log().find(Events.id(count + 77)).found()).isEmpty();
    }
}
