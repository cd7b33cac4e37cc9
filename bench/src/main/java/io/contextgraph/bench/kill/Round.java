// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.kill;

import io.contextgraph.app.Backends;
import io.contextgraph.bench.kill.Client.Answer;
import io.contextgraph.bench.kill.Client.Way;
import io.contextgraph.bench.kill.Findings.Kind;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.TypeFilter;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.standalone.EmbeddedBackends;
import io.contextgraph.standalone.EmbeddedSettings;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Jedis;
import tools.jackson.databind.JsonNode;

/** One ledger from its first event to its verification: writes, kills, quiet, proof. */
final class Round {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int MOST_DOWN_MILLIS = 800;
    private static final int SENT_AGAIN_AT_ONCE = 500;
    private static final int TRIES = 20;
    private static final long TRY_AGAIN_MILLIS = 200;

    private static final Map<String, Predicate<Event>> FOLLOWED = followed();

    private final KillPlan plan;
    private final Engine engine;
    private final KillPlan.AppendFsync appendFsync;
    private final Story story;
    private final Path folder;
    private final Totals totals;
    private final Findings findings;
    private final KillTest.Inspection inspection;
    private final History history = new History();
    private final ForeignEntries foreign = new ForeignEntries();
    private final List<Follower> followers = new ArrayList<>();

    Round(
            KillPlan plan,
            Engine engine,
            KillPlan.AppendFsync appendFsync,
            long seed,
            Path folder,
            Totals totals,
            Findings findings,
            KillTest.Inspection inspection) {
        this.plan = plan;
        this.inspection = inspection;
        this.engine = engine;
        this.appendFsync = appendFsync;
        this.story = new Story(seed, Instant.now().minusSeconds(10));
        this.folder = folder;
        this.totals = totals;
        this.findings = findings;
    }

    private static Map<String, Predicate<Event>> followed() {
        Map<String, Predicate<Event>> filters = new LinkedHashMap<>();
        filters.put("", event -> true);
        filters.put("session_id=shared-1", event -> event.sessionId().equals(Story.sharedSession(1)));
        TypeFilter tools = new TypeFilter("tool.*");
        filters.put("event_type=tool.*", event -> tools.matches(event.type()));
        return filters;
    }

    /** Kills for so long, then verifies. */
    void run(Duration time) throws IOException, InterruptedException {
        SplittableRandom redisAway = new SplittableRandom(story.seed());
        SplittableRandom serverAway = redisAway.split();
        RedisUnderTest redis = RedisUnderTest.in(folder.resolve("redis"), plan, engine, appendFsync);
        try (Neo4j neo4j = plan.graph() ? Neo4j.start(folder.resolve("neo4j"), plan.home()) : new Neo4j(null)) {
            ServerUnderTest server = ServerUnderTest.in(folder.resolve("server"), plan.home(), redis, neo4j.address());
            try (Supervised redisProcess = new Supervised("redis", redis, () -> redisAway.nextInt(MOST_DOWN_MILLIS));
                    Supervised serverProcess =
                            new Supervised("server", server, () -> serverAway.nextInt(MOST_DOWN_MILLIS));
                    HttpClient http = HttpClient.newBuilder()
                            .version(HttpClient.Version.HTTP_1_1)
                            .connectTimeout(Duration.ofSeconds(5))
                            .build()) {
                Client client = new Client(http, server.address());
                if (awaitReady(client, server)) {
                    Killer killer = new Killer(
                            serverProcess, redisProcess, () -> isReady(client), history, totals, story.seed() + 1);
                    follow(http, server);
                    boolean quiet = writeAndKill(client, killer, plan.sabotage() ? saboteur(redis, time) : null, time);
                    if (quiet && awaitReady(client, server) && awaitIndex(client)) {
                        verify(client, redis, server);
                    }
                    followers.forEach(Follower::close);
                }
                http.shutdownNow();
            }
        }
    }

    /** A graph beside it, where it is wanted. */
    private record Neo4j(@Nullable Backends backends) implements AutoCloseable {
        static Neo4j start(Path folder, Path home) throws IOException {
            return new Neo4j(new EmbeddedBackends(EmbeddedSettings.ofDistribution(home))
                    .open(
                            new Backends.Wanted(
                                    folder,
                                    false,
                                    true,
                                    new Backends.RedisWishes(0, Optional.empty(), false, Durability.MEMORY)),
                            line -> {}));
        }

        Optional<Backends.Neo4jAddress> address() {
            return backends == null ? Optional.empty() : backends.neo4j();
        }

        @Override
        public void close() {
            if (backends != null) {
                backends.close();
            }
        }
    }

    private LossRule rule() {
        return new LossRule(appendFsync, history.redisKills());
    }

    private boolean awaitReady(Client client, ServerUnderTest server) {
        return await("the server", () -> isReady(client), server::lastWords);
    }

    private Saboteur saboteur(RedisUnderTest redis, Duration time) {
        Set<Sabotage> kinds = Sabotage.possible(engine, plan.graph());
        totals.sabotagePossible(kinds, time);
        return new Saboteur(redis, kinds, foreign, totals, findings, story.seed() + 2);
    }

    /** The server itself makes an index again that was dropped: before anybody else has a chance to. */
    private boolean awaitIndex(Client client) {
        return await("an answer by the index", () -> answers(client), () -> "queries are not answered");
    }

    private boolean answers(Client client) {
        try {
            return client.search("session_id=" + Story.sharedSession(0)) != null;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static boolean isReady(Client client) {
        try {
            return client.get("/v1/health/ready").statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean await(String what, BooleanSupplier condition, Supplier<String> why) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline || !Pause.millis(50)) {
                findings.add(Kind.STUCK, what + " was not ready within " + PATIENCE.toSeconds() + " s; " + why.get());
                return false;
            }
        }
        return true;
    }

    private void follow(HttpClient http, ServerUnderTest server) {
        List<String> filters = List.copyOf(FOLLOWED.keySet());
        for (int i = 0; i < plan.followers(); i++) {
            String filter = filters.get(i % filters.size());
            Follower follower = new Follower(http, server.address(), filter, this::rule, findings);
            followers.add(follower);
            Thread.ofVirtual().start(follower);
        }
    }

    /** Whether every writer has got its answers in the end. */
    private boolean writeAndKill(Client client, Killer killer, @Nullable Saboteur saboteur, Duration time)
            throws InterruptedException {
        Reader reader = new Reader(client, history, this::rule, totals, findings, story.seed() - 1);
        List<Writer> writers = new ArrayList<>();
        for (int i = 0; i < plan.writers(); i++) {
            writers.add(new Writer(i, client, story, history, totals, findings, foreign));
        }
        List<Thread> writing = writers.stream().map(Thread.ofVirtual()::start).toList();
        Thread reading = Thread.ofVirtual().start(reader);
        Thread killing = Thread.ofVirtual().start(killer);
        Thread sabotaging = saboteur == null ? null : Thread.ofVirtual().start(saboteur);
        Thread.sleep(time);
        killer.stop();
        killing.join();
        if (saboteur != null && sabotaging != null) {
            saboteur.stop();
            sabotaging.join();
        }
        writers.forEach(Writer::stop);
        reader.stop();
        boolean quiet = true;
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (Thread thread : writing) {
            if (!thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())))) {
                findings.add(Kind.STUCK, "a writer got no answer within " + PATIENCE.toSeconds() + " s");
                thread.interrupt();
                quiet = false;
            }
        }
        reading.interrupt();
        reading.join();
        return quiet;
    }

    private void verify(Client client, RedisUnderTest redis, ServerUnderTest server)
            throws IOException, InterruptedException {
        RedisSettings settings = RedisSettings.defaults(redis.url()).withEngine(engine);
        inspection.faults(settings).forEach(fault -> findings.add(Kind.HALF_WRITTEN, fault));
        try (RedisLedger ledger = RedisLedger.connect(settings);
                Jedis jedis = new Jedis(redis.url())) {
            Parts parts = new Parts(
                    ledger.log(),
                    ledger.search(),
                    ledger.feed("check"),
                    ledger.sessions(),
                    session -> jedis.xrange("events:" + session, "-", "+").stream()
                            .map(entry -> Position.of(entry.getID().toString()))
                            .toList());
            List<RecordedEvent> all = parts.all();
            parts.check(all, findings);
            Verdict verdict = new Verdict(story, rule(), all, findings);
            Verdict.Counts counts = verdict.judge(history);
            totals.verifiedMemory.addAndGet(counts.verifiedMemory());
            totals.verifiedFsync.addAndGet(counts.verifiedFsync());
            totals.forgotten.addAndGet(counts.forgotten());
            checkFollowers(verdict, all);
            checkAnswers(client, all);
            sendAgain(client, all);
            Verdict.same("the ledger after everything was sent again", all, parts.all(), findings);
            if (plan.graph()) {
                checkGraph(server);
            }
        }
    }

    private void checkFollowers(Verdict verdict, List<RecordedEvent> all) {
        for (Follower follower : followers) {
            Predicate<Event> filter = FOLLOWED.getOrDefault(follower.name(), event -> true);
            List<RecordedEvent> expected =
                    all.stream().filter(event -> filter.test(event.event())).toList();
            if (!expected.isEmpty()) {
                Position end = expected.getLast().position();
                await(
                        "follower " + follower.name(),
                        () -> follower.last().compareTo(end) >= 0,
                        () -> "it has come to " + follower.last() + ", the end is " + end);
            }
            List<Follower.Seen> seen = follower.seen();
            verdict.follower("the follower of \"" + follower.name() + "\"", expected, seen);
            totals.followed.addAndGet(seen.size());
            totals.connections.addAndGet(follower.connections());
            totals.epochsEnded.addAndGet(follower.epochsEnded());
        }
    }

    /** What the API shows is what the ledger has. */
    private void checkAnswers(Client client, List<RecordedEvent> all) throws IOException, InterruptedException {
        List<String> shown = new ArrayList<>();
        for (JsonNode event : client.search("by=position")) {
            shown.add(event.get(EventFields.EVENT_ID).stringValue() + " "
                    + event.get(EventFields.GLOBAL_POSITION).stringValue() + " " + event.get(EventFields.SEQ) + " "
                    + event.get(EventFields.SESSION_SEQ));
        }
        List<String> expected = all.stream()
                .map(event ->
                        event.event().id() + " " + event.position() + " " + event.seq() + " " + event.sessionSeq())
                .toList();
        Verdict.same("GET /v1/events", expected, shown, findings);
    }

    /** Every event once more: each must be answered as the duplicate that it is. */
    private void sendAgain(Client client, List<RecordedEvent> all) throws InterruptedException {
        Map<EventId, Long> numbers = new HashMap<>();
        history.tracks().forEach(track -> numbers.put(story.id(track.number), track.number));
        for (int from = 0; from < all.size(); from += SENT_AGAIN_AT_ONCE) {
            List<RecordedEvent> some = new ArrayList<>();
            List<Event> events = new ArrayList<>();
            for (RecordedEvent event : all.subList(from, Math.min(all.size(), from + SENT_AGAIN_AT_ONCE))) {
                Long number = numbers.get(event.event().id());
                if (number != null) {
                    some.add(event);
                    events.add(story.event(number));
                }
            }
            List<Answer> answers = answered(client, events);
            for (int i = 0; i < some.size(); i++) {
                boolean known = answers.get(i) instanceof Answer.Taken taken
                        && taken.duplicate()
                        && taken.ack().position().equals(some.get(i).position())
                        && taken.ack().seq() == some.get(i).seq();
                if (!known) {
                    findings.add(
                            Kind.DUPLICATED, Verdict.show(some.get(i)) + " sent again was answered " + answers.get(i));
                }
            }
            totals.sentAgain.addAndGet(some.size());
        }
    }

    /** What asks to come again is asked again, as every client must. */
    private static List<Answer> answered(Client client, List<Event> events) throws InterruptedException {
        List<Answer> answers = client.append(Way.BATCH, events, Durability.MEMORY);
        for (int left = TRIES; left > 1 && answers.contains(Client.UNKNOWN) && Pause.millis(TRY_AGAIN_MILLIS); left--) {
            answers = client.append(Way.BATCH, events, Durability.MEMORY);
        }
        return answers;
    }

    private void checkGraph(ServerUnderTest server) throws IOException {
        JsonNode verified = server.verify();
        if (!verified.path("equal").asBoolean(false)) {
            findings.add(Kind.GRAPH, verified.toString());
        }
    }
}
