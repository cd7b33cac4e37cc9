// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.EventQuery;
import io.contextgraph.event.EventQuery.Order;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.Skips;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.json.JsonProtocol.JsonCommand;

/** What a page costs: a session is read from its stream while that has all of it, and a step through the index is bounded. */
class SearchStepsForSearchIT {
    private static final int COUNT = 400;
    private static final String SLOWER_THAN = "slowlog-log-slower-than";
    private static final SessionId SESSION = new SessionId("session-1");

    @SuppressWarnings("NullAway.Init")
    private RedisFixture ledger;

    @SuppressWarnings("NullAway.Init")
    private Jedis jedis;

    @SuppressWarnings("NullAway.Init")
    private Keys keys;

    @SuppressWarnings("NullAway.Init")
    private String slowerThan;

    @BeforeAll
    static void needsTheServer() {
        Skips.unless(
                RedisServers.withSearch().isPresent(),
                SearchStepsForSearchIT.class,
                "no Redis 8 with JSON and Search is installed");
    }

    @BeforeEach
    void fill() {
        ledger = RedisFixture.fresh(RedisServers.withSearch().orElseThrow(), Engine.SEARCH);
        keys = new Keys(ledger.settings().prefix());
        jedis = new Jedis(RedisServers.withSearch().orElseThrow());
        slowerThan = jedis.configGet(SLOWER_THAN).getOrDefault(SLOWER_THAN, "10000");
        append(Events.mixed(COUNT).stream().map(Append::of).toList());
    }

    private void append(List<Append> events) {
        assertThat(ledger.log().append(events, Durability.MEMORY).outcomes()).hasSize(events.size());
    }

    @AfterEach
    void close() {
        String ignored = jedis.configSet(SLOWER_THAN, slowerThan);
        jedis.close();
        ledger.close();
    }

    private static EventQuery.Builder ofSession() {
        return EventQuery.builder().sessionId(SESSION).limit(10);
    }

    /** The commands of the search module, and those that read documents or streams, that a page takes. */
    private List<List<String>> asked(EventQuery query) {
        String ignored = jedis.configSet(SLOWER_THAN, "0");
        ignored = jedis.slowlogReset();
        EventPage page = ledger.search().search(query);
        ignored = jedis.configSet(SLOWER_THAN, slowerThan);
        assertThat(page.events()).hasSize(query.limit());
        List<List<String>> asked = new ArrayList<>();
        // Not by the client's own reading, which wants an address also of what a script has called.
        List<?> entries = (List<?>) jedis.sendCommand(Protocol.Command.SLOWLOG, "GET", "1000");
        entries.reversed()
                .forEach(entry -> asked.add(((List<?>) ((List<?>) entry).get(3))
                        .stream().map(word -> Keys.text((byte[]) word)).toList()));
        return asked.stream()
                .filter(words -> words.getFirst().matches("FT\\..*|JSON\\..*|XRANGE|EVALSHA.*"))
                .toList();
    }

    private List<String> names(EventQuery query) {
        return asked(query).stream().map(List::getFirst).toList();
    }

    @Test
    void aSmallSessionIsReadFromItsStream() {
        for (Order order : Order.values()) {
            EventQuery query = ofSession().order(order).build();
            assertThat(names(query)).as("%s", order).containsExactly("XRANGE", "JSON.MGET");
            EventQuery next =
                    query.withCursor(ledger.search().search(query).next().orElseThrow());
            assertThat(names(next)).as("%s", order).containsExactly("XRANGE", "JSON.MGET");
        }
    }

    @Test
    void whatTheStreamDoesNotHaveIsAskedOfTheIndex() {
        EventQuery query = ofSession().build();
        List<RecordedEvent> before = ledger.search().search(query).events();
        List<Runnable> losses = List.of(
                () -> jedis.xtrim(keys.stream(SESSION), 20, false),
                () -> jedis.del(keys.stream(SESSION)),
                () -> jedis.set(keys.stream(SESSION), "not ours"));
        for (Runnable loss : losses) {
            loss.run();
            assertThat(names(query)).containsExactly("XRANGE", "FT.INFO", "FT.AGGREGATE", "JSON.MGET");
            assertThat(ledger.search().search(query).events()).isEqualTo(before);
        }
    }

    @Test
    void aLargeSessionIsAskedOfTheIndexAlone() {
        append(LongStream.range(COUNT, 2 * COUNT)
                .mapToObj(n -> Append.of(Events.event(1000 + n, SESSION.value())))
                .toList());
        assertThat(names(ofSession().build())).doesNotContain("XRANGE").contains("FT.AGGREGATE");
    }

    /** With or without documents that were written anew, after which Redis itself no longer guesses how far to read. */
    @Test
    void aStepThroughTheIndexEndsSomewhere() {
        for (int times = 0; times < 2; times++) {
            for (Order order : List.of(Order.TIME_ASC, Order.TIME_DESC)) {
                EventQuery query = EventQuery.builder().order(order).limit(5).build();
                // The first of them looks at how the events are spread over time.
                assertThat(ledger.search().search(query).events()).hasSize(5);
                List<List<String>> asked = asked(query);
                assertThat(asked.stream().map(List::getFirst))
                        .as("%s", order)
                        .containsExactly("FT.INFO", "FT.AGGREGATE", "JSON.MGET");
                assertThat(asked.get(1).get(2))
                        .contains("@occurred_at_epoch_ms:[")
                        .doesNotContain("-inf +inf");
            }
            String document =
                    keys.document(ledger.order().read(0, 1).getFirst().event().id());
            Object written = jedis.sendCommand(JsonCommand.SET, document, "$.importance_hint", "3");
            assertThat(written).isNotNull();
        }
    }

    /** A router hands each partition a cursor for the first page, too. */
    @Test
    void aPageBehindNothingCostsWhatTheFirstOneCosts() {
        Head head = ledger.order().head();
        RecordedEvent middle = ledger.order().read(COUNT / 2L, 1).getFirst();
        for (Order order : Order.values()) {
            EventQuery.Builder some = EventQuery.builder().order(order).limit(5);
            for (EventQuery query : List.of(
                    some.build(),
                    some.from(middle.event().occurredAt()).build(),
                    some.from(null).to(middle.event().occurredAt()).build())) {
                EventQuery behindNothing =
                        query.withCursor(query.cursorAt(List.of(query.begin(head.seq(), head.position()))));
                assertThat(ledger.search().search(behindNothing).events())
                        .isEqualTo(ledger.search().search(query).events());
                assertThat(asked(behindNothing)).as("%s", query).isEqualTo(asked(query));
            }
        }
    }

    @Test
    void whatMatchesFewEventsIsAskedForAtOnce() {
        append(List.of(
                Append.of(Events.builder(1001, "s").agentId("rare").build()),
                Append.of(Events.builder(1002, "s").agentId("rare").build())));
        List<List<String>> asked =
                asked(EventQuery.builder().agentId("rare").limit(1).build());
        assertThat(asked.stream().map(List::getFirst))
                .containsExactly("FT.AGGREGATE", "FT.INFO", "FT.AGGREGATE", "JSON.MGET");
        assertThat(asked.get(2).get(2)).startsWith("@agent_id:").doesNotContain("occurred_at");
    }
}
