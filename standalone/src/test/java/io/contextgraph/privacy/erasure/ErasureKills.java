// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Payload;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.graph.Projection;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.Failure;
import io.contextgraph.privacy.erasure.EraserProcess.Strike;
import io.contextgraph.privacy.key.DataKeys;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.privacy.sealing.SealingLedger;
import io.contextgraph.testing.CommandBreaker.Moment;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RunningRedis;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.neo4j.driver.Driver;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.params.ScanParams;

/**
 * Erases one person after the other, each by a process of its own that is killed somewhere; another one goes on. After each of them
 * the person is erased, and everything that the report says is true.
 */
final class ErasureKills implements AutoCloseable {
    private static final String MARKED = "marked value of a person";
    private static final int SAID = 3;
    private static final Set<String> ASIDE = Set.of("HELLO", "AUTH", "CLIENT", "SELECT", "SCRIPT");

    private final ErasureDesk.Where where;
    private final RunningRedis redis;
    private final Driver neo4j;
    private final Random random;
    private final Map<String, Integer> struck = new TreeMap<>();
    private ErasureDesk desk;
    private @Nullable EraserProcess waiting;
    private int persons;
    private int redisKilled;

    ErasureKills(ErasureDesk.Where where, RunningRedis redis, Driver neo4j, Random random) {
        this.where = where;
        this.redis = redis;
        this.neo4j = neo4j;
        this.random = random;
        ReceiptKey ignored = where.makeKeys();
        desk = ErasureDesk.open(where, redis.url());
        desk.graph.prepare();
    }

    /** What a whole erasure does: the names of its commands and steps, and how many commands there are. */
    record Whole(Set<String> commands, Set<String> steps, int asked) {}

    /** One that is not broken off. */
    Whole whole() {
        String person = said();
        try (EraserProcess process = next()) {
            assertThat(process.erase(person, Strike.none())).isEmpty();
            assertErased(person, desk.eraser().erase(desk.names(person)));
            Set<String> commands = new TreeSet<>(process.commands());
            // How a connection begins, and what only the first process is asked for.
            boolean ignored = commands.removeIf(name -> ASIDE.stream().anyMatch(name::startsWith));
            return new Whole(commands, process.steps(), process.asked());
        }
    }

    /** Each kind of command and step, at some moments of each. */
    void eachKind(Whole whole, int moments) {
        for (String command : whole.commands()) {
            for (Moment moment : some(moments)) {
                strike(command, new Strike(true, 0, command, moment, () -> {}));
            }
        }
        for (String step : whole.steps()) {
            for (Moment moment : some(moments)) {
                strike(step, new Strike(false, 0, step, moment, () -> {}));
            }
        }
    }

    private List<Moment> some(int count) {
        List<Moment> all = new ArrayList<>(List.of(Moment.values()));
        while (all.size() > count) {
            Moment ignored = all.remove(random.nextInt(all.size()));
        }
        return all;
    }

    /** Commands by their numbers, and Redis with the process. */
    void withRedis(Whole whole, int times) {
        for (int n = 0; n < times; n++) {
            int at = times > whole.asked() ? 1 + n : 1 + random.nextInt(whole.asked());
            Strike strike = new Strike(true, at, "", some(1).getFirst(), redis::kill);
            strike("with Redis", strike);
        }
    }

    /** Commands by their numbers. */
    void numbered(Whole whole, int times) {
        for (int n = 0; n < times; n++) {
            int at = times > whole.asked() ? 1 + n : 1 + random.nextInt(whole.asked());
            strike("", new Strike(true, at, "", some(1).getFirst(), () -> {}));
        }
    }

    /** That each kind was struck. */
    void requireAll(Whole whole) {
        Set<String> kinds = new TreeSet<>(whole.commands());
        kinds.addAll(whole.steps());
        assertThat(struck.keySet()).containsAll(kinds);
    }

    String summary() {
        return persons + " persons erased, "
                + struck.values().stream().mapToInt(Integer::intValue).sum() + " processes killed, " + redisKilled
                + " times with Redis; " + struck;
    }

    private EraserProcess next() {
        EraserProcess now = waiting == null ? EraserProcess.start(where, redis.url()) : waiting;
        waiting = EraserProcess.start(where, redis.url());
        return now;
    }

    private void strike(String expected, Strike strike) {
        String person = said();
        Optional<String> at;
        try (EraserProcess process = next()) {
            at = process.erase(person, strike);
        }
        at.ifPresent(place -> {
            int ignored = struck.merge(place, 1, Integer::sum);
        });
        // What has a number may not come to pass: how often it is asked whether a file is written differs.
        assertThat(at.isPresent() || strike.at() > 0).as(strike.toString()).isTrue();
        assertThat(strike.name()).isIn("", at.orElse(""));
        if (at.isPresent() && expected.equals("with Redis")) {
            redisKilled++;
            returned();
        }
        Eraser next = desk.eraser();
        List<List<Pseudonym>> begun = next.begun();
        List<Pseudonym> names = desk.names(person);
        assertThat(begun).as(at.toString()).isSubsetOf(List.of(names, names.subList(0, 1), names.subList(1, 2)));
        begun.forEach(one -> {
            ErasureOutcome ignored = next.goOn(one);
        });
        assertErased(person, next.erase(names));
    }

    /** Redis is there again, and whoever was connected to it begins anew. */
    private void returned() {
        if (waiting != null) {
            waiting.close();
            waiting = null;
        }
        redis.restart();
        desk.close();
        desk = ErasureDesk.open(where, redis.url());
    }

    private long first() {
        return 10L * persons;
    }

    /** Somebody of whom something is said: in the ledger, in the graph, and in an entry that is parked. */
    private String said() {
        persons++;
        String person = "person " + persons + "@example.org";
        List<Pseudonym> names = desk.names(person);
        DataKeys keys = desk.bed.server();
        for (int n = 1; n <= SAID; n++) {
            List<Pseudonym> known = n == SAID ? names.subList(1, 2) : names;
            assertThat(desk.bed.say(keys, known, first() + n)).get().isInstanceOf(AppendOutcome.Appended.class);
        }
        keys.close();
        List<RecordedEvent> events = events();
        desk.graph.apply(Projection.project(events));
        for (Pseudonym name : names) {
            cypher("MATCH (e:Event {data_subject_id: '" + name + "'}) SET e.content = '" + MARKED + "'");
        }
        park(Events.id(first() + 1));
        return person;
    }

    private List<RecordedEvent> events() {
        List<RecordedEvent> events = new ArrayList<>();
        for (int n = 1; n <= SAID; n++) {
            events.add(desk.ledger.log().find(Events.id(first() + n)).found().orElseThrow());
        }
        return events;
    }

    private void park(EventId id) {
        try (EventFeed.Consumer consumer = desk.ledger.feed("projection").open("one")) {
            boolean parked = false;
            while (!parked) {
                for (Delivery delivery : consumer.poll(100, Duration.ZERO)) {
                    boolean wanted = delivery instanceof Delivery.Arrived arrived
                            && arrived.event().event().id().equals(id);
                    if (wanted) {
                        parked = consumer.park(delivery, new Failure("refused", Instant.EPOCH, 1));
                    } else {
                        consumer.acknowledge(List.of(delivery.position()));
                    }
                }
            }
        }
    }

    private List<String> cypher(String query) {
        try (var session = neo4j.session()) {
            return session.run(query).list(row -> row.get(0).asString());
        }
    }

    private void assertErased(String person, ErasureOutcome outcome) {
        List<Pseudonym> names = desk.names(person);
        desk.bed.assertTrue(outcome, names, names.size(), SAID);
        assertThat(desk.eraser().begun()).isEmpty();
        assertThat(desk.bed.onRecord()).hasSize(persons);
        ErasureReport report = ((ErasureOutcome.Erased) outcome).report();
        assertThat(found(report, "parked")).isEqualTo(1);
        assertThat(found(report, "graph")).isEqualTo(SAID);
        assertThat(found(report, "archive")).isEqualTo(ErasureDesk.SEGMENTS);
        assertThat(found(report, "backups")).isEqualTo(ErasureDesk.BACKUPS);
        for (String files : List.of("append_only_files", "snapshots")) {
            assertThat(report.at(files).orElseThrow().done()).startsWith("written anew");
        }
        for (Pseudonym name : names) {
            assertThat(cypher("MATCH (e:Event {data_subject_id: '" + name + "'}) WHERE e.content = '" + MARKED
                            + "' RETURN e.event_id"))
                    .isEmpty();
            assertThat(keysOf(name)).as("what Redis has of " + person).isEmpty();
        }
        assertNothingIsTaken(person);
    }

    private static long found(ErasureReport report, String place) {
        return report.at(place).orElseThrow().found();
    }

    private Set<String> keysOf(Pseudonym name) {
        Set<String> found = new TreeSet<>();
        try (Jedis jedis = new Jedis(redis.url())) {
            String cursor = ScanParams.SCAN_POINTER_START;
            do {
                var page = jedis.scan(
                        cursor,
                        new ScanParams()
                                .match(where.prefix() + "pii:" + name + ":*")
                                .count(1_000));
                found.addAll(page.getResult());
                cursor = page.getCursor();
            } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
        }
        return found;
    }

    /** Neither what is new nor what was there: both are told to be erased. */
    private void assertNothingIsTaken(String person) {
        SealingLedger sealing = new SealingLedger(desk.ledger, Optional.of(desk.sealer));
        for (long number : List.of(first() + SAID + 1, first() + 1)) {
            Event plain = Events.event(number, "session-" + number % 3);
            Event event = Event.builder(plain.id(), plain.type(), plain.occurredAt(), plain.sessionId())
                    .agentId(plain.agentId())
                    .traceId(plain.traceId())
                    .dataSubjectId(person)
                    .payload(new Payload("{\"name\":\"person " + number + "\"}"))
                    .build();
            assertThat(sealing.log()
                            .append(List.of(Append.of(event)), Durability.MEMORY)
                            .outcomes())
                    .hasOnlyElementsOfType(AppendOutcome.Fenced.class);
            assertThat(desk.bed.readable(desk.bed.server(), number)).isEmpty();
        }
    }

    @Override
    public void close() {
        if (waiting != null) {
            waiting.close();
        }
        desk.close();
    }
}
