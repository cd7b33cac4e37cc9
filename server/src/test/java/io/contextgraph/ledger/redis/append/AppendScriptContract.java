// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.append;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Original;
import io.contextgraph.event.Position;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendOutcome.Appended;
import io.contextgraph.ledger.AppendOutcome.Refused;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.personal.SealedForm;
import io.contextgraph.ledger.redis.LedgerAudit;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.Refusals;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.LedgerHeader;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.testing.Events;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.XAddParams;
import redis.clients.jedis.resps.StreamEntry;
import redis.clients.jedis.util.JedisClusterCRC16;

/** What the append script does when it is called by a client that goes round the API. */
abstract class AppendScriptContract {
    private static final LedgerHeader HEADER = LedgerHeader.chosen(LedgerHeader.Share.WHOLE);

    private static final List<String> FIELDS = List.of(
            "event_id",
            "event_type",
            "occurred_at",
            "session_id",
            "agent_id",
            "trace_id",
            "payload_ref",
            "tool_name",
            "parent_event_id",
            "ended_at",
            "status",
            "schema_version",
            "importance_hint",
            "data_subject_id",
            "content_hash",
            "expected_session_seq",
            "payload",
            "original");

    private final Engine engine;
    private static final String WRITER = "3a170a9f-e4f4-4efa-b7d2-3ad521b99029";

    private final String prefix = "script-" + UUID.randomUUID() + ":";
    private final Keys keys = new Keys(prefix);

    @SuppressWarnings("NullAway.Init")
    private RedisLedger ledger;

    @SuppressWarnings("NullAway.Init")
    private Jedis jedis;

    AppendScriptContract(Engine engine) {
        this.engine = engine;
    }

    abstract URI url();

    @BeforeEach
    final void open() {
        ledger = RedisLedger.connect(settings());
        jedis = new Jedis(url());
    }

    @AfterEach
    final void close() {
        jedis.close();
        ledger.close();
    }

    private RedisSettings settings() {
        return RedisSettings.defaults(url()).withEngine(engine).withPrefix(prefix);
    }

    private Position append(String session, long number) {
        return position(ledger.log()
                .append(List.of(Append.of(Events.event(number, session))), Durability.MEMORY)
                .outcomes()
                .getFirst());
    }

    private static Position position(AppendOutcome outcome) {
        return switch (outcome) {
            case AppendOutcome.Appended appended -> appended.receipt().position();
            case AppendOutcome.Duplicate duplicate -> duplicate.receipt().position();
            default -> throw new AssertionError(outcome);
        };
    }

    /** Adds an entry that is ahead of the clock and takes it back, as one does who has erred. */
    private Position leave(String stream, Duration lead) {
        Position ahead = new Position(Long.parseLong(jedis.time().getFirst()) * 1000 + lead.toMillis(), 7);
        StreamEntryID id = new StreamEntryID(ahead.toString());
        StreamEntryID ignored = jedis.xadd(stream, XAddParams.xAddParams().id(id), Map.of("foo", "bar"));
        assertThat(jedis.xdel(stream, id)).isEqualTo(1);
        return ahead;
    }

    /** The same entries in a stream that remembers nothing else. */
    private void makeAnew(String stream) {
        List<StreamEntry> entries = jedis.xrange(stream, "-", "+");
        jedis.del(stream);
        for (StreamEntry entry : entries) {
            assertThat(jedis.xadd(stream, XAddParams.xAddParams().id(entry.getID()), entry.getFields()))
                    .isEqualTo(entry.getID());
        }
    }

    private static Append imported() {
        Original original = new Original(
                new Position(1_767_225_600_000L, 7),
                12,
                3,
                Events.BASE,
                Optional.of(new Original.Source(UUID.fromString("01234567-0123-4123-8123-0123456789ab"), 0, 2)));
        return Append.imported(Events.full(1, "session"), Optional.of(original));
    }

    private static Map<String, String> valid() {
        Append append = imported();
        List<byte[]> arguments =
                EventCodec.arguments(append, EventCodec.hash(append.event(), SealedForm.of(append.event())));
        Map<String, String> named = new LinkedHashMap<>();
        for (int i = 0; i < FIELDS.size(); i++) {
            named.put(FIELDS.get(i), Keys.text(arguments.get(i)));
        }
        return named;
    }

    private List<String> keysOf(Map<String, String> e) {
        return keysOf(e, keys.ids(0), keys.ids(1));
    }

    private List<String> keysOf(Map<String, String> e, String page, String nextPage) {
        List<String> names = new ArrayList<>(List.of(
                keys.global(),
                keys.ledger(),
                keys.sessions(),
                keys.types(),
                keys.originals(),
                keys.round(WRITER),
                keys.gone()));
        if (engine == Engine.SORTED_SET) {
            names.add(keys.all());
        }
        names.add(page);
        names.add(nextPage);
        Collections.addAll(
                names,
                prefix + "evt:" + e.get("event_id"),
                prefix + "events:" + e.get("session_id"),
                prefix + "session:" + e.get("session_id"),
                prefix + "payload:" + e.get("event_id"));
        if (engine == Engine.SORTED_SET) {
            Collections.addAll(
                    names,
                    prefix + "by:session:" + e.get("session_id"),
                    prefix + "by:agent:" + e.get("agent_id"),
                    prefix + "by:trace:" + e.get("trace_id"),
                    prefix + "by:type:" + e.get("event_type"),
                    prefix + "by:tool:" + e.get("tool_name"),
                    prefix + "by:parent:" + e.get("parent_event_id"),
                    prefix + "by:status:" + e.get("status"));
        }
        return names;
    }

    private int sharedKeys() {
        return engine == Engine.SORTED_SET ? 10 : 9;
    }

    private Object eval(List<String> names, List<byte[]> arguments) {
        List<byte[]> keyBytes = names.stream().map(Keys::bytes).toList();
        return jedis.eval(source(), keyBytes, arguments);
    }

    private Object eval(Map<String, String> event) {
        return eval(event, "");
    }

    /** @param place of the run in its round */
    private Object eval(Map<String, String> event, String place) {
        return eval(event, place, keys.ids(0), keys.ids(1));
    }

    private Object eval(Map<String, String> event, String place, String page, String nextPage) {
        List<byte[]> arguments = new ArrayList<>(shared(place));
        event.values().forEach(value -> arguments.add(value.getBytes(StandardCharsets.UTF_8)));
        return eval(keysOf(event, page, nextPage), arguments);
    }

    private byte[] source() {
        return Keys.bytes(AppendScript.of(engine).source());
    }

    /** Every key under the prefix with its content, as Redis serializes it. */
    private Map<String, String> content() {
        Map<String, String> content = new TreeMap<>();
        for (String key : jedis.keys(prefix + "*")) {
            byte[] dump = jedis.dump(key);
            content.put(key, dump == null ? "" : UUID.nameUUIDFromBytes(dump).toString());
        }
        return content;
    }

    private List<byte[]> shared(String place) {
        return EventCodec.arguments(engine.configName(), place, HEADER.argument());
    }

    @Test
    void aValidCallIsTaken() {
        assertThat(String.valueOf(((List<?>) ((List<?>) eval(valid())).getFirst()).size()))
                .isEqualTo("4");
        assertThat(ledger.log().find(Events.id(1)).found()).isPresent();
        assertThat(ledger.order().head().seq()).isEqualTo(1);
    }

    @Test
    void aRunDoesNotPassTheOneBeforeItInItsRound() {
        Map<String, String> event = valid();
        Map<String, String> before = content();
        for (String place : List.of("7 2", "7 3")) {
            assertThatThrownBy(() -> eval(event, place)).hasMessageStartingWith("BEHIND ");
            assertThat(content()).isEqualTo(before);
        }
        for (String nonsense : List.of("7", "7 ", " 1", "x 1", "7 1 ", "7 -1", "7 2x")) {
            assertThatThrownBy(() -> eval(event, nonsense)).hasMessageStartingWith("INVALID place in the round");
            assertThat(content()).isEqualTo(before);
        }
        assertThat(String.valueOf(eval(event, "7 1"))).isNotEmpty();
        Map<String, String> next = valid();
        next.put("event_id", Events.id(2).toString());
        assertThatThrownBy(() -> eval(next, "8 2")).hasMessageStartingWith("BEHIND ");
        assertThatThrownBy(() -> eval(next, "7 3")).hasMessageStartingWith("BEHIND ");
        assertThat(ledger.order().head().seq()).isEqualTo(1);
        // One that has nothing to write, as all of it is there, has been carried out.
        assertThat(String.valueOf(eval(event, "7 2"))).isNotEmpty();
        assertThat(String.valueOf(eval(next, "7 3"))).isNotEmpty();
        assertThat(ledger.order().head().seq()).isEqualTo(2);
        assertThat(jedis.ttl(keys.round(WRITER))).isPositive();
    }

    /** Where another server has appended a page meanwhile, or the caller has known another ledger. */
    @Test
    void aRunWithOtherPagesWritesNothingAndIsNotPassed() {
        Map<String, String> next = valid();
        next.put("event_id", Events.id(2).toString());
        Map<String, String> before = content();
        assertThatThrownBy(() -> eval(valid(), "7 1", keys.ids(1), keys.ids(2))).hasMessage("PAGE 0");
        assertThatThrownBy(() -> eval(next, "7 2")).hasMessageStartingWith("BEHIND ");
        assertThat(content()).isEqualTo(before);

        assertThat(codes(eval(valid(), "8 1"))).containsExactly("appended");
        assertThatThrownBy(() -> eval(next, "8 2", keys.ids(2), keys.ids(3))).hasMessage("PAGE 1");
        assertThatThrownBy(() -> eval(next, "8 3")).hasMessageStartingWith("BEHIND ");
        assertThat(ledger.order().head().seq()).isEqualTo(1);
        assertThat(codes(eval(next, "8 2"))).containsExactly("appended");
    }

    /** Somebody may give the session its entry again before the event is sent again: what is behind it must not be there then. */
    @Test
    void nothingIsWrittenBehindAnEventWhoseSessionHasLostItsEntry() {
        assertThat(codes(eval(valid()))).containsExactly("appended");
        Map<String, String> lost = valid();
        lost.put("event_id", Events.id(2).toString());
        Map<String, String> other = valid();
        other.put("event_id", Events.id(3).toString());
        other.put("session_id", "other");
        jedis.del(prefix + "session:" + lost.get("session_id"));
        List<byte[]> arguments = new ArrayList<>(shared("7 1"));
        List<String> names = new ArrayList<>(keysOf(lost).subList(0, sharedKeys()));
        for (Map<String, String> event : List.of(lost, other, valid())) {
            event.values().forEach(value -> arguments.add(Keys.bytes(value)));
            names.addAll(keysOf(event).subList(sharedKeys(), keysOf(event).size()));
        }

        assertThat(codes(eval(names, arguments))).containsExactly("refused", "held", "duplicate");
        assertThatThrownBy(() -> eval(other, "7 2")).hasMessageStartingWith("BEHIND ");
        assertThat(ledger.order().head().seq()).isEqualTo(1);
        assertThat(codes(eval(other, "8 1"))).containsExactly("appended");
    }

    @Test
    void pagesFollowEachOtherAndHaveTheirNumbersInOneFormOnly() {
        for (List<String> wrong : List.of(
                List.of(keys.ids(0), keys.ids(0)),
                List.of(keys.ids(0), keys.ids(2)),
                List.of(keys.ids(1), keys.ids(0)),
                List.of(keys.ids(-1), keys.ids(0)),
                List.of(prefix + "ids:00", keys.ids(1)),
                List.of(prefix + "ids:0x0", keys.ids(1)),
                List.of(prefix + "ids:", keys.ids(1)),
                List.of(keys.document(Events.id(1)), keys.ids(1)))) {
            assertThatThrownBy(() -> eval(valid(), "", wrong.getFirst(), wrong.getLast()))
                    .as(wrong.toString())
                    .hasMessageStartingWith("INVALID pages of ids");
        }
        assertThat(content()).isEmpty();
    }

    /** A stream remembers its newest id when the entry is gone, and takes none below it. */
    @Test
    void anIdFarAheadThatWasTakenBackHalvesNoEvent() {
        Position first = append("victim", 1);
        Position head = append("good", 2);
        assertThat(head).isGreaterThan(first);
        long taken = 3;
        for (String stream : List.of(keys.global(), keys.stream(new SessionId("victim")))) {
            Position ahead = leave(stream, Duration.ofHours(1));
            Map<String, String> before = content();
            boolean all = stream.equals(keys.global());
            long good = taken++;
            List<AppendOutcome> outcomes = ledger.log()
                    .append(
                            List.of(Append.of(Events.event(90, "victim")), Append.of(Events.event(good, "good"))),
                            Durability.MEMORY)
                    .outcomes();
            assertThat(outcomes.get(0)).isInstanceOfSatisfying(Refused.class, refused -> {
                assertThat(refused.reason()).isEqualTo(Reason.CORRUPT);
                assertThat(refused.why())
                        .contains("ahead of the clock, " + ahead
                                + ": nothing can be added until the clock is within 5 minutes of it");
            });
            assertThat(outcomes.get(1)).isInstanceOf(all ? Refused.class : Appended.class);
            if (all) {
                assertThat(content()).isEqualTo(before);
            }
            assertThat(ledger.log().find(Events.id(90)).found()).isEmpty();

            makeAnew(stream);
            assertThat(append("victim", taken++)).isGreaterThan(head);
            head = append("good", good);
        }
        assertThat(LedgerAudit.assertWhole(settings()).seq()).isEqualTo(taken - 1);
    }

    @Test
    void positionsGoOnBehindAnIdThatIsLittleAhead() {
        Position before = append("good", 1);
        Position global = leave(keys.global(), Duration.ofMinutes(2));
        Position after = append("good", 2);
        assertThat(after).isGreaterThan(global).isGreaterThan(before);
        Position session = leave(keys.stream(new SessionId("victim")), Duration.ofMinutes(4));
        List<AppendOutcome> both = ledger.log()
                .append(
                        List.of(Append.of(Events.event(3, "good")), Append.of(Events.event(4, "victim"))),
                        Durability.MEMORY)
                .outcomes();
        assertThat(position(both.get(0))).isGreaterThan(after).isLessThan(session);
        assertThat(position(both.get(1))).isGreaterThan(session);
        assertThat(((Appended) both.get(1)).receipt().recordedAt().toEpochMilli())
                .isEqualTo(position(both.get(1)).millis());
        assertThat(append("good", 5)).isGreaterThan(position(both.get(1)));
        assertThat(LedgerAudit.assertWhole(settings()).seq()).isEqualTo(5);
    }

    @Test
    void everyRuleOfTheEnvelopeIsHeld() {
        Map<String, List<String>> bad = new LinkedHashMap<>();
        List<String> badNames = List.of(
                "__global__", "__x", "line\nbreak", "tab\t", "nul\u0000", "del\u007f", "c1\u0085", "x".repeat(256));
        bad.put(
                "event_id",
                List.of("", "x", "01234567-89AB-4000-8000-000000000001", "01234567089ab-4000-8000-000000000001"));
        bad.put("event_type", List.of("", "tool", "Tool.x", "tool.", ".tool", "tool..x", "tool.1x", "a_b.c", "a.b\n"));
        bad.put(
                "occurred_at",
                List.of(
                        "",
                        "2026-01-31T12:00:01.000Z",
                        "1.5",
                        "1e12",
                        "0x10",
                        "01",
                        "-0",
                        " 1",
                        "nan",
                        "inf",
                        "253402300800000",
                        "-62167219200001"));
        for (String field : List.of("session_id", "agent_id", "trace_id", "tool_name", "data_subject_id")) {
            List<String> values = new ArrayList<>(badNames);
            if (!List.of("tool_name", "data_subject_id").contains(field)) {
                values.add("");
            }
            bad.put(field, values);
        }
        bad.put("payload_ref", List.of("", "r".repeat(2049), "a\u0000"));
        bad.put("parent_event_id", List.of("x", Events.id(1).toString()));
        bad.put("ended_at", List.of("x", "1", "253402300800000"));
        bad.put("status", List.of("done", "FAILED"));
        bad.put("schema_version", List.of("", "0", "-1", "1.5", "2147483648", "1e3", "0x1", "01"));
        bad.put("importance_hint", List.of("0", "11", "-1", "x", "1.0"));
        bad.put("content_hash", List.of("", "A".repeat(42), "A".repeat(44), "A".repeat(42) + "=", "0".repeat(64)));
        bad.put("expected_session_seq", List.of("x", "-1", "1.5", "1e1"));
        bad.put("payload", List.of("[]", "x"));
        String original = valid().getOrDefault("original", "");
        List<String> badOriginals = new ArrayList<>(List.of("{}", "x", original + " ", original.replace(",", ", ")));
        Map.of(
                        "1767225600000-7",
                        List.of(
                                "",
                                "x",
                                "1-",
                                "-1",
                                "01-0",
                                "9007199254740993-0",
                                "0-9007199254740993",
                                "1-1-1",
                                "1-1@",
                                "1-1@01",
                                "1-1@-1",
                                "1-1@16384",
                                "1-1@1",
                                "1-1@x",
                                "1-1@0@0"),
                        "12",
                        List.of("0", "-1", "2", "012", "1.5", "1e2", "9007199254740993"),
                        "3,",
                        List.of("0,", "13,", "03,", "null,", "3,\"more\":1,"),
                        ":" + Events.BASE.toEpochMilli(),
                        List.of(":", ":-0", ":253402300800000", ":-62167219200001", ":\"1\""))
                .forEach((good, values) -> {
                    assertThat(original).contains(good);
                    values.forEach(value -> badOriginals.add(original.replace(good, value)));
                });
        bad.put("original", badOriginals);

        bad.forEach((field, values) -> values.forEach(value -> {
            Map<String, String> event = valid();
            event.put(field, value);
            assertThatThrownBy(() -> eval(event))
                    .as("%s = %s", field, value)
                    .isInstanceOf(JedisDataException.class)
                    .hasMessageStartingWith("INVALID event 1: " + field);
        }));
        assertThat(content()).isEmpty();
    }

    @Test
    void whatIsNotUtf8IsRefused() {
        for (byte[] name : List.of(
                new byte[] {(byte) 0xff},
                new byte[] {(byte) 0xc0, (byte) 0x80},
                new byte[] {'a', (byte) 0xe2, (byte) 0x82},
                new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
                new byte[] {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
                new byte[] {(byte) 0x80})) {
            List<byte[]> arguments = new ArrayList<>(shared(""));
            valid().values().forEach(value -> arguments.add(Keys.bytes(value)));
            arguments.set(3 + FIELDS.indexOf("agent_id"), name);
            assertThatThrownBy(() -> eval(keysOf(valid()), arguments))
                    .hasMessageStartingWith("INVALID event 1: agent_id");
        }
        assertThat(content()).isEmpty();
    }

    @Test
    void keysAndCountsMustFitTheArguments() {
        List<byte[]> arguments = new ArrayList<>(shared(""));
        valid().values().forEach(value -> arguments.add(Keys.bytes(value)));
        List<String> names = keysOf(valid());
        for (int i = 0; i < names.size(); i++) {
            List<String> wrong = new ArrayList<>(names);
            wrong.set(i, names.get(i) + "x");
            assertThatThrownBy(() -> eval(wrong, arguments)).as(names.get(i)).hasMessageStartingWith("INVALID");
        }
        assertThatThrownBy(() -> eval(names.subList(0, names.size() - 1), arguments))
                .hasMessageStartingWith("INVALID");
        assertThatThrownBy(() -> eval(List.of(), List.of())).hasMessageStartingWith("INVALID");
        for (int size = 0; size < arguments.size(); size++) {
            List<byte[]> fewer = arguments.subList(0, size);
            assertThatThrownBy(() -> eval(names, fewer)).hasMessageStartingWith("INVALID");
        }
        List<byte[]> otherEngine = new ArrayList<>(arguments);
        otherEngine.set(0, Keys.bytes("none"));
        assertThatThrownBy(() -> eval(names, otherEngine)).hasMessageStartingWith("INVALID engine");
        assertThat(content()).isEmpty();
    }

    @Test
    void aBadEventKeepsItsWholeCallOut() {
        Map<String, String> second = valid();
        second.put("event_id", Events.id(2).toString());
        second.put("status", "done");
        List<byte[]> arguments = new ArrayList<>(shared(""));
        valid().values().forEach(value -> arguments.add(Keys.bytes(value)));
        second.values().forEach(value -> arguments.add(Keys.bytes(value)));
        List<String> names = new ArrayList<>(keysOf(valid()));
        names.addAll(keysOf(second).subList(sharedKeys(), keysOf(second).size()));
        assertThatThrownBy(() -> eval(names, arguments)).hasMessageStartingWith("INVALID event 2: status");
        assertThat(content()).isEmpty();
    }

    @Test
    void aKeyOfTheWrongTypeStopsEverythingBeforeTheFirstWrite() {
        List<String> names = new ArrayList<>(keysOf(valid()));
        // Each writer has one of its own, and overwrites whatever is there.
        names.remove(keys.round(WRITER));
        // No event would have its id there yet.
        names.remove(keys.ids(1));
        for (String name : names) {
            jedis.lpush(name, "poison");
            Map<String, String> before = content();
            assertThat(Refusals.of(ledger.log(), imported())).as(name).isEqualTo(Reason.CORRUPT);
            assertThat(content()).as(name).isEqualTo(before);
            jedis.del(name);
        }
        assertThat(content()).isEmpty();
    }

    @Test
    void aStreamThatIsAheadLeavesNoHalfWrittenEvent() {
        Event event = Events.full(1, "session");
        for (String stream : List.of(keys.stream(event.sessionId()), keys.global())) {
            jedis.xadd(stream, Map.of("a", "b"), XAddParams.xAddParams().id(new StreamEntryID(Long.MAX_VALUE - 1, 0)));
            assertThat(Refusals.of(ledger.log(), Append.of(event))).as(stream).isEqualTo(Reason.CORRUPT);
            assertThat(ledger.log().find(event.id()).found()).isEmpty();
            assertThat(ledger.order().head().seq()).isZero();
            assertThat(jedis.xlen(keys.global()) + jedis.xlen(keys.stream(event.sessionId())))
                    .isEqualTo(1);
            jedis.del(stream);
            jedis.del(keys.stream(event.sessionId()));
        }
    }

    @Test
    void aNeighbourOfADamagedSessionIsTaken() {
        Map<String, String> damaged = valid();
        damaged.put("event_id", Events.id(2).toString());
        damaged.put("session_id", "damaged");
        jedis.hset(prefix + "session:damaged", "count", "many");
        List<byte[]> arguments = new ArrayList<>(shared(""));
        damaged.values().forEach(value -> arguments.add(Keys.bytes(value)));
        valid().values().forEach(value -> arguments.add(Keys.bytes(value)));
        List<String> names = new ArrayList<>(keysOf(damaged));
        names.addAll(keysOf(valid()).subList(sharedKeys(), keysOf(valid()).size()));

        List<List<String>> replies = ((List<?>) eval(names, arguments))
                .stream()
                        .map(reply -> ((List<?>) reply)
                                .stream().map(part -> Keys.text((byte[]) part)).toList())
                        .toList();

        assertThat(replies.getFirst()).containsExactly("refused", "CORRUPT session: summary is damaged");
        assertThat(replies.getLast().getFirst()).isEqualTo("appended");
        assertThat(ledger.order().read(0, 10)).extracting(e -> e.event().id()).containsExactly(Events.id(1));
        assertThat(jedis.xlen(prefix + "events:damaged")).isZero();
    }

    @Test
    void anEventThatNamesAPersonIsRefusedBeforeAnythingOfItIsWritten() {
        Map<String, String> personal = valid();
        personal.put("event_id", Events.id(2).toString());
        personal.put("data_subject_id", "jane");
        assertThat(codes(eval(personal))).containsExactly("personal");
        assertThat(content()).isEmpty();

        Map<String, String> other = valid();
        List<byte[]> arguments = new ArrayList<>(shared(""));
        List<String> names = new ArrayList<>(keysOf(personal));
        names.addAll(keysOf(other).subList(sharedKeys(), keysOf(other).size()));
        personal.values().forEach(value -> arguments.add(Keys.bytes(value)));
        other.values().forEach(value -> arguments.add(Keys.bytes(value)));
        assertThat(codes(eval(names, arguments))).containsExactly("personal", "appended");
        assertThat(jedis.exists(prefix + "evt:" + Events.id(2), prefix + "payload:" + Events.id(2)))
                .isZero();
        assertThat(LedgerAudit.assertWhole(settings()).seq()).isEqualTo(1);
    }

    private static List<String> codes(Object replies) {
        return ((List<?>) replies)
                .stream()
                        .map(reply -> Keys.text((byte[]) ((List<?>) reply).getFirst()))
                        .toList();
    }

    @Test
    void anIdThatComesTwiceInOneCallIsWrittenOnce() {
        Map<String, String> other = valid();
        other.put("content_hash", "A".repeat(43));
        List<byte[]> arguments = new ArrayList<>(shared(""));
        List<String> names = new ArrayList<>(keysOf(valid()));
        for (Map<String, String> event : List.of(valid(), valid(), other)) {
            event.values().forEach(value -> arguments.add(Keys.bytes(value)));
            names.addAll(keysOf(event).subList(sharedKeys(), keysOf(event).size()));
        }
        names.subList(keysOf(valid()).size(), 2 * keysOf(valid()).size() - sharedKeys())
                .clear();
        assertThat(codes(eval(names, arguments))).containsExactly("appended", "duplicate", "conflict");
        assertThat(ledger.order().head().seq()).isEqualTo(1);
    }

    @Test
    void whatIsNotImportedDoesNotLookAtOriginals() {
        jedis.lpush(keys.originals(), "poison");
        assertThat(ledger.log()
                        .append(List.of(Append.of(Events.full(1, "session"))), Durability.MEMORY)
                        .outcomes())
                .hasSize(1);
        assertThat(ledger.order().head().seq()).isEqualTo(1);
    }

    @Test
    void aDamagedOriginalIsFoundOutByReading() {
        ledger.log().append(List.of(imported()), Durability.MEMORY);
        for (String text : List.of("", "x", "{}", "{\"global_position\":7}")) {
            jedis.hset(keys.originals(), Events.id(1).toString(), text);
            assertThatThrownBy(() -> ledger.log().find(Events.id(1)).found())
                    .as(text)
                    .isInstanceOfSatisfying(
                            LedgerException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CORRUPT))
                    .hasMessageContaining("the original of event " + Events.id(1));
        }
    }

    @Test
    void aLostDocumentIsFoundOutByReading() {
        Append append = Append.of(Events.full(1, "session"));
        ledger.log().append(List.of(append), Durability.MEMORY);
        jedis.del(keys.document(Events.id(1)));
        assertThatThrownBy(() -> ledger.order().read(0, 10))
                .isInstanceOfSatisfying(
                        LedgerException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CORRUPT));
        // Only the document knows that the event has come before; its place in the order tells ever after.
        ledger.log().append(List.of(append), Durability.MEMORY);
        assertThatThrownBy(() -> ledger.order().read(0, 10))
                .isInstanceOfSatisfying(
                        LedgerException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CORRUPT))
                .hasMessageContaining("stands at seq 1, its document says 2");
    }

    @Test
    void aLedgerOfAnotherFormatIsRefused() {
        ledger.log().append(List.of(Append.of(Events.event(1, "session"))), Durability.MEMORY);
        jedis.hdel(keys.ledger(), "format");
        assertThatThrownBy(() -> ledger.log().append(List.of(Append.of(Events.event(2, "session"))), Durability.MEMORY))
                .isInstanceOfSatisfying(
                        LedgerException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CORRUPT));
        assertThatThrownBy(
                        () -> RedisLedger.connect(RedisSettings.defaults(url()).withPrefix(prefix)))
                .hasMessageContaining("storage format 1")
                .hasMessageContaining("export it with the version that wrote it");
    }

    @Test
    void aLedgerOfANewerFormatIsRefusedAndStaysAsItIs() {
        ledger.log().append(List.of(Append.of(Events.event(1, "session"))), Durability.MEMORY);
        jedis.hset(keys.ledger(), "format", "4");
        Map<String, String> before = jedis.hgetAll(keys.ledger());
        assertThatThrownBy(() -> ledger.log().append(List.of(Append.of(Events.event(2, "session"))), Durability.MEMORY))
                .isInstanceOfSatisfying(
                        LedgerException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CORRUPT));
        assertThatThrownBy(
                        () -> RedisLedger.connect(RedisSettings.defaults(url()).withPrefix(prefix)))
                .hasMessageContaining("storage format 4")
                .hasMessageContaining("a newer version has written it");
        assertThat(jedis.hgetAll(keys.ledger())).isEqualTo(before);
    }

    @Test
    void anotherEngineIsRefused() {
        ledger.log().append(List.of(Append.of(Events.event(1, "session"))), Durability.MEMORY);
        jedis.hset(keys.ledger(), "engine", engine == Engine.SEARCH ? "sorted-set" : "search");
        assertThatThrownBy(() -> ledger.log().append(List.of(Append.of(Events.event(2, "session"))), Durability.MEMORY))
                .isInstanceOfSatisfying(
                        LedgerException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CORRUPT));
    }

    @Test
    void aLedgerSaysWhichItIsFromItsFirstEventOn() {
        assertThat(jedis.hgetAll(keys.ledger())).isEmpty();
        Position ignored = append("s", 1);
        Map<String, String> first = jedis.hgetAll(keys.ledger());
        assertThat(EventId.parse(first.getOrDefault("ledger_id", ""))).isPresent();
        assertThat(first).containsEntry("epoch", "1").containsEntry("first_seq", "1");
        assertThat(first).containsEntry("partition", "0").containsEntry("partitions", "1");
        try (RedisLedger another = RedisLedger.connect(settings())) {
            assertThat(another.log()
                            .append(List.of(Append.of(Events.event(2, "s"))), Durability.MEMORY)
                            .outcomes())
                    .hasOnlyElementsOfType(Appended.class);
        }
        assertThat(jedis.hget(keys.ledger(), "ledger_id")).isEqualTo(first.get("ledger_id"));
        assertThat(jedis.hget(keys.ledger(), "epoch")).isEqualTo("1");
    }

    @Test
    void aLedgerThatDoesNotSayWhichItIsTakesNothing() {
        Position before = append("s", 1);
        for (String field : List.of("ledger_id", "epoch", "partition", "partitions")) {
            String value = jedis.hget(keys.ledger(), field);
            for (String wrong : List.of("", "x", "7")) {
                jedis.hset(keys.ledger(), field, wrong);
                if (!field.equals("epoch") || !wrong.equals("7")) {
                    assertThatThrownBy(() -> append("s", 2))
                            .as(field + " is " + wrong)
                            .isInstanceOf(LedgerException.class);
                }
            }
            jedis.hset(keys.ledger(), field, value);
        }
        assertThat(append("s", 2)).isGreaterThan(before);
    }

    @Test
    void aPartOfALargerLedgerIsNotServed() {
        Position ignored = append("s", 1);
        jedis.hset(keys.ledger(), Map.of("partition", "1", "partitions", "4"));
        assertThatThrownBy(() -> RedisLedger.connect(settings()))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("partition 1 of 4");
    }

    /** As it must be where the keys of a ledger are to lie on one node of a cluster. */
    @Test
    void withAHashTagInThePrefixAllKeysLieInOneSlot() {
        Keys tagged = new Keys("{" + prefix + "}");
        try (RedisLedger one = RedisLedger.connect(settings().withPrefix(tagged.prefix()))) {
            List<Append> appends = new ArrayList<>();
            long n = 1;
            for (String name : Events.HOSTILE_NAMES) {
                appends.add(Append.of(Events.full(n++, name)));
            }
            appends.add(Append.of(Events.event(n++, "{elsewhere}")));
            appends.add(Append.of(Events.about(n++, "of a person", 1, 1)));
            assertThat(one.log().append(appends, Durability.MEMORY).outcomes()).hasOnlyElementsOfType(Appended.class);
            assertThat(one.order().read(0, 1000)).hasSize(appends.size());
            assertThat(one.operations().claim("graph", "one", Duration.ofMinutes(1)))
                    .isTrue();
        }
        Set<String> names = jedis.keys(Keys.glob(tagged.prefix() + "*"));
        assertThat(names).hasSizeGreaterThan(Events.HOSTILE_NAMES.size());
        assertThat(names.stream().map(JedisClusterCRC16::getSlot).distinct()).hasSize(1);
    }
}
