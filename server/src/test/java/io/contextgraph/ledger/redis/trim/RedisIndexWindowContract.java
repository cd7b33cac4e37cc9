// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.trim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.EventQuery;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.ColdFixture;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.redis.RedisFixture;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.ledger.trim.IndexWindow;
import io.contextgraph.ledger.trim.IndexWindowContract;
import io.contextgraph.testing.Events;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.json.JsonProtocol;

/** The window of an index in a real Redis. */
abstract class RedisIndexWindowContract extends IndexWindowContract {
    private final Engine engine;

    @SuppressWarnings("NullAway.Init")
    Jedis jedis;

    @SuppressWarnings("NullAway.Init")
    Keys keys;

    RedisIndexWindowContract(Engine engine) {
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

    private List<RecordedEvent> three() {
        append(List.of(Events.full(1, "a"), Events.full(2, "b"), Events.full(3, "a")));
        return all();
    }

    private List<RecordedEvent> search(EventQuery.Builder query) {
        return ledger.search().search(query.build()).events();
    }

    private long indexed() {
        return ledger.tiers().sizes().index().count().orElseThrow();
    }

    private String text(RecordedEvent event) {
        String key = keys.document(event.event().id());
        return engine == Engine.SORTED_SET
                ? jedis.get(key)
                : Keys.text((byte[]) jedis.sendCommand(JsonProtocol.JsonCommand.GET, key));
    }

    @Test
    void aColdEventKeepsItsDocumentAndIsListedBesideItsSession() {
        List<RecordedEvent> events = three();
        String before = text(events.getFirst());
        ColdFixture.cool(ledger.trimming(), 3);
        assertThat(jedis.hget(keys.ledger(), "unindexed"))
                .isEqualTo("3:" + events.getLast().position());
        assertThat(indexed()).isZero();
        assertThat(text(events.getFirst()))
                .isEqualTo(
                        engine == Engine.SORTED_SET
                                ? before
                                : before.replaceFirst("\"event_id\":\"[^\"]*\"", "\"cold\":1"));
        ByteBuffer kept = ByteBuffer.wrap(jedis.get(Keys.bytes(keys.cold(new SessionId("a")))));
        List<Long> numbers = new ArrayList<>();
        while (kept.hasRemaining()) {
            numbers.add(kept.getLong());
        }
        long first = Events.BASE.plusSeconds(1).toEpochMilli();
        long last = Events.BASE.plusSeconds(3).toEpochMilli();
        assertThat(numbers).containsExactly(first, last, 1L, first, 3L, last);
        if (engine == Engine.SORTED_SET) {
            assertThat(jedis.keys(keys.prefix() + "by:*")).isEmpty();
        }
    }

    @Test
    void whatCameBackLeavesNoTrace() {
        List<RecordedEvent> events = three();
        List<String> before = events.stream().map(this::text).toList();
        ColdFixture.cool(ledger.trimming(), 3);
        Fence fence =
                ledger.trimming().lease().take("one", Duration.ofMinutes(1)).orElseThrow();
        assertThat(ledger.trimming().index().widen(fence, 9).more()).isFalse();
        assertThat(events.stream().map(this::text).toList()).isEqualTo(before);
        assertThat(indexed()).isEqualTo(3);
        assertThat(jedis.keys(keys.prefix() + "cold:*")).isEmpty();
    }

    /** It is made again by bringing everything back. */
    @Test
    void aSessionWhoseColdEventsAreListedNowhereIsRefused() {
        List<RecordedEvent> events = three();
        ColdFixture.cool(ledger.trimming(), 2);
        long deleted = jedis.del(keys.cold(new SessionId("a")));
        assertThat(deleted).isEqualTo(1);
        EventQuery.Builder session = EventQuery.builder().sessionId(new SessionId("a"));
        for (EventQuery.Order order : EventQuery.Order.values()) {
            assertThatThrownBy(() -> search(session.order(order)))
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining(engine == Engine.SEARCH ? "retention.cold-index" : "1 of 2 events");
        }
        IndexWindow window = ledger.trimming().index();
        Fence fence =
                ledger.trimming().lease().take("one", Duration.ofMinutes(1)).orElseThrow();
        assertThat(window.widen(fence, 9).events()).isEqualTo(2);
        assertThat(window.narrow(fence, 2).events()).isEqualTo(2);
        assertThat(search(session.order(EventQuery.Order.TIME_ASC))).containsExactly(events.get(0), events.get(2));
    }

    @Test
    void aListThatLacksEventsInBetweenIsRefused() {
        append(List.of(Events.event(1, "a"), Events.event(2, "a"), Events.event(3, "a")));
        ColdFixture.cool(ledger.trimming(), 3);
        byte[] key = Keys.bytes(keys.cold(new SessionId("a")));
        long ignored = jedis.setrange(key, 32, new byte[16]);
        assertThatThrownBy(() -> search(EventQuery.builder().sessionId(new SessionId("a"))))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("damaged");
    }

    @Test
    void whileTheLedgerIsMendedNothingLeavesTheIndex() {
        List<RecordedEvent> ignored = three();
        ColdFixture.cool(ledger.trimming(), 1);
        long set = jedis.hset(keys.ledger(), "mending", Long.toString(System.currentTimeMillis() + 60_000));
        assertThat(set).isEqualTo(1);
        Fence fence =
                ledger.trimming().lease().take("one", Duration.ofMinutes(1)).orElseThrow();
        IndexWindow window = ledger.trimming().index();
        assertThatThrownBy(() -> window.narrow(fence, 9)).hasMessageContaining("being mended");
        assertThatThrownBy(() -> window.widen(fence, 9)).hasMessageContaining("being mended");
        assertThat(window.unindexed().seq()).isEqualTo(1);
    }

    @Test
    void anIndexThatLacksWhatItShouldHaveAnswersNothing() {
        List<RecordedEvent> events = three();
        ColdFixture.cool(ledger.trimming(), 1);
        EventQuery.Builder agent = EventQuery.builder().agentId("agent-1");
        assertThat(search(agent)).containsExactly(events.get(1), events.get(2));
        if (engine == Engine.SEARCH) {
            long deleted = jedis.del(keys.document(Events.id(2)));
            assertThat(deleted).isEqualTo(1);
        } else {
            List<byte[]> members = jedis.zrange(Keys.bytes(keys.all()), 0, 0);
            long removed = jedis.zrem(Keys.bytes(keys.all()), members.getFirst());
            assertThat(removed).isEqualTo(1);
        }
        assertThatThrownBy(() -> search(EventQuery.builder()))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("1 of 2 events");
    }
}
