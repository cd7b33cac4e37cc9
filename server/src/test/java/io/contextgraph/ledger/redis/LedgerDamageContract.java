// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.event.TypeFilter;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendOutcome.Appended;
import io.contextgraph.ledger.AppendOutcome.Refused;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.SessionSummary;
import io.contextgraph.ledger.redis.LedgerFault.Kind;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.IndexedField;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.client.Script;
import io.contextgraph.ledger.redis.client.SessionEntry;
import io.contextgraph.ledger.redis.search.SearchIndex;
import io.contextgraph.testing.Events;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.assertj.core.api.SoftAssertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.StreamEntryID;
import redis.clients.jedis.json.JsonProtocol;
import redis.clients.jedis.params.XAddParams;
import redis.clients.jedis.search.SearchProtocol.SearchCommand;

/** What somebody else has taken out of a ledger, or put into it: what is whole is answered, what is not is said. */
abstract class LedgerDamageContract {
    private final RedisSettings settings;
    private final Engine engine;
    private final Keys keys;

    @SuppressWarnings("NullAway.Init")
    private RedisLedger ledger;

    @SuppressWarnings("NullAway.Init")
    private Jedis jedis;

    LedgerDamageContract(URI url, Engine engine) {
        this.engine = engine;
        this.settings = RedisSettings.defaults(url).withEngine(engine).withPrefix("damage-" + UUID.randomUUID() + ":");
        this.keys = new Keys(settings.prefix());
    }

    @BeforeEach
    final void open() {
        jedis = new Jedis(settings.url());
        ledger = RedisLedger.connect(settings);
    }

    @AfterEach
    final void close() {
        ledger.close();
        jedis.close();
    }

    private List<AppendOutcome> append(List<Event> events) {
        return ledger.log()
                .append(events.stream().map(Append::of).toList(), Durability.MEMORY)
                .outcomes();
    }

    private static List<Event> events(long from, long to, int sessions) {
        return LongStream.range(from, to)
                .mapToObj(n -> Events.event(n, "session-" + n % sessions))
                .toList();
    }

    /** A batch of several runs: the damaged session has events in each. */
    @Test
    void oneDamagedSessionOfABatchIsRefusedAlone() {
        jedis.hset(keys.prefix() + "session:session-3", "count", "many");
        List<AppendOutcome> outcomes = append(events(0, 100, 10));
        assertThat(outcomes).hasSize(100);
        for (int i = 0; i < outcomes.size(); i++) {
            if (i % 10 == 3) {
                assertThat(outcomes.get(i))
                        .isEqualTo(new Refused(Events.id(i), Reason.CORRUPT, "session: summary is damaged"));
            } else {
                assertThat(outcomes.get(i)).isInstanceOf(Appended.class);
            }
        }
        assertThat(ledger.order().read(0, 1000)).hasSize(90);
        jedis.del(keys.prefix() + "session:session-3");
        assertThat(append(events(0, 100, 10)).stream().filter(Appended.class::isInstance))
                .hasSize(10);
    }

    @Test
    void aKeyOfTheWrongTypeConcernsItsEventAlone() {
        jedis.lpush(keys.payload(Events.id(1)), "not ours");
        jedis.lpush(keys.document(Events.id(2)), "not ours");
        jedis.lpush(keys.prefix() + "events:session-3", "not ours");
        List<AppendOutcome> outcomes = append(events(0, 5, 5));
        assertThat(outcomes.stream().map(outcome -> outcome instanceof Refused refused ? refused.reason() : "taken"))
                .containsExactly("taken", Reason.CORRUPT, Reason.CORRUPT, Reason.CORRUPT, "taken");
        assertThat(((Refused) outcomes.get(1)).why())
                .isEqualTo("a key of this event or its session holds something else than it should");
    }

    /** Callers share runs of the script. */
    @Test
    void whoWritesBesideADamagedSessionIsNotConcerned() throws Exception {
        jedis.hset(keys.prefix() + "session:damaged", "count", "many");
        List<Future<List<AppendOutcome>>> written = new ArrayList<>();
        try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int w = 0; w < 40; w++) {
                long n = w;
                String session = w % 2 == 0 ? "damaged" : "whole";
                written.add(writers.submit(() -> append(List.of(Events.event(n, session)))));
            }
            for (int w = 0; w < written.size(); w++) {
                assertThat(written.get(w).get()).hasOnlyElementsOfType(w % 2 == 0 ? Refused.class : Appended.class);
            }
        }
    }

    private void fill(long count, int sessions) {
        for (long from = 1; from <= count; from += 1000) {
            assertThat(append(events(from, Math.min(count, from + 999) + 1, sessions)))
                    .hasOnlyElementsOfType(Appended.class);
        }
    }

    private static void assertSays(ThrowingCallable call, Reason reason, String... what) {
        assertThatThrownBy(call).isInstanceOfSatisfying(LedgerException.class, failed -> {
            assertThat(failed.reason()).isEqualTo(reason);
            assertThat(failed.told())
                    .hasValueSatisfying(told -> assertThat(told).contains(what));
        });
    }

    private List<RecordedEvent> all(EventQuery.Builder filters) {
        EventQuery query = filters.limit(EventQuery.MAX_LIMIT).build();
        EventPage page = ledger.search().search(query);
        List<RecordedEvent> all = new ArrayList<>(page.events());
        while (page.next().isPresent()) {
            page = ledger.search().search(query.withCursor(page.next().get()));
            all.addAll(page.events());
        }
        return all;
    }

    private static EventQuery.Builder byPosition() {
        return EventQuery.builder().order(EventQuery.Order.POSITION_ASC);
    }

    private static EventQuery.Builder ofSession(String session) {
        return byPosition().sessionId(new SessionId(session));
    }

    @Test
    void aLostPageOfIdsIsNamed() {
        fill(8100, 3);
        jedis.del(keys.ids(1));
        String[] what = {keys.ids(1), "4001 to 8000"};
        assertThat(ledger.order().read(0, 4000)).hasSize(4000);
        assertThat(ledger.order().read(8000, 1000)).hasSize(100);
        assertSays(() -> ledger.order().read(3999, 2), Reason.CORRUPT, what);
        assertSays(() -> all(byPosition()), Reason.CORRUPT, what);
        assertSays(() -> all(EventQuery.builder().order(EventQuery.Order.POSITION_DESC)), Reason.CORRUPT, what);
        // Whether there has ever been an event with this id, nobody knows any more.
        assertSays(() -> ledger.log().find(Events.id(1_000_000)), Reason.CORRUPT, what);
        assertThat(ledger.log().find(Events.id(5000)).found()).isPresent();
    }

    @Test
    void aPageOfIdsThatWasLostAndWrittenToAgainIsNoWholePage() {
        fill(5, 2);
        jedis.del(keys.ids(0));
        List<AppendOutcome> ignored = append(events(6, 8, 2));
        assertSays(() -> ledger.order().read(0, 10), Reason.CORRUPT, keys.ids(0), "1 to 4000");
        assertSays(() -> ledger.order().read(5, 10), Reason.CORRUPT, keys.ids(0), "1 to 4000");
        // Once it has come to its end, its beginning still lacks the ids.
        jedis.setrange(Keys.bytes(keys.ids(0)), (Keys.IDS_PER_PAGE - 1) * Keys.ID_BYTES, new byte[Keys.ID_BYTES]);
        assertSays(() -> ledger.order().read(0, 10), Reason.CORRUPT, "no event at seq 1");
        assertThat(ledger.order().read(5, 10)).hasSize(2);
    }

    @Test
    void anEventWhoseDocumentWasDeletedIsNotUnknown() {
        fill(10, 2);
        jedis.del(keys.document(Events.id(3)));
        String[] what = {keys.document(Events.id(3)), "seq 3"};
        assertSays(() -> ledger.log().find(Events.id(3)), Reason.CORRUPT, what);
        assertSays(() -> ledger.order().read(0, 10), Reason.CORRUPT, what);
        assertSays(() -> all(byPosition()), Reason.CORRUPT, what);
        assertSays(
                () -> all(ofSession("session-1")),
                engine == Engine.SEARCH ? Reason.INCOMPLETE : Reason.CORRUPT,
                engine == Engine.SEARCH ? "9 of 10 events" : keys.document(Events.id(3)));
        assertThat(ledger.log().find(Events.id(4)).found()).isPresent();
        assertThat(ledger.log().find(Events.id(1_000_000)).found()).isEmpty();
    }

    /** Old pages are read once. */
    @Test
    void aDeletedDocumentIsKnownHoweverOldItIs() {
        fill(12_100, 2);
        for (long n : List.of(1L, 4000L, 4001L, 8001L, 12_100L)) {
            assertThat(ledger.log().find(Events.id(2_000_000 + n)).found()).isEmpty();
            jedis.del(keys.document(Events.id(n)));
            assertSays(() -> ledger.log().find(Events.id(n)), Reason.CORRUPT, "seq " + n);
        }
    }

    @Test
    void aForeignValueInThePlaceOfADocumentIsNamed() {
        fill(4, 2);
        String key = keys.document(Events.id(3));
        jedis.del(key);
        jedis.lpush(key, "not ours");
        assertSays(() -> ledger.log().find(Events.id(3)), Reason.CORRUPT, key);
        assertSays(() -> ledger.order().read(0, 10), Reason.CORRUPT, key);
        assertThat(Refusals.of(ledger.log(), Append.of(Events.event(3, "session-1"))))
                .isEqualTo(Reason.CORRUPT);
        if (engine == Engine.SORTED_SET) {
            jedis.set(key, "not ours");
            assertSays(() -> ledger.log().find(Events.id(3)), Reason.CORRUPT, Events.id(3) + " is not readable");
        }
        // One that nobody has ever appended.
        jedis.lpush(keys.document(Events.id(99)), "not ours");
        assertSays(() -> ledger.log().find(Events.id(99)), Reason.CORRUPT, keys.document(Events.id(99)));
    }

    @Test
    void aPayloadThatSomebodyHasAlteredIsNoPayload() {
        List<AppendOutcome> ignored = append(List.of(Events.full(1, "session"), Events.full(2, "session")));
        for (String altered :
                List.of("", "not ours", "{\"text\":\"cut", "{\"a\":1} more", "[1]", "\u001f\u008b\u0008")) {
            jedis.set(keys.payload(Events.id(1)), altered);
            assertSays(() -> ledger.log().find(Events.id(1)), Reason.CORRUPT, "payload of event " + Events.id(1));
            assertSays(
                    () -> ledger.log().payloads(List.of(Events.id(2), Events.id(1))),
                    Reason.CORRUPT,
                    "payload of event " + Events.id(1));
        }
        assertThat(ledger.log().find(Events.id(2)).found().orElseThrow().event().payload())
                .isPresent();
    }

    /** Written anew they count twice in what the search module guesses from; a wrong guess has ended the whole server. */
    @Test
    void documentsThatWereWrittenAnewAreFound() {
        fill(200, 1);
        Map<String, String> before = content();
        for (int times = 0; times < 3; times++) {
            for (int n = 1; n <= 150; n++) {
                rewrite(document(n));
            }
            for (int limit : List.of(1, 7, 50, 100, 199, 200, 201, 1000)) {
                EventQuery query = ofSession("session-0")
                        .order(EventQuery.Order.TIME_DESC)
                        .limit(limit)
                        .build();
                assertThat(ledger.search().search(query).events()).hasSize(Math.min(200, limit));
            }
        }
        assertThat(content()).isEqualTo(before);
    }

    private void rewrite(String key) {
        byte[] text = engine == Engine.SEARCH
                ? (byte[]) jedis.sendCommand(JsonProtocol.JsonCommand.GET, key)
                : jedis.get(Keys.bytes(key));
        jedis.del(key);
        Object ignored = engine == Engine.SEARCH
                ? jedis.sendCommand(JsonProtocol.JsonCommand.SET, Keys.bytes(key), Keys.bytes("$"), text)
                : jedis.set(Keys.bytes(key), text);
    }

    @Test
    void theHeadAndTheTypesOfALedgerAreMissed() {
        fill(4, 2);
        if (engine == Engine.SEARCH) {
            assertThat(all(byPosition().type(new TypeFilter("tool.*")))).hasSize(4);
        }
        jedis.del(keys.types());
        assertSays(() -> all(byPosition().type(new TypeFilter("tool.*"))), Reason.CORRUPT, keys.types());
        jedis.del(keys.ledger());
        assertSays(() -> ledger.order().head(), Reason.CORRUPT, keys.ledger());
        assertSays(() -> all(byPosition()), Reason.CORRUPT, keys.ledger());
        assertThat(Refusals.of(ledger.log(), Append.of(Events.event(9, "s")))).isEqualTo(Reason.CORRUPT);
    }

    @Test
    void aLostIndexIsAnErrorUntilItIsComplete() {
        fill(3000, 3);
        EventQuery.Builder byTime = EventQuery.builder().order(EventQuery.Order.TIME_ASC);
        List<Runnable> losses = engine == Engine.SEARCH
                ? List.of(
                        () -> search(SearchCommand.DROPINDEX, SearchIndex.name(keys)),
                        () -> search(SearchCommand.ALIASDEL, keys.index()))
                : List.of(
                        () -> jedis.del(keys.all()),
                        () -> jedis.zrem(keys.by(IndexedField.SESSION, "session-1"), first("session-1")));
        for (Runnable loss : losses) {
            assertThat(all(ofSession("session-1"))).hasSize(1000);
            loss.run();
            assertSays(
                    () -> {
                        assertThat(all(byTime)).hasSize(3000);
                        assertThat(all(ofSession("session-1"))).hasSize(1000);
                    },
                    Reason.INCOMPLETE,
                    "index");
            if (engine == Engine.SEARCH) {
                assertThat(untilComplete(byTime)).hasSize(3000);
            }
        }
    }

    private String first(String session) {
        return jedis.zrange(keys.by(IndexedField.SESSION, session), 0, 0).getFirst();
    }

    private void search(SearchCommand command, String name) {
        Object ignored = jedis.sendCommand(command, name);
    }

    private List<RecordedEvent> untilComplete(EventQuery.Builder query) {
        while (true) {
            try {
                return all(query);
            } catch (LedgerException e) {
                assertThat(e.reason()).isEqualTo(Reason.INCOMPLETE);
            }
        }
    }

    @Test
    void aSessionThatHasLostItsEntryGoesOn() {
        List<Event> mixed = Events.mixed(60);
        List<AppendOutcome> ignored = append(mixed.subList(0, 50));
        List<SessionSummary> before =
                ledger.sessions().list(10, Optional.empty()).items();
        SessionId first = before.getFirst().id();

        jedis.del(keys.session(first));
        assertThat(ledger.sessions().find(first)).contains(before.getFirst());
        jedis.del(keys.session(first));
        assertThat(ledger.sessions().list(10, Optional.empty()).items()).isEqualTo(before);

        for (SessionSummary session : before) {
            jedis.del(keys.session(session.id()));
        }
        assertThat(append(mixed)).hasSize(60).satisfies(outcomes -> {
            assertThat(outcomes.subList(0, 50)).hasOnlyElementsOfType(AppendOutcome.Duplicate.class);
            assertThat(outcomes.subList(50, 60)).hasOnlyElementsOfType(Appended.class);
        });
        jedis.hdel(keys.session(first), "count");
        assertThat(append(List.of(Events.event(100, first.value())))).hasOnlyElementsOfType(Appended.class);
        assertThat(ledger.sessions().find(new SessionId("nobody"))).isEmpty();
        assertWhole();
    }

    /** An audit reads what is there under the prefix, in any server. */
    private void assertWhole() {
        assertThat(LedgerAudit.faults(settings)).isEmpty();
    }

    @Test
    void aSessionThatHasLostMoreThanItsEntryTakesNothing() {
        fill(20, 2);
        SessionId session = new SessionId("session-1");
        jedis.del(keys.session(session));
        jedis.del(keys.document(Events.id(7)));
        assertThat(append(List.of(Events.event(100, "session-1"), Events.event(101, "session-0"))))
                .satisfiesExactly(
                        refused -> assertThat(((Refused) refused).reason()).isEqualTo(Reason.CORRUPT),
                        taken -> assertThat(taken).isInstanceOf(Appended.class));
        assertThatThrownBy(() -> ledger.sessions().find(session)).isInstanceOf(LedgerException.class);
        assertThat(jedis.exists(keys.session(session))).isFalse();
    }

    /** Over several runs of the script, each with events of other sessions. */
    @Test
    void aRequestKeepsItsOrderThoughSomeOfItsSessionsHaveLostTheirEntries() {
        fill(20, 2);
        jedis.del(keys.session(new SessionId("session-0")));
        jedis.del(keys.session(new SessionId("session-1")));
        List<Event> request = LongStream.range(100, 160)
                .mapToObj(n -> Events.event(
                        n, List.of("session-1", "new", "session-0", "other").get((int) n % 4)))
                .toList();
        assertThat(append(request)).hasOnlyElementsOfType(Appended.class);
        assertThat(ledger.order().read(20, 100))
                .extracting(RecordedEvent::event)
                .extracting(Event::id)
                .containsExactlyElementsOf(request.stream().map(Event::id).toList());
        assertWhole();
    }

    /** Of a session that is not there yet, whatever stands in its stream looks like an event. */
    @Test
    void whatStandsBehindARefusedEventIsTakenInItsOrder() {
        fill(1, 1);
        jedis.xadd(
                keys.stream(new SessionId("foreign")), XAddParams.xAddParams().id("5-5"), Map.of("foo", "bar"));
        List<Event> request = LongStream.range(100, 160)
                .mapToObj(n -> Events.event(n, n % 7 == 3 ? "foreign" : "session-" + n % 3))
                .toList();
        List<AppendOutcome> outcomes = append(request);
        List<Event> others = request.stream()
                .filter(event -> !event.sessionId().value().equals("foreign"))
                .toList();
        assertThat(ledger.order().read(1, 100))
                .extracting(RecordedEvent::event)
                .extracting(Event::id)
                .containsExactlyElementsOf(others.stream().map(Event::id).toList());
        for (int i = 0; i < outcomes.size(); i++) {
            if (others.contains(request.get(i))) {
                assertThat(outcomes.get(i)).isInstanceOf(Appended.class);
            } else {
                assertThat(outcomes.get(i))
                        .isInstanceOfSatisfying(
                                Refused.class,
                                refused -> assertThat(refused.why())
                                        .isEqualTo("session: summary is missing, the session has events"));
            }
        }
    }

    /** Callers share runs of the script: whoever has a damaged session holds up nobody but itself. */
    @Test
    void thoseWhoShareARoundWithALostSessionAreTakenInTheirOrder() throws Exception {
        fill(1, 1);
        jedis.xadd(
                keys.stream(new SessionId("foreign")), XAddParams.xAddParams().id("5-5"), Map.of("foo", "bar"));
        List<List<Event>> requests = new ArrayList<>();
        for (int caller = 1; caller <= 24; caller++) {
            String first = caller % 3 == 0 ? "foreign" : "session-" + caller % 5;
            String second = "session-" + caller % 4;
            requests.add(LongStream.range(1000L * caller + 1, 1000L * caller + 31)
                    .mapToObj(n -> Events.event(n, n % 9 == 4 ? first : second))
                    .toList());
        }
        for (List<AppendOutcome> outcomes : together(requests)) {
            assertThat(outcomes).hasSize(30).hasOnlyElementsOfTypes(Appended.class, Refused.class);
        }
        for (List<Event> request : requests) {
            List<EventId> ids = request.stream()
                    .filter(event -> !event.sessionId().value().equals("foreign"))
                    .map(Event::id)
                    .toList();
            assertThat(ledger.order().read(0, 1000))
                    .extracting(recorded -> recorded.event().id())
                    .filteredOn(ids::contains)
                    .containsExactlyElementsOf(ids);
        }
    }

    private List<List<AppendOutcome>> together(List<List<Event>> requests) throws Exception {
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<AppendOutcome>>> answers = requests.stream()
                    .map(request -> callers.submit(() -> append(request)))
                    .toList();
            List<List<AppendOutcome>> all = new ArrayList<>();
            for (Future<List<AppendOutcome>> answer : answers) {
                all.add(answer.get());
            }
            return all;
        }
    }

    @Test
    void whoMendsASessionLateChangesNothing() {
        fill(20, 2);
        SessionId session = new SessionId("session-1");
        SessionSummary before = ledger.sessions().find(session).orElseThrow();
        jedis.del(keys.session(session));
        Object stale = mend(before, ledger.order().read(0, 20).get(10));
        assertThat(stale).asString().contains("session stream is ahead");
        assertThat(ledger.sessions().find(session)).contains(before);
        assertThat(mend(before, ledger.order().read(0, 20).get(18))).isEqualTo(0L);
        assertWhole();
    }

    @Test
    void whatIsNoEntryOfASessionIsNotWritten() {
        fill(20, 2);
        SessionId session = new SessionId("session-1");
        SessionSummary before = ledger.sessions().find(session).orElseThrow();
        RecordedEvent last = ledger.order().read(0, 20).get(18);
        jedis.del(keys.session(session));
        Map<String, String> content = content();
        List<String> right = entry(before, last);
        // Every argument but the session, a status and what an agent's field holds.
        for (int i : List.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14)) {
            List<String> wrong = new ArrayList<>(right);
            wrong.set(i, "");
            assertThat(mend(session, wrong)).as(right.get(i)).asString().contains("INVALID");
        }
        for (int size = 0; size < right.size(); size++) {
            assertThat(mend(session, right.subList(0, size))).asString().contains("INVALID");
        }
        assertThat(content()).isEqualTo(content);
        assertThat(mend(session, right)).isEqualTo(1L);
        assertThat(ledger.sessions().find(session)).contains(before);
        assertWhole();
    }

    private Object mend(SessionSummary summary, RecordedEvent last) {
        SessionSummary wrong = new SessionSummary(
                summary.id(),
                1,
                Instant.EPOCH,
                Instant.EPOCH,
                last.event().id(),
                1,
                List.of("agent"),
                Optional.empty());
        return mend(summary.id(), entry(wrong, last));
    }

    /** The arguments of mend.lua. */
    private static List<String> entry(SessionSummary summary, RecordedEvent last) {
        List<String> arguments =
                new ArrayList<>(List.of(summary.id().value(), last.position().toString()));
        SessionEntry.of(summary).forEach((name, value) -> {
            arguments.add(name);
            arguments.add(value);
        });
        return arguments;
    }

    private Object mend(SessionId id, List<String> arguments) {
        try (Redis redis = new Redis(settings)) {
            return redis.write(
                    new Script("mend.lua"),
                    EventCodec.arguments(keys.session(id), keys.sessions(), keys.stream(id)),
                    EventCodec.arguments(arguments.toArray(String[]::new)));
        } catch (LedgerException refused) {
            return String.valueOf(refused.getMessage());
        }
    }

    /** Every key, as it is. */
    private Map<String, String> content() {
        Map<String, String> content = new TreeMap<>();
        for (String key : jedis.keys(keys.prefix() + "*")) {
            content.put(key, HexFormat.of().formatHex(jedis.dump(key)));
        }
        return content;
    }

    @Test
    void aWholeLedgerIsLookedAtAndNothingIsWritten() {
        assertThat(ledger.look()).isEmpty();
        assertThat(ledger.inspect()).isEmpty();
        assertThat(content()).isEmpty();
        List<AppendOutcome> ignored = append(Events.mixed(60));
        Map<String, String> before = content();
        assertThat(ledger.look()).isEmpty();
        assertThat(ledger.inspect()).isEmpty();
        assertThat(content()).isEqualTo(before);
    }

    /**
     * What is done to a ledger of forty events in two sessions, and what is found by each look.
     *
     * @param brief by one that takes some milliseconds
     * @param thorough by one at everything
     */
    private record Damage(String name, Runnable done, Set<Kind> brief, Set<Kind> thorough) {
        Damage(String name, Runnable done, Kind... both) {
            this(name, done, Set.of(both), Set.of(both));
        }
    }

    private List<Damage> damages() {
        String session = keys.prefix() + "session:session-1";
        List<Damage> damages = new ArrayList<>(List.of(
                new Damage("page of ids lost", () -> jedis.del(keys.ids(0)), Kind.HEAD, Kind.NUMBERS),
                new Damage(
                        "id lost",
                        () -> jedis.setrange(Keys.bytes(keys.ids(0)), 0, new byte[Keys.ID_BYTES]),
                        Kind.DOCUMENT),
                new Damage("newest document lost", () -> jedis.del(document(40)), lost(Kind.HEAD)),
                new Damage("document lost", () -> jedis.del(document(3)), lost()),
                new Damage("foreign document", () -> foreign(document(3)), lost()),
                new Damage("global stream ahead", () -> ahead(keys.global()), Kind.APPEND),
                new Damage("session's stream ahead", () -> ahead(keys.prefix() + "events:session-1"), Set.of(), only()),
                new Damage("session damaged", () -> jedis.hset(session, "count", "many"), Set.of(), only()),
                new Damage("session's entry foreign", () -> foreign(session), Set.of(), only()),
                new Damage("session miscounted", () -> jedis.hset(session, "count", "19"), Set.of(), only()),
                new Damage("session not listed", () -> jedis.zrem(keys.sessions(), "session-1"), Set.of(), only()),
                new Damage("directory lost", () -> jedis.del(keys.sessions()), Set.of(), only()),
                new Damage("directory foreign", () -> foreign(keys.sessions()), Kind.APPEND),
                new Damage("types foreign", () -> foreign(keys.types()), Kind.APPEND),
                new Damage("head damaged", () -> jedis.hset(keys.ledger(), "seq", "x"), Kind.APPEND, Kind.HEAD),
                new Damage("head lost", () -> jedis.del(keys.ledger()), Kind.APPEND, Kind.HEAD),
                new Damage("head behind", () -> jedis.hset(keys.ledger(), "seq", "39"), Kind.APPEND, Kind.HEAD),
                new Damage("engine changed", () -> jedis.hset(keys.ledger(), "engine", "x"), Kind.APPEND)));
        if (engine == Engine.SORTED_SET) {
            damages.add(new Damage("index lost", () -> jedis.del(keys.all()), Kind.INDEX));
        }
        return damages;
    }

    private static Set<Kind> only() {
        return Set.of(Kind.SESSION);
    }

    /** The search module knows how many documents there are. */
    private Kind[] lost(Kind... also) {
        List<Kind> kinds = new ArrayList<>(List.of(also));
        kinds.add(Kind.DOCUMENT);
        if (engine == Engine.SEARCH) {
            kinds.add(Kind.INDEX);
        }
        return kinds.toArray(Kind[]::new);
    }

    private String document(long n) {
        return keys.document(Events.id(n));
    }

    private void foreign(String key) {
        jedis.del(key);
        jedis.lpush(key, "not ours");
    }

    private void ahead(String stream) {
        jedis.xadd(stream, Map.of("a", "b"), XAddParams.xAddParams().id(new StreamEntryID(Long.MAX_VALUE - 1, 0)));
    }

    private static Set<Kind> kinds(List<LedgerFault> faults) {
        return faults.stream()
                .filter(fault -> !fault.mended())
                .map(LedgerFault::kind)
                .collect(Collectors.toSet());
    }

    /** Each time on a ledger of its own; whether an event can be appended is tried in earnest afterwards. */
    @Test
    void everyDamageIsFoundAndWhetherAnEventCanBeAppendedIsTrue() {
        SoftAssertions all = new SoftAssertions();
        for (Damage damage : damages()) {
            for (String key : jedis.keys(keys.prefix() + "*")) {
                jedis.del(key);
            }
            fill(40, 2);
            all.assertThat(ledger.look()).as("before: " + damage.name()).isEmpty();
            damage.done().run();
            all.assertThat(kinds(ledger.look())).as("look: " + damage.name()).isEqualTo(damage.brief());
            all.assertThat(kinds(ledger.inspect()))
                    .as("inspect: " + damage.name())
                    .isEqualTo(damage.thorough());
            all.assertThat(canAppend())
                    .as("append: " + damage.name())
                    .isEqualTo(!damage.brief().contains(Kind.APPEND));
        }
        all.assertAll();
    }

    private boolean canAppend() {
        try {
            return append(List.of(Events.event(1000, "another"))).getFirst() instanceof Appended;
        } catch (LedgerException refused) {
            return false;
        }
    }

    @Test
    void whatRequestsHaveComeUponIsFoundUntilItIsThereAgain() {
        fill(2000, 2);
        assertThat(ledger.look()).isEmpty();
        byte[] kept = jedis.dump(document(1800));
        jedis.del(document(1800));
        assertThatThrownBy(() -> ledger.log().find(Events.id(1800))).isInstanceOf(LedgerException.class);
        jedis.hset(keys.prefix() + "session:session-1", "count", "many");
        assertThat(append(List.of(Events.event(5001, "session-1")))).hasOnlyElementsOfType(Refused.class);
        assertThat(ledger.look().stream().map(LedgerFault::message))
                .anySatisfy(message -> assertThat(message).contains(document(1800), "seq 1800"))
                .anySatisfy(message ->
                        assertThat(message).isEqualTo("session session-1 takes no event: session: summary is damaged"));
        jedis.restore(document(1800), 0, kept);
        jedis.hset(keys.prefix() + "session:session-1", "count", "1000");
        assertThat(ledger.look()).isEmpty();
        assertThat(ledger.inspect()).isEmpty();
    }

    /** Nobody has asked for it. */
    @Test
    void everyDocumentHasItsTurn() {
        fill(1700, 2);
        jedis.del(document(1600));
        Set<Kind> found = new HashSet<>();
        for (int looks = 0; looks < 4; looks++) {
            found.addAll(kinds(ledger.look()));
        }
        assertThat(found).contains(Kind.DOCUMENT);
        assertThat(ledger.inspect().stream().map(LedgerFault::message))
                .anySatisfy(message -> assertThat(message).contains(document(1600), "seq 1600"));
    }

    @Test
    void aLookMakesAgainWhatIsNotLostAndSaysSo() {
        fill(40, 2);
        jedis.del(keys.prefix() + "session:session-1");
        List<LedgerFault> faults = ledger.inspect();
        assertThat(faults)
                .containsExactly(new LedgerFault(
                        Kind.SESSION,
                        Reason.CORRUPT,
                        "the entry of session session-1 was missing, and has been made again from its events",
                        true));
        assertThat(ledger.inspect()).isEmpty();
        if (engine == Engine.SEARCH) {
            search(SearchCommand.DROPINDEX, SearchIndex.name(keys));
            assertThat(kinds(ledger.look())).containsExactly(Kind.INDEX);
            while (!ledger.look().isEmpty()) {
                assertThat(kinds(ledger.look())).isSubsetOf(Kind.INDEX);
            }
            search(SearchCommand.DROPINDEX, SearchIndex.name(keys));
            try (RedisLedger doctor = RedisLedger.connect(settings)) {
                assertThat(doctor.inspect())
                        .containsExactly(new LedgerFault(
                                Kind.INDEX,
                                Reason.INCOMPLETE,
                                "the search index was missing, and has been built again",
                                true));
            }
            assertThat(ledger.inspect()).isEmpty();
        }
        assertWhole();
    }
}
