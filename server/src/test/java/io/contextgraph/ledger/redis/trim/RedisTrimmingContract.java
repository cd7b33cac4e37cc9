// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.trim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.redis.RedisFixture;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Noticed;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.search.EventReader;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.ledger.trim.SecondLock;
import io.contextgraph.ledger.trim.TrimRule;
import io.contextgraph.ledger.trim.Trimming;
import io.contextgraph.ledger.trim.TrimmingContract;
import io.contextgraph.testing.Events;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.resps.StreamEntry;

/** Trimming in a real Redis, whose clock the test sets. */
abstract class RedisTrimmingContract extends TrimmingContract {
    static final Instant NOW = Instant.parse("2030-03-20T12:00:00Z");
    private static final TrimRule ALL = new TrimRule(Instant.parse("9000-01-01T00:00:00Z"), Set.of());

    private final Engine engine;

    @SuppressWarnings("NullAway.Init")
    private Redis redis;

    @SuppressWarnings("NullAway.Init")
    private Jedis jedis;

    @SuppressWarnings("NullAway.Init")
    private Keys keys;

    RedisTrimmingContract(Engine engine) {
        this.engine = engine;
    }

    abstract URI url();

    @Override
    protected final PartitionFixture fresh() {
        return RedisFixture.fresh(url(), engine);
    }

    @BeforeEach
    final void connect() {
        RedisFixture fixture = (RedisFixture) ledger;
        redis = new Redis(fixture.settings());
        jedis = new Jedis(url());
        keys = new Keys(fixture.settings().prefix());
    }

    @AfterEach
    final void disconnect() {
        jedis.close();
        redis.close();
    }

    @Override
    protected final Trimming at(Instant now) {
        return at(now, TrimScript.GUARD);
    }

    /** With another guard. */
    final Trimming at(Instant now, String guard) {
        EventReader reader = new EventReader(redis, keys, engine, new Noticed());
        return new RedisTrimming(redis, redis, keys, engine, reader, "local now = " + now.toEpochMilli(), guard);
    }

    final Jedis jedis() {
        return jedis;
    }

    final Keys keys() {
        return keys;
    }

    final SecondLock tried(String way, int entries) {
        return new AckedProbe(redis, keys).tried(way, entries);
    }

    @Test
    void whatIsTriedLeavesNothingBehind() {
        SecondLock ignored = ledger.trimming().secondLock();
        assertThat(jedis.keys(Keys.glob(keys.probe()))).isEmpty();
    }

    final Fence fence() {
        return at(NOW).lease().take("one", Duration.ofMinutes(1)).orElseThrow();
    }

    private void leave(StreamEntryID id, Map<String, String> fields) {
        assertThat(jedis.xadd(keys.global(), id, fields)).isEqualTo(id);
    }

    @Test
    void entriesLeaveBothStreamsAndAStreamOfWhichNothingIsLeftGoes() {
        RecordedEvent first = appended(Events.event(1, "a"));
        RecordedEvent second = appended(Events.event(2, "b"));
        RecordedEvent third = appended(Events.event(3, "a"));
        assertThat(at(NOW).step(fence(), ALL, 2).sessionStreams()).isEqualTo(1);
        assertThat(jedis.xlen(keys.global())).isEqualTo(1);
        assertThat(jedis.xlen(keys.stream(new SessionId("a")))).isEqualTo(1);
        assertThat(jedis.exists(keys.stream(new SessionId("b")))).isFalse();
        assertThat(jedis.hget(keys.ledger(), "trimmed")).isEqualTo("2:" + second.position());
        assertThat(all()).containsExactly(first, second, third);
    }

    /** Whatever it says of itself. */
    @Test
    void whatSomebodyElseHasLeftStopsNothing() {
        RecordedEvent first = appended(Events.event(1, "a"));
        RecordedEvent second = appended(Events.event(2, "a"));
        List<StreamEntry> entries = jedis.xrange(keys.global(), "-", "+");
        long removed = jedis.del(keys.global());
        assertThat(removed).isEqualTo(1);
        Map<String, String> copy = entries.getLast().getFields();
        leave(new StreamEntryID(1, 1), copy);
        leave(new StreamEntryID(1, 2), Map.of("seq", "1", "session_id", "__global__"));
        leave(entries.getFirst().getID(), entries.getFirst().getFields());
        leave(entries.getLast().getID(), copy);
        assertThat(at(NOW).step(fence(), ALL, 2).through()).isEqualTo(Head.EMPTY);
        Fence fence =
                at(NOW.plusSeconds(60)).lease().take("one", Duration.ofDays(1)).orElseThrow();
        assertThat(at(NOW.plusSeconds(60)).step(fence, ALL, 9).through().position())
                .isEqualTo(second.position());
        assertThat(jedis.xlen(keys.global())).isZero();
        assertThat(all()).containsExactly(first, second);
    }

    @Test
    void anEventWhoseEntryIsNotReadableIsTakenForWhatItsDocumentSays() {
        RecordedEvent first = appended(Events.event(1, "a"));
        long removed = jedis.del(keys.global());
        assertThat(removed).isEqualTo(1);
        StreamEntryID id = jedis.xadd(
                keys.global(),
                new StreamEntryID(first.position().millis(), first.position().sequence()),
                Map.of("foo", "bar"));
        assertThat(id.toString()).isEqualTo(first.position().toString());
        assertThat(at(NOW).step(fence(), ALL, 9).through().seq()).isEqualTo(1);
    }

    @Test
    void anEventThatHasLostItsEntryIsNamed() {
        RecordedEvent first = appended(Events.event(1, "a"));
        RecordedEvent second = appended(Events.event(2, "a"));
        assertThat(jedis.xdel(
                        keys.global(),
                        new StreamEntryID(
                                first.position().millis(), first.position().sequence())))
                .isEqualTo(1);
        assertThatThrownBy(() -> at(NOW).step(fence(), ALL, 9))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("seq 1 has no entry");
        assertThat(jedis.xlen(keys.global())).isEqualTo(1);
        assertThat(all()).isEqualTo(List.of(first, second));
    }

    @Test
    void whileTheLedgerIsMendedNothingIsTrimmed() {
        RecordedEvent ignored = appended(Events.event(1, "a"));
        Fence fence = fence();
        long set = jedis.hset(keys.ledger(), "mending", Long.toString(NOW.toEpochMilli() + 1));
        assertThat(set).isEqualTo(1);
        assertThatThrownBy(() -> at(NOW).step(fence, ALL, 9)).hasMessageContaining("being mended");
        assertThat(at(NOW.plusMillis(1)).step(fence, ALL, 9).entries()).isEqualTo(1);
    }
}
