// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventType;
import io.contextgraph.event.Original;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendOutcome.Appended;
import io.contextgraph.ledger.AppendOutcome.Receipt;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.Failure;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.mend.Damage;
import io.contextgraph.ledger.mend.Examined;
import io.contextgraph.ledger.personal.PersonalEvent;
import io.contextgraph.ledger.personal.SubjectPseudonym;
import io.contextgraph.ledger.prune.Pruned;
import io.contextgraph.ledger.prune.Prunings;
import io.contextgraph.ledger.redis.LedgerAudit;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.LedgerHeader;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.mend.Damages.Blow;
import io.contextgraph.ledger.redis.mend.Damages.Effect;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.ledger.trim.IndexStep;
import io.contextgraph.ledger.trim.TrimRule;
import io.contextgraph.ledger.trim.Trimming;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.Extent;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.json.JsonProtocol.JsonCommand;

/** Whatever is done to a ledger: an append is refused or right, an examination names it, and a mending puts it right. */
abstract class LedgerMendContract {
    /** How much each of those writes who write while it is examined. */
    private static final int WRITTEN = Extent.MENDED_WRITES.value();

    /** How often it is examined while events leave the index and return. */
    private static final int SHIFTED = WRITTEN / 5;

    private static final TrimRule ALL = new TrimRule(Instant.parse("9000-01-01T00:00:00Z"), Set.of());
    private static final String LATE = "late";

    /** Of the events without entries, how many have left the index. */
    private static final int COLD = 4;

    private static final List<String> SESSIONS = List.of("session-0", "session-1", "session-2", "another");

    /** Whom events are about, by their numbers; the second person is erased. */
    private static final Map<Integer, Integer> PERSONS = Map.of(7, 1, 10, 2, 11, 1);

    private static final SubjectPseudonym ERASED = Events.pseudonym(2);

    private final RedisSettings settings;
    private final Engine engine;
    private final Keys keys;

    @SuppressWarnings("NullAway.Init")
    private Jedis jedis;

    /** How many of the first events have no entries in streams any more. */
    private final int trimmed;

    /** The numbers of those of them that are gone. */
    private final Set<Long> pruned;

    LedgerMendContract(URI url, Engine engine) {
        this(url, engine, 0);
    }

    LedgerMendContract(URI url, Engine engine, int trimmed) {
        this(url, engine, trimmed, Set.of());
    }

    LedgerMendContract(URI url, Engine engine, int trimmed, Set<Long> pruned) {
        this.pruned = pruned;
        this.engine = engine;
        this.trimmed = trimmed;
        this.settings = RedisSettings.defaults(url).withEngine(engine).withPrefix("mend-" + UUID.randomUUID() + ":");
        this.keys = new Keys(settings.prefix());
    }

    @BeforeEach
    final void open() {
        jedis = new Jedis(settings.url());
    }

    @AfterEach
    final void close() {
        clear();
        jedis.close();
    }

    private void clear() {
        for (String key : jedis.keys(keys.prefix() + "*")) {
            jedis.del(key);
        }
    }

    /** Some events of every kind, a group in the middle of its work, and something parked. */
    private List<RecordedEvent> fill() {
        clear();
        try (RedisLedger ledger = RedisLedger.connect(settings)) {
            List<Append> appends = new ArrayList<>();
            for (int n = 1; n <= 12; n++) {
                String session = n == 2 && !pruned.isEmpty() ? "gone" : SESSIONS.get(n % 3);
                Event event = PERSONS.containsKey(n)
                        ? Events.about(n, session, PERSONS.get(n), 1)
                        : n % 3 == 0 ? Events.full(n, session) : Events.event(n, session);
                appends.add(n % 5 == 0 ? Append.imported(event, Optional.of(original(n))) : Append.of(event));
            }
            assertThat(ledger.log().append(appends, Durability.MEMORY).outcomes())
                    .hasOnlyElementsOfType(Appended.class);
            assertThat(ledger.personal().raise(ERASED, 1)).isEqualTo(1);
            assertThat(ledger.personal().forget(ERASED, List.of(new PersonalEvent(10, Events.id(10)))))
                    .isEqualTo(1);
            RecordedEvent fifth = ledger.order().read(4, 1).getFirst();
            Head cut = new Head(fifth.seq(), fifth.position());
            assertThat(ledger.epochs().begin(1, 2, cut)).isTrue();
            try (EventFeed.Consumer consumer = ledger.feed("projection").open("worker")) {
                List<Delivery> taken = consumer.poll(8, Duration.ZERO);
                consumer.acknowledge(
                        taken.subList(0, 4).stream().map(Delivery::position).toList());
                boolean parked = consumer.park(taken.get(4), new Failure("refused", Instant.EPOCH, 3));
                assertThat(parked).isTrue();
            }
            assertThat(ledger.operations().claim("graph", "one", Duration.ofHours(1)))
                    .isTrue();
            ledger.operations().save("one", "{}");
            if (trimmed > 0) {
                trim(ledger);
                if (!pruned.isEmpty()) {
                    prune(ledger);
                }
                begin(ledger);
            }
            return ledger.order().read(0, 100);
        }
    }

    /** Behind it a group begins to be given what it lacks. */
    private void trim(RedisLedger ledger) {
        Trimming trimming = ledger.trimming();
        Fence fence = trimming.lease().take("test", Duration.ofHours(1)).orElseThrow();
        assertThat(trimming.step(fence, ALL, trimmed).entries()).isEqualTo(trimmed);
        trimming.index().prepare();
        assertThat(trimming.index().narrow(fence, COLD).events()).isEqualTo(COLD);
        trimming.lease().release(fence);
    }

    private static void begin(RedisLedger ledger) {
        try (EventFeed.Consumer late = ledger.feed(LATE).open("worker")) {
            assertThat(late.poll(3, Duration.ZERO)).hasSize(3);
        }
    }

    private void prune(RedisLedger ledger) {
        List<RecordedEvent> going = ledger.order().read(0, 100).stream()
                .filter(event -> pruned.contains(event.seq()))
                .toList();
        assertThat(going).hasSize(pruned.size());
        Fence fence =
                ledger.trimming().lease().take("test", Duration.ofHours(1)).orElseThrow();
        Prunings.prune(ledger.pruning(), fence, going, 3);
        ledger.trimming().lease().release(fence);
    }

    private static Original original(long n) {
        return new Original(
                new Position(1_000_000 + n, 0),
                500 + n,
                n,
                Instant.ofEpochMilli(7),
                Optional.of(new Original.Source(UUID.fromString("01234567-0123-4123-8123-0123456789ab"), 0, 2)));
    }

    /** Everything that is stored and matters, key by key. */
    private Map<String, Object> content() {
        Map<String, Object> content = new TreeMap<>();
        for (String key : jedis.keys(keys.prefix() + "*")) {
            boolean passing =
                    key.startsWith(keys.aside()) || key.startsWith(keys.round("")) || key.equals(keys.barrier());
            if (!passing) {
                content.put(key, value(key));
            }
        }
        return content;
    }

    private Object value(String key) {
        return switch (jedis.type(key)) {
            case "string" -> HexFormat.of().formatHex(jedis.get(Keys.bytes(key)));
            case "hash" -> new TreeMap<>(jedis.hgetAll(key));
            case "set" -> jedis.smembers(key);
            case "zset" ->
                jedis.zrangeWithScores(Keys.bytes(key), 0, -1).stream()
                        .map(member -> HexFormat.of().formatHex(member.getBinaryElement()) + " " + member.getScore())
                        .toList();
            case "stream" -> entries(key) + " " + groups(key);
            case "list" -> jedis.lrange(key, 0, -1);
            default -> Keys.text((byte[]) jedis.sendCommand(JsonCommand.GET, key));
        };
    }

    private List<RawEntry> entries(String key) {
        return RawEntry.all(jedis.sendCommand(Command.XRANGE, key, "-", "+"));
    }

    private Map<String, Object> groups(String key) {
        Map<String, Object> groups = new TreeMap<>();
        jedis.xinfoGroups(key)
                .forEach(group -> groups.put(
                        group.getName(),
                        group.getLastDeliveredId() + " "
                                + jedis
                                        .xpending(
                                                key,
                                                group.getName(),
                                                redis.clients.jedis.params.XPendingParams.xPendingParams("-", "+", 100))
                                        .stream()
                                        .map(one -> one.getID() + " " + one.getConsumerName() + " "
                                                + one.getDeliveredTimes())
                                        .toList()));
        return groups;
    }

    /** What an examination or a mending has said. */
    private record Said(Examined examined, List<Damage> damages) {
        boolean names(String key) {
            return damages.stream()
                    .anyMatch(damage ->
                            damage.key().equals(key) || damage.message().contains(key));
        }

        long lost() {
            return damages.stream().filter(damage -> damage.remedy().isEmpty()).count();
        }
    }

    private Said examine() {
        return said(false);
    }

    private Said mend() {
        return said(true);
    }

    private Said said(boolean mends) {
        List<Damage> damages = new ArrayList<>();
        try (RedisMender mender = RedisMender.open(settings)) {
            Examined examined =
                    mends ? mender.mend(damages::add, looked -> {}) : mender.examine(damages::add, looked -> {});
            assertThat(examined.total()).isEqualTo(damages.size());
            assertThat(examined.complete()).isTrue();
            return new Said(examined, damages);
        }
    }

    private List<Blow> blows() {
        List<Blow> all = Damages.all(jedis, keys, engine, alone(fill()), pruned);
        List<Blow> blows = new ArrayList<>(Extent.DAMAGED_KEYS.value() > 1 ? all : Damages.oneOfEachKind(all));
        long seed = Long.getLong("contextgraph.seed", System.nanoTime());
        System.out.println("damages: " + Extent.DAMAGED_PERCENT.value() + " of 100, seed " + seed);
        Collections.shuffle(blows, new Random(seed));
        return blows.subList(0, Math.max(1, blows.size() * Extent.DAMAGED_PERCENT.value() / 100));
    }

    /** The place of one in the middle of those that have entries in streams. */
    private int withEntries() {
        return trimmed == 0 ? 3 : pruned.isEmpty() ? trimmed + 1 : trimmed - pruned.size();
    }

    private Set<EventId> alone(List<RecordedEvent> events) {
        return events.stream()
                .filter(event -> event.seq() <= trimmed)
                .map(event -> event.event().id())
                .collect(Collectors.toSet());
    }

    @Test
    void aWholeLedgerIsWholeAndMendingItChangesNothing() {
        assertThat(examine().damages()).isEmpty();
        assertThat(mend().damages()).isEmpty();
        assertThat(content()).isEmpty();
        List<RecordedEvent> events = fill();
        Map<String, Object> before = content();
        assertThat(examine().damages()).isEmpty();
        Said mended = mend();
        assertThat(mended.damages()).isEmpty();
        assertThat(mended.examined().head().seq()).isEqualTo(events.getLast().seq());
        assertThat(content()).isEqualTo(before);
    }

    @Test
    void everyDamageIsNamedAndMended() {
        SoftAssertions all = new SoftAssertions();
        for (Blow blow : blows()) {
            List<RecordedEvent> events = fill();
            Map<String, Object> before = content();
            blow.strike().run();
            Map<String, Object> damaged = content();
            try {
                Said found = examine();
                all.assertThat(found.names(blow.key()))
                        .as(blow + " is named: " + found)
                        .isEqualTo(blow.effect() != Effect.NONE);
                all.assertThat(content())
                        .as(blow + ": an examination writes nothing")
                        .isEqualTo(damaged);
                all.assertThat(found.lost() > 0).as(blow + " loses: " + found).isEqualTo(blow.effect() == Effect.LOST);
                Said mended = mend();
                Said left = examine();
                all.assertThat(left.damages().size())
                        .as(blow + " is mended " + mended + ", left " + left)
                        .isEqualTo((int) left.lost());
                all.assertThat(left.lost() > 0)
                        .as(blow + " still loses: " + left)
                        .isEqualTo(blow.effect() == Effect.LOST);
                if (blow.effect() == Effect.RESTORED) {
                    all.assertThat(content()).as(blow + " is restored").isEqualTo(before);
                }
                if (blow.effect() != Effect.LOST) {
                    all.assertThat(faults()).as(blow + " is audited").isEmpty();
                }
                all.assertThat(appended(100).size())
                        .as(blow + ": appends after it")
                        .isEqualTo(SESSIONS.size());
                assertKept(all, blow, events);
            } catch (RuntimeException | AssertionError failed) {
                all.fail(blow + " " + failed + " "
                        + Arrays.asList(failed.getStackTrace()).subList(0, 12));
            }
        }
        all.assertAll();
    }

    /** What an audit finds, which knows of nothing that is gone. */
    private List<String> faults() {
        return pruned.isEmpty() ? LedgerAudit.faults(settings) : List.of();
    }

    private List<RecordedEvent> read() {
        return read(0);
    }

    private List<RecordedEvent> read(long after) {
        try (RedisLedger ledger = RedisLedger.connect(settings)) {
            return ledger.order().read(after, 1000);
        }
    }

    /** All events but that of the damaged key, where it is lost; and each group is given all that it has not finished. */
    private void assertKept(SoftAssertions all, Blow blow, List<RecordedEvent> events) {
        List<RecordedEvent> kept = new ArrayList<>(events);
        if (blow.effect() == Effect.LOST) {
            boolean ignored =
                    kept.removeIf(event -> keys.document(event.event().id()).equals(blow.key()));
        }
        try (RedisLedger ledger = RedisLedger.connect(settings)) {
            all.assertThat(kept.stream()
                            .map(event ->
                                    ledger.order().read(event.seq() - 1, 1).getFirst())
                            .toList())
                    .as(blow + " keeps events")
                    .isEqualTo(kept);
            if (trimmed > 0 && blow.effect() != Effect.LOST) {
                // Where the group stood in the stream, nobody knows then; what was trimmed it is still given.
                List<RecordedEvent> known = blow.kind().endsWith("group far on")
                        ? kept.stream().filter(event -> event.seq() <= trimmed).toList()
                        : kept;
                all.assertThat(given(ledger))
                        .as(blow + " keeps nothing from a group")
                        .containsAll(known.stream().map(RecordedEvent::position).toList());
            }
        }
    }

    /** What the late group, which has acknowledged nothing, is given. */
    private static Set<Position> given(RedisLedger ledger) {
        Set<Position> given = new HashSet<>();
        try (EventFeed.Consumer worker = ledger.feed(LATE).open("worker")) {
            List<Delivery> next = worker.poll(100, Duration.ZERO);
            while (given.addAll(next.stream().map(Delivery::position).toList())) {
                next = worker.poll(100, Duration.ZERO);
            }
        }
        return given;
    }

    /** The events of those that were taken, one for each session, each alone. */
    private Map<EventId, Receipt> appended(long from) {
        Map<EventId, Receipt> taken = new LinkedHashMap<>();
        try (RedisLedger ledger = RedisLedger.connect(settings)) {
            for (int i = 0; i < SESSIONS.size(); i++) {
                Event event = Events.full(from + i, SESSIONS.get(i));
                try {
                    AppendOutcome outcome = ledger.log()
                            .append(List.of(Append.of(event)), Durability.MEMORY)
                            .outcomes()
                            .getFirst();
                    if (outcome instanceof Appended appended) {
                        taken.put(event.id(), appended.receipt());
                    }
                } catch (LedgerException refused) {
                    assertThat(refused.reason())
                            .as(String.valueOf(refused.getMessage()))
                            .isIn(LedgerException.Reason.CORRUPT, LedgerException.Reason.INCOMPLETE);
                }
            }
        } catch (LedgerException cannotBegin) {
            assertThat(cannotBegin.reason()).isEqualTo(LedgerException.Reason.CORRUPT);
        }
        return taken;
    }

    /** What was acknowledged in spite of the damage is there, where it was said to be, when it has been mended. */
    @Test
    void anAppendBesideADamageIsRefusedOrRight() {
        SoftAssertions all = new SoftAssertions();
        for (Blow blow : blows()) {
            List<RecordedEvent> events = fill();
            blow.strike().run();
            try {
                Map<EventId, Receipt> taken = appended(100);
                Said mended = mend();
                Said left = examine();
                all.assertThat(left.damages().size())
                        .as(blow + " is mended " + mended + ", left " + left)
                        .isEqualTo((int) left.lost());
                if (blow.effect() != Effect.LOST) {
                    all.assertThat(faults()).as(blow + " is audited").isEmpty();
                }
                assertKept(all, blow, events);
                Map<EventId, Receipt> there = new LinkedHashMap<>();
                for (RecordedEvent event : read(events.getLast().seq())) {
                    there.put(
                            event.event().id(),
                            new Receipt(event.position(), event.seq(), event.sessionSeq(), event.recordedAt()));
                }
                all.assertThat(there)
                        .as(blow + " keeps what was taken beside it")
                        .isEqualTo(taken);
            } catch (RuntimeException | AssertionError failed) {
                all.fail(blow + " " + failed + " "
                        + Arrays.asList(failed.getStackTrace()).subList(0, 12));
            }
        }
        all.assertAll();
    }

    /** Writers go on while it is examined; while it is mended they are told to come again, and then go on. */
    @Test
    void writersMayGoOn() throws Exception {
        List<RecordedEvent> ignored = fill();
        try (RedisLedger ledger = RedisLedger.connect(settings);
                ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (boolean mends : List.of(false, true)) {
                List<Future<?>> all = new ArrayList<>();
                for (int w = 0; w < 3; w++) {
                    long from = (mends ? 4L : 1L) + w;
                    all.add(writers.submit(() -> write(ledger, 1000 * from)));
                }
                do {
                    assertThat(said(mends).damages()).isEmpty();
                } while (!all.stream().allMatch(Future::isDone));
                for (Future<?> writer : all) {
                    Object done = writer.get();
                    assertThat(done).isNull();
                }
            }
            assertThat(ledger.order().head().seq()).isEqualTo(12 + 2 * 3 * WRITTEN);
            assertThat(jedis.hexists(keys.ledger(), MendHold.MENDING)).isFalse();
        }
        assertThat(faults()).isEmpty();
    }

    /** Somebody may append once a mending has lost its hold: it must stop then, and must not take that for damage. */
    @Test
    void aMendingThatHasLostItsHoldStops() {
        for (int losesAt = 1; losesAt <= 3; losesAt++) {
            List<RecordedEvent> events = fill();
            RecordedEvent gone = events.get(withEntries());
            assertThat(jedis.xdel(
                            keys.global(), new StreamEntryID(gone.position().toString())))
                    .isEqualTo(1);
            assertThat(jedis.del(keys.stream(gone.event().sessionId()))).isEqualTo(1);
            assertThat(jedis.del(keys.session(gone.event().sessionId()))).isEqualTo(1);
            Map<EventId, Receipt> taken = new LinkedHashMap<>();
            int wanted = losesAt;
            int[] told = {0};
            try (RedisMender mender = RedisMender.open(settings)) {
                assertThatThrownBy(() -> mender.mend(
                                damage -> {
                                    if (++told[0] == wanted) {
                                        jedis.hset(keys.ledger(), MendHold.MENDING, "1");
                                        taken.putAll(appended(100));
                                    }
                                },
                                looked -> {}))
                        .as("loses its hold at damage " + wanted)
                        .isInstanceOfSatisfying(LedgerException.class, stopped -> {
                            assertThat(stopped.reason()).isEqualTo(LedgerException.Reason.UNAVAILABLE);
                            assertThat(stopped).hasMessageContaining("mend it again");
                        });
            }
            assertThat(taken).isNotEmpty();
            assertThat(mend().lost()).isZero();
            assertThat(examine().damages()).isEmpty();
            assertThat(faults()).isEmpty();
            assertThat(read().subList(0, events.size())).isEqualTo(events);
            assertThat(read(events.getLast().seq()).stream()
                            .map(event -> event.event().id()))
                    .containsExactlyElementsOf(taken.keySet());
        }
    }

    /** A slot of a page that names another event costs neither of the two, whatever else is missing. */
    @Test
    void aPageThatNamesAnEventTwiceDoesNotCostIt() {
        for (int gone : List.of(withEntries(), 4)) {
            List<RecordedEvent> events = fill();
            RecordedEvent named = events.get(gone == 4 ? 2 : gone - 1);
            RecordedEvent lost = events.get(gone);
            assertThat(lost.seq()).isNotEqualTo(named.seq());
            byte[] page = Keys.bytes(keys.ids(0));
            byte[] id = jedis.getrange(page, (named.seq() - 1) * Keys.ID_BYTES, named.seq() * Keys.ID_BYTES - 1);
            assertThat(jedis.setrange(page, (lost.seq() - 1) * Keys.ID_BYTES, id))
                    .isPositive();
            assertThat(jedis.del(keys.document(lost.event().id()))).isEqualTo(1);
            long entries =
                    jedis.xdel(keys.global(), new StreamEntryID(lost.position().toString()));
            assertThat(entries).isEqualTo(lost.seq() > trimmed ? 1 : 0);
            Said found = examine();
            assertThat(found.lost()).as(found.toString()).isPositive();
            Said mended = mend();
            Said left = examine();
            assertThat(left.damages()).as("mended " + mended + ", left " + left).hasSize((int) left.lost());
            List<RecordedEvent> others = new ArrayList<>(events);
            assertThat(others.remove(lost)).isTrue();
            try (RedisLedger ledger = RedisLedger.connect(settings)) {
                for (RecordedEvent other : others) {
                    assertThat(ledger.order().read(other.seq() - 1, 1)).containsExactly(other);
                }
            }
        }
    }

    /** A ledger may let events be far ahead of its clock, and an import is not measured at all. */
    @Test
    void anEventMayHaveOccurredLongAfterItWasRecorded() {
        List<RecordedEvent> ignored = fill();
        try (RedisLedger ledger = RedisLedger.connect(settings)) {
            Event ahead = Event.builder(
                            Events.id(400),
                            new EventType("tool.execute"),
                            Instant.parse("2099-01-01T00:00:00Z"),
                            new SessionId(SESSIONS.getFirst()))
                    .agentId("agent-1")
                    .traceId("trace-1")
                    .payloadRef("s3://bucket/400")
                    .build();
            assertThat(ledger.log()
                            .append(List.of(Append.of(ahead)), Durability.MEMORY)
                            .outcomes())
                    .hasOnlyElementsOfTypes(Appended.class);
            assertThat(examine().damages()).isEmpty();
            trimAll(ledger, 50);
        }
        assertThat(examine().damages()).isEmpty();
        assertThat(mend().damages()).isEmpty();
    }

    /** Where nothing says any more what was trimmed, all events come back, into the streams and into the index. */
    @Test
    void whatHasLeftTheIndexComesBackWhereNothingSaysSo() {
        List<RecordedEvent> events = fill();
        try (RedisLedger ledger = RedisLedger.connect(settings)) {
            trimAll(ledger, 50);
            Fence fence =
                    ledger.trimming().lease().take("test", Duration.ofHours(1)).orElseThrow();
            ledger.trimming().index().prepare();
            assertThat(ledger.trimming().index().narrow(fence, COLD).events()).isPositive();
            ledger.trimming().lease().release(fence);
        }
        assertThat(jedis.hdel(keys.ledger(), LedgerHeader.TRIMMED)).isEqualTo(1);
        assertThat(mend().lost()).isZero();
        assertThat(examine().damages()).isEmpty();
        assertThat(faults()).isEmpty();
        assertThat(read()).isEqualTo(events);
    }

    /** Events leave the index and return to it while the ledger is examined, but not while it is mended. */
    @Test
    void whoNarrowsAndWidensTheIndexMayGoOn() throws Exception {
        List<RecordedEvent> ignored = fill();
        try (RedisLedger ledger = RedisLedger.connect(settings);
                ExecutorService one = Executors.newVirtualThreadPerTaskExecutor()) {
            write(ledger, 1000);
            trimAll(ledger, 50);
            for (boolean mends : List.of(false, true)) {
                AtomicBoolean enough = new AtomicBoolean();
                Future<?> shifts = one.submit(() -> shift(ledger, enough));
                try {
                    for (int i = 0; i < SHIFTED; i++) {
                        assertThat(said(mends).damages()).isEmpty();
                    }
                } finally {
                    enough.set(true);
                }
                Object done = shifts.get();
                assertThat(done).isNull();
                assertThat(said(mends).damages()).isEmpty();
            }
        }
        assertThat(faults()).isEmpty();
    }

    /** Out of the index and back again, in steps, each of them tried until it is let. */
    private static void shift(RedisLedger ledger, AtomicBoolean enough) {
        Trimming trimming = ledger.trimming();
        trimming.index().prepare();
        Fence fence = trimming.lease().take("test", Duration.ofHours(1)).orElseThrow();
        Random random = new Random(1);
        boolean narrows = true;
        while (!enough.get()) {
            try {
                int step = 1 + random.nextInt(40);
                IndexStep done = narrows
                        ? trimming.index().narrow(fence, step)
                        : trimming.index().widen(fence, step);
                narrows = random.nextInt(20) == 0 ? random.nextBoolean() : done.more() == narrows;
            } catch (LedgerException mending) {
                assertThat(mending.reason())
                        .as(String.valueOf(mending.getMessage()))
                        .isEqualTo(LedgerException.Reason.UNAVAILABLE);
            }
        }
        trimming.lease().release(fence);
    }

    /** Streams are trimmed while the ledger is examined, but not while it is mended. */
    @Test
    void whoTrimsMayGoOn() throws Exception {
        List<RecordedEvent> ignored = fill();
        try (RedisLedger ledger = RedisLedger.connect(settings);
                ExecutorService one = Executors.newVirtualThreadPerTaskExecutor()) {
            for (boolean mends : List.of(false, true)) {
                write(ledger, mends ? 4000 : 1000);
                Future<?> trims = one.submit(() -> trimAll(ledger, mends ? 50 : 3));
                do {
                    assertThat(said(mends).damages()).isEmpty();
                } while (!trims.isDone());
                Object done = trims.get();
                assertThat(done).isNull();
                assertThat(said(mends).damages()).isEmpty();
                assertThat(ledger.trimming().trimmed()).isEqualTo(ledger.order().head());
            }
        }
        assertThat(faults()).isEmpty();
    }

    /** Events go for good while the ledger is examined, but not while it is mended. */
    @Test
    void whoPrunesMayGoOn() throws Exception {
        List<RecordedEvent> ignored = fill();
        try (RedisLedger ledger = RedisLedger.connect(settings);
                ExecutorService one = Executors.newVirtualThreadPerTaskExecutor()) {
            write(ledger, 1000);
            trimAll(ledger, 50);
            for (boolean mends : List.of(false, true)) {
                Future<?> prunes = one.submit(() -> pruneSome(ledger, WRITTEN / 3));
                do {
                    assertThat(said(mends).damages()).isEmpty();
                } while (!prunes.isDone());
                Object done = prunes.get();
                assertThat(done).isNull();
                assertThat(said(mends).damages()).isEmpty();
            }
            assertThat(ledger.pruning().extent().events()).isGreaterThan(WRITTEN / 2);
        }
    }

    /** One here, one there, each tried until it is let. */
    private static void pruneSome(RedisLedger ledger, int many) {
        Fence fence =
                ledger.trimming().lease().take("test", Duration.ofHours(1)).orElseThrow();
        List<RecordedEvent> all = new ArrayList<>(ledger.order().read(0, 1000));
        RecordedEvent newest = all.removeLast();
        Random random = new Random(1);
        Collections.shuffle(all, random);
        List<RecordedEvent> going = new ArrayList<>(all.subList(0, many));
        while (!going.isEmpty()) {
            List<RecordedEvent> some = new ArrayList<>(going.subList(0, Math.min(going.size(), 1 + random.nextInt(4))));
            some.sort(Comparator.comparingLong(RecordedEvent::seq));
            while (!isPruned(ledger, fence, some)) {
                assertThat(fence.number()).isPositive();
            }
            going.removeAll(some);
        }
        assertThat(ledger.log().find(newest.event().id()).found()).contains(newest);
        ledger.trimming().lease().release(fence);
    }

    private static boolean isPruned(RedisLedger ledger, Fence fence, List<RecordedEvent> some) {
        try {
            Pruned pruned = Prunings.prune(ledger.pruning(), fence, some, 1);
            return pruned.plan().events() == some.size();
        } catch (LedgerException mending) {
            assertThat(mending.reason())
                    .as(String.valueOf(mending.getMessage()))
                    .isEqualTo(LedgerException.Reason.UNAVAILABLE);
            return false;
        }
    }

    /** In steps, each of them tried until it is let. */
    private static void trimAll(RedisLedger ledger, int step) {
        Trimming trimming = ledger.trimming();
        Fence fence = trimming.lease().take("test", Duration.ofHours(1)).orElseThrow();
        boolean more = true;
        while (more) {
            try {
                more = trimming.step(fence, ALL, step).more();
            } catch (LedgerException mending) {
                assertThat(mending.reason())
                        .as(String.valueOf(mending.getMessage()))
                        .isEqualTo(LedgerException.Reason.UNAVAILABLE);
            }
        }
        trimming.lease().release(fence);
    }

    /** Each is sent until it is taken. */
    private static void write(RedisLedger ledger, long from) {
        int taken = 0;
        while (taken < WRITTEN) {
            Append next = Append.of(Events.event(from + taken, "writer-" + taken % 7));
            try {
                assertThat(ledger.log().append(List.of(next), Durability.MEMORY).outcomes())
                        .hasOnlyElementsOfTypes(Appended.class);
                taken++;
            } catch (LedgerException mending) {
                assertThat(mending.reason())
                        .as(String.valueOf(mending.getMessage()))
                        .isEqualTo(LedgerException.Reason.UNAVAILABLE);
            }
        }
    }

    /** Whoever mends and dies lets go after a while. */
    @Test
    void aLedgerIsHeldForAWhileOnly() {
        List<RecordedEvent> ignored = fill();
        jedis.hset(keys.ledger(), MendHold.MENDING, Long.toString(System.currentTimeMillis() + 60_000));
        try (RedisLedger ledger = RedisLedger.connect(settings)) {
            Append next = Append.of(Events.event(500, "session-1"));
            assertThatThrownBy(() -> ledger.log().append(List.of(next), Durability.MEMORY))
                    .isInstanceOfSatisfying(LedgerException.class, refused -> {
                        assertThat(refused.reason()).isEqualTo(LedgerException.Reason.UNAVAILABLE);
                        assertThat(refused).hasMessageContaining("the ledger is being mended");
                    });
            jedis.hset(keys.ledger(), MendHold.MENDING, Long.toString(System.currentTimeMillis() - 1));
            assertThat(ledger.log().append(List.of(next), Durability.MEMORY).outcomes())
                    .hasOnlyElementsOfTypes(Appended.class);
        }
        assertThat(mend().damages()).isEmpty();
        assertThat(jedis.hexists(keys.ledger(), MendHold.MENDING)).isFalse();
    }

    @Test
    void aLedgerOfAnotherVersionIsNotMended() {
        List<RecordedEvent> ignored = fill();
        jedis.hset(keys.ledger(), "format", "4");
        Map<String, Object> before = content();
        assertThatThrownBy(this::mend).isInstanceOf(LedgerException.class).hasMessageContaining("storage format 4");
        assertThat(content()).isEqualTo(before);
    }

    /** The stream of a session may be all that is left of an event: it stays there when the stream is made again. */
    @Test
    void whatIsLeftOfALostEventStays() {
        List<RecordedEvent> events = fill();
        RecordedEvent lost = events.get(withEntries());
        RecordedEvent other = events.get(withEntries() + SESSIONS.size() - 1);
        assertThat(other.event().sessionId()).isEqualTo(lost.event().sessionId());
        String stream = keys.stream(lost.event().sessionId());
        List<RawEntry> before = entries(stream);
        assertThat(jedis.del(keys.document(lost.event().id()))).isEqualTo(1);
        assertThat(jedis.xdel(keys.global(), new StreamEntryID(lost.position().toString())))
                .isEqualTo(1);
        assertThat(jedis.xdel(stream, new StreamEntryID(other.position().toString())))
                .isEqualTo(1);
        assertThat(mend().lost()).isPositive();
        assertThat(entries(stream)).isEqualTo(before);
        Said left = examine();
        assertThat(left.damages()).hasSize((int) left.lost());
    }

    /** Where the stream has lost an event, pages and the stream of its session say its number. */
    @Test
    void theNumberInADocumentIsSetRight() {
        RecordedEvent event = fill().get(withEntries());
        Map<String, Object> before = content();
        renumber(event, 9999);
        assertThat(jedis.xdel(keys.global(), new StreamEntryID(event.position().toString())))
                .isEqualTo(1);
        assertThat(mend().lost()).isZero();
        assertThat(content()).isEqualTo(before);
        assertThat(examine().damages()).isEmpty();
    }

    /** The head says where the ledger ends, where the pages name an event there. */
    @Test
    void theNewestEventIsKnownByTheHead() {
        List<RecordedEvent> events = fill();
        RecordedEvent newest = events.getLast();
        renumber(newest, 5);
        assertThat(jedis.del(keys.global())).isEqualTo(1);
        Said mended = mend();
        assertThat(mended.lost()).as("%s", mended).isZero();
        assertThat(read()).isEqualTo(events);
        assertThat(examine().damages()).isEmpty();
        assertThat(appended(200)).hasSize(SESSIONS.size());
    }

    /** Its number is not given to another one. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whereTheNewestEventIsLostItGoesOn(boolean ofPage) {
        List<RecordedEvent> events = fill();
        RecordedEvent newest = events.getLast();
        assertThat(jedis.del(keys.document(newest.event().id()))).isEqualTo(1);
        assertThat(jedis.xdel(keys.global(), new StreamEntryID(newest.position().toString())))
                .isEqualTo(1);
        if (ofPage) {
            long place = (newest.seq() - 1) * Keys.ID_BYTES;
            assertThat(jedis.setrange(Keys.bytes(keys.ids(0)), place, new byte[Keys.ID_BYTES]))
                    .isPositive();
        }
        Said mended = mend();
        assertThat(mended.lost()).as("%s", mended).isPositive();
        Said left = examine();
        assertThat(left.damages()).as("%s", left).hasSize((int) left.lost()).hasSize((int) mended.lost());
        Map<EventId, Receipt> taken = appended(200);
        assertThat(taken).hasSize(SESSIONS.size());
        assertThat(taken.values().stream().map(Receipt::seq))
                .containsExactly(newest.seq() + 1, newest.seq() + 2, newest.seq() + 3, newest.seq() + 4);
        Said later = examine();
        assertThat(later.damages()).as("%s", later).hasSize((int) mended.lost());
    }

    /** Two things at once: what cannot be brought back is said, nothing else is wrong afterwards, and it goes on. */
    @Test
    void whateverTwoDamagesLeaveIsMendedOrNamed() {
        List<RecordedEvent> first = fill();
        List<Blow> blows = Damages.all(jedis, keys, engine, alone(first), pruned);
        long seed = Long.getLong("contextgraph.seed", System.nanoTime());
        Random random = new Random(seed);
        SoftAssertions all = new SoftAssertions();
        for (int i = 0; i < Extent.DAMAGED_PAIRS.value(); i++) {
            Blow one = blows.get(random.nextInt(blows.size()));
            Blow two = blows.get(random.nextInt(blows.size()));
            String both = one + " and " + two + ", seed " + seed;
            List<RecordedEvent> events = fill();
            strike(one);
            strike(two);
            try {
                Map<String, Object> damaged = content();
                Said found = examine();
                all.assertThat(content())
                        .as(both + ": an examination writes nothing")
                        .isEqualTo(damaged);
                Map<EventId, Receipt> taken = appended(100);
                Said mended = mend();
                Said left = examine();
                if (left.damages().size() > left.lost()) {
                    Said again = mend();
                    left = examine();
                    all.assertThat(again.damages()).as(both).isNotEmpty();
                }
                all.assertThat(left.damages().size())
                        .as(both + " are mended: found " + found + ", mended " + mended + ", left " + left)
                        .isEqualTo((int) left.lost());
                if (left.lost() == 0) {
                    all.assertThat(faults()).as(both + " are audited").isEmpty();
                    all.assertThat(read().subList(0, events.size()))
                            .as(both + " keep events")
                            .isEqualTo(events);
                    all.assertThat(read().stream().map(event -> event.event().id()))
                            .as(both + " keep what was taken")
                            .containsAll(taken.keySet());
                }
                all.assertThat(appended(200)).as(both + ": it goes on").hasSize(SESSIONS.size());
            } catch (RuntimeException | AssertionError failed) {
                all.fail(both + " " + failed + " " + trace(failed));
            }
        }
        assertThat(first).hasSize(12 - pruned.size());
        all.assertAll();
    }

    private void renumber(RecordedEvent event, long seq) {
        String key = keys.document(event.event().id());
        String text =
                engine == Engine.SEARCH ? Keys.text((byte[]) jedis.sendCommand(JsonCommand.GET, key)) : jedis.get(key);
        String wrong = text.replace("\"seq\":" + event.seq() + ",", "\"seq\":" + seq + ",");
        assertThat(wrong).isNotEqualTo(text);
        if (engine == Engine.SEARCH) {
            Object ignored = jedis.sendCommand(JsonCommand.SET, key, "$", wrong);
        } else {
            String ignored = jedis.set(key, wrong);
        }
    }

    /** The second may find nothing left to do, or another type there. */
    private static void strike(Blow blow) {
        try {
            blow.strike().run();
        } catch (RuntimeException nothingThere) {
            // The first has been at it.
        }
    }

    private static List<StackTraceElement> trace(Throwable failed) {
        return Arrays.stream(failed.getStackTrace()).limit(12).toList();
    }
}
