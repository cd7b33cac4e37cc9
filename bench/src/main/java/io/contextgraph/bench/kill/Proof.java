// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.kill;

import io.contextgraph.bench.kill.Client.Answer;
import io.contextgraph.bench.kill.Client.Way;
import io.contextgraph.bench.kill.Findings.Kind;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Json;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.TypeFilter;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.RedisSettings;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import redis.clients.jedis.Jedis;
import tools.jackson.databind.JsonNode;

/** When all is quiet: whether the ledger, its followers, its answers and the graph are what was promised. */
record Proof(
        KillPlan plan,
        Engine engine,
        Story story,
        History history,
        LossRule rule,
        List<Follower> followers,
        Totals totals,
        Findings findings,
        KillTest.Inspection inspection) {
    private static final int SENT_AGAIN_AT_ONCE = 500;
    private static final int TRIES = 20;
    private static final long TRY_AGAIN_MILLIS = 200;

    /** What followers ask for, and what fits that. */
    static final Map<String, Predicate<Event>> FOLLOWED = followed();

    private static Map<String, Predicate<Event>> followed() {
        Map<String, Predicate<Event>> filters = new LinkedHashMap<>();
        filters.put("", event -> true);
        filters.put("session_id=shared-1", event -> event.sessionId().equals(Story.sharedSession(1)));
        TypeFilter tools = new TypeFilter("tool.*");
        filters.put("event_type=tool.*", event -> tools.matches(event.type()));
        return filters;
    }

    /** Asks the ledger and the server. */
    void of(Client client, RedisUnderTest redis, ServerUnderTest server) throws IOException, InterruptedException {
        if (!awaitIndex(client)) {
            return;
        }
        RedisSettings settings = RedisSettings.defaults(redis.url()).withEngine(engine);
        inspection.faults(settings).forEach(fault -> findings.add(Kind.HALF_WRITTEN, fault));
        try (RedisLedger ledger = RedisLedger.connect(settings);
                Jedis jedis = new Jedis(redis.url())) {
            Parts parts = new Parts(
                    ledger.order(),
                    ledger.log(),
                    ledger.search(),
                    ledger.feed("check"),
                    ledger.sessions(),
                    session -> jedis.xrange("events:" + session, "-", "+").stream()
                            .map(entry -> Position.of(entry.getID().toString()))
                            .toList());
            List<RecordedEvent> all = parts.all();
            parts.check(all, findings);
            Verdict verdict = new Verdict(story, rule, all, findings);
            Verdict.Counts counts = verdict.judge(history);
            totals.verifiedMemory.addAndGet(counts.verifiedMemory());
            totals.verifiedFsync.addAndGet(counts.verifiedFsync());
            totals.forgotten.addAndGet(counts.forgotten());
            checkFollowers(verdict, all);
            checkAnswers(client, all);
            sendAgain(client, all);
            Verdict.same("the ledger after everything was sent again", all, parts.all(), findings);
            checkLog(client, server, all);
            if (plan.graph() && !all.isEmpty() && awaitGraph(client, all.getLast())) {
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
                findings.await(
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

    /** What the graph has not seen yet, it cannot have; without a server that feeds it, nobody waits for it. */
    private boolean awaitGraph(Client client, RecordedEvent last) {
        if (!plan.trouble().inTurns()) {
            return true;
        }
        String question = "/v1/context/" + Story.sharedSession(0) + "?timeout_ms=1000&min_position=" + last.position();
        long behind = Long.MAX_VALUE;
        while (true) {
            long least = behind;
            AtomicLong now = new AtomicLong();
            boolean moved = findings.await(
                    "the graph",
                    () -> {
                        now.set(behind(client, question));
                        return now.get() < least;
                    },
                    () -> least + " events behind " + last.position());
            behind = now.get();
            if (!moved || behind == 0) {
                return moved;
            }
        }
    }

    /** How many events the graph has not seen; 0 where the question is answered. */
    private static long behind(Client client, String question) {
        try {
            HttpResponse<String> response = client.get(question);
            return response.statusCode() == 200
                    ? 0
                    : Json.MAPPER.readTree(response.body()).path("lag_events").asLong(Long.MAX_VALUE);
        } catch (IOException notYet) {
            return Long.MAX_VALUE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Long.MAX_VALUE;
        }
    }

    /** Everything is signed for in the end, and is what was signed. */
    private void checkLog(Client client, ServerUnderTest server, List<RecordedEvent> all) throws IOException {
        if (all.isEmpty()) {
            return;
        }
        String last = "/v1/events/" + all.getLast().event().id() + "/proof";
        boolean signed =
                findings.await("a proof of the last event", () -> answers(client, last), () -> "there is none");
        JsonNode audited = server.audit();
        if (signed && !audited.path("verdict").asString("").equals("whole")) {
            findings.add(Kind.LOG, audited.toString());
        }
    }

    private void checkGraph(ServerUnderTest server) throws IOException {
        JsonNode verified = server.verify();
        if (!verified.path("equal").asBoolean(false)) {
            findings.add(Kind.GRAPH, verified.toString());
        }
    }

    /** The server itself makes an index again that was dropped: before anybody else has a chance to. */
    private boolean awaitIndex(Client client) {
        return findings.await(
                "an answer by the index",
                () -> answers(client, "/v1/events?session_id=" + Story.sharedSession(0)),
                () -> "queries are not answered");
    }

    /** Whether the answer is 200. */
    static boolean answers(Client client, String pathAndQuery) {
        try {
            return client.get(pathAndQuery).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
