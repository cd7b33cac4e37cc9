// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Event;
import io.contextgraph.event.Original;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.IndexedField;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.client.Ref;
import io.contextgraph.testing.Events;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamEntryID;

/** An audit must see every kind of damage, and none where there is none. */
abstract class LedgerAuditContract {
    private static final int EVENTS = 40;
    private static final Map<String, String> JUNK = Map.of("a", "b");

    private final RedisSettings settings;
    private final Engine engine;
    private final Keys keys;

    @SuppressWarnings("NullAway.Init")
    private Jedis jedis;

    LedgerAuditContract(URI url, Engine engine) {
        this.engine = engine;
        this.settings = RedisSettings.defaults(url).withEngine(engine).withPrefix("audit-" + UUID.randomUUID() + ":");
        this.keys = new Keys(settings.prefix());
    }

    @BeforeEach
    final void open() {
        jedis = new Jedis(settings.url());
    }

    @AfterEach
    final void close() {
        empty();
        jedis.close();
    }

    private void empty() {
        for (String name : jedis.keys(keys.prefix() + "*")) {
            jedis.del(name);
        }
    }

    private List<RecordedEvent> write() {
        try (RedisLedger ledger = RedisLedger.connect(settings)) {
            List<Event> events = new ArrayList<>(Events.mixed(EVENTS - 1));
            events.add(Events.full(EVENTS, "session-0"));
            Original original = new Original(
                    new Position(5, 0),
                    2,
                    1,
                    Events.BASE,
                    Optional.of(new Original.Source(UUID.fromString("01234567-0123-4123-8123-0123456789ab"), 0, 2)));
            List<Append> appends = events.stream()
                    .map(event -> Append.imported(
                            event,
                            Optional.of(original).filter(o -> event.payload().isPresent())))
                    .toList();
            assertThat(ledger.log().append(appends, Durability.MEMORY).outcomes())
                    .hasSize(EVENTS);
            return ledger.order().read(0, EVENTS);
        }
    }

    @Test
    void aWholeLedgerHasNoFault() {
        assertThat(LedgerAudit.faults(settings)).isEmpty();
        List<RecordedEvent> events = write();
        List<RecordedEvent> seen = new ArrayList<>();
        assertThat(LedgerAudit.assertWhole(settings, seen::add).seq()).isEqualTo(EVENTS);
        assertThat(seen).isEqualTo(events);
        assertThat(jedis.xinfoGroups(keys.global())).isEmpty();
    }

    /** Damages a ledger at an event in its middle, or at its last one. */
    private interface Damage {
        void to(RecordedEvent victim, RecordedEvent last);
    }

    private Map<String, Damage> damages() {
        Map<String, Damage> damages = new LinkedHashMap<>();
        damages.put("document lost", (victim, last) -> jedis.del(document(victim)));
        damages.put("last document lost", (victim, last) -> jedis.del(document(last)));
        damages.put(
                "document too many",
                (victim, last) -> jedis.copy(document(last), keys.document(Events.id(999)), false));
        damages.put("entry lost", (victim, last) -> jedis.xdel(keys.global(), entry(victim)));
        damages.put("entry too many", (victim, last) -> jedis.xadd(keys.global(), StreamEntryID.NEW_ENTRY, JUNK));
        damages.put("session entry lost", (victim, last) -> jedis.xdel(stream(victim), entry(victim)));
        damages.put(
                "session entry too many", (victim, last) -> jedis.xadd(stream(victim), StreamEntryID.NEW_ENTRY, JUNK));
        damages.put("payload lost", (victim, last) -> jedis.del(payload(last)));
        damages.put("payload changed", (victim, last) -> jedis.set(payload(last), "{}"));
        damages.put("payload too many", (victim, last) -> jedis.set(keys.payload(Events.id(999)), "{}"));
        damages.put("original damaged", (victim, last) -> jedis.hset(keys.originals(), id(last), "{}"));
        damages.put("original too many", (victim, last) -> {
            String kept = jedis.hget(keys.originals(), id(last));
            jedis.hset(keys.originals(), Events.id(999).toString(), kept);
        });
        damages.put(
                "id changed",
                (victim, last) -> jedis.setrange(keys.ids(0), (victim.seq() - 1) * Keys.ID_BYTES, "0123456789abcdef"));
        damages.put("head behind", (victim, last) -> jedis.hset(keys.ledger(), "seq", Integer.toString(EVENTS - 1)));
        damages.put("head ahead", (victim, last) -> jedis.hset(keys.ledger(), "seq", Integer.toString(EVENTS + 1)));
        damages.put(
                "session miscounted",
                (victim, last) -> jedis.hset(keys.session(victim.event().sessionId()), "count", "1"));
        damages.put(
                "session not listed",
                (victim, last) ->
                        jedis.zrem(keys.sessions(), victim.event().sessionId().value()));
        damages.put("session too many", (victim, last) -> jedis.hset(keys.prefix() + "session:other", "count", "1"));
        if (engine == Engine.SORTED_SET) {
            damages.put(
                    "missing from the index of all",
                    (victim, last) -> jedis.zrem(Keys.bytes(keys.all()), member(victim)));
            for (IndexedField field : IndexedField.values()) {
                damages.put(
                        "missing from the index of " + field,
                        (victim, last) -> jedis.zrem(
                                Keys.bytes(keys.by(field, field.in(last.event()).orElseThrow())), member(last)));
                damages.put(
                        "misplaced in the index of " + field,
                        (victim, last) -> jedis.zincrby(
                                Keys.bytes(keys.by(field, field.in(last.event()).orElseThrow())),
                                -100_000,
                                member(last)));
            }
        }
        return damages;
    }

    private static String id(RecordedEvent event) {
        return event.event().id().toString();
    }

    private String document(RecordedEvent event) {
        return keys.document(event.event().id());
    }

    private String payload(RecordedEvent event) {
        return keys.payload(event.event().id());
    }

    private String stream(RecordedEvent event) {
        return keys.stream(event.event().sessionId());
    }

    private static StreamEntryID entry(RecordedEvent event) {
        return new StreamEntryID(event.position().toString());
    }

    private static byte[] member(RecordedEvent event) {
        return new Ref(event.seq(), event.event().id(), 0).member();
    }

    @Test
    void everyDamageIsSeen() {
        List<String> unseen = new ArrayList<>();
        damages().forEach((name, damage) -> {
            empty();
            List<RecordedEvent> events = write();
            assertThat(LedgerAudit.faults(settings)).as("before: " + name).isEmpty();
            damage.to(events.get(EVENTS / 2), events.getLast());
            List<String> faults = LedgerAudit.faults(settings);
            if (faults.isEmpty()) {
                unseen.add(name);
            }
        });
        assertThat(unseen).isEmpty();
    }
}
