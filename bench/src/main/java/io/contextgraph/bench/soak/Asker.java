// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.soak;

import io.contextgraph.bench.soak.Tally.Deed;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/** Asks for events and sessions in every way, to the end or not, and knows what the answers must be. */
final class Asker implements Actor {
    private static final int MAX_PAUSE_MILLIS = 300;
    private static final int WINDOW_SECONDS = 20;

    /** A query, which events it may find, and how many there must be; negative where nobody knows. */
    private record Question(String query, Predicate<JsonNode> fits, int count) {}

    private final Scene scene;
    private final Clients clients;
    private final SplittableRandom random;

    Asker(Scene scene, SplittableRandom random) {
        this.scene = scene;
        this.clients = new Clients(scene, random);
        this.random = random;
    }

    @Override
    public void act() throws IOException, InterruptedException {
        long known = scene.numbers().known();
        if (!scene.traffic().pause(random.nextInt(MAX_PAUSE_MILLIS)) || Story.whole(known) == 0) {
            return;
        }
        Api api = clients.next();
        switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> toTheEnd(api, question(known));
            case 4 -> abandon(api);
            case 5, 6 -> event(api, random.nextLong(known));
            case 7 -> sessions(api, known);
            case 8 -> unknown(api);
            default -> malformed(api);
        }
    }

    private Question question(long known) {
        long number = random.nextLong(Story.whole(known));
        if (random.nextBoolean()) {
            String session = Story.session(number);
            return named("session_id", session, Story.SESSION_LENGTH);
        }
        if (random.nextInt(3) == 0) {
            return named("trace_id", Story.trace(number), Story.TRACE_LENGTH);
        }
        String window = "&from=" + encoded(scene.story().at(number).toString()) + "&to="
                + encoded(scene.story().at(number).plusSeconds(WINDOW_SECONDS).toString());
        Question all = switch (random.nextInt(7)) {
            case 0 -> named("agent_id", "agent-" + random.nextInt(Story.AGENTS), -1);
            case 1 -> named("tool_name", "tool-" + random.nextInt(Story.TOOLS), -1);
            case 2 -> named("event_type", one(Story.TYPES), -1);
            case 3 -> named("status", one(Story.STATUSES), -1);
            case 4 -> named("parent_event_id", Story.id(number), -1);
            case 5 ->
                new Question(
                        "event_type=tool.*",
                        event -> event.path("event_type").asString("").startsWith("tool."),
                        -1);
            default -> {
                int least = 1 + random.nextInt(10);
                yield new Question(
                        "min_importance=" + least,
                        event -> event.path("importance_hint").asInt(0) >= least,
                        -1);
            }
        };
        return new Question(all.query() + window, all.fits(), -1);
    }

    private static Question named(String field, String value, int count) {
        return new Question(
                field + "=" + encoded(value),
                event -> event.path(field).asString("").equals(value),
                count);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private String one(List<String> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    private void toTheEnd(Api api, Question question) throws IOException, InterruptedException {
        String query = question.query() + "&limit=" + (7 + random.nextInt(100))
                + (random.nextBoolean() ? "&by=position" : "") + (random.nextBoolean() ? "&order=desc" : "");
        Set<String> ids = new HashSet<>();
        int found = 0;
        String cursor = "";
        do {
            JsonNode page = page(api, query, cursor);
            for (JsonNode event : page.path("events")) {
                found++;
                ids.add(event.path("event_id").asString(""));
                if (!question.fits().test(event)) {
                    throw new UnexpectedException(query + " found " + event);
                }
            }
            cursor = page.at("/pagination/cursor").asString("");
        } while (!cursor.isEmpty() && !scene.traffic().isOver());
        if (ids.size() != found) {
            throw new UnexpectedException(query + " found an event twice");
        }
        if (cursor.isEmpty() && question.count() >= 0 && found != question.count()) {
            throw new UnexpectedException(query + " found " + found + ", not " + question.count());
        }
        scene.tally().add(Deed.QUERY);
    }

    private JsonNode page(Api api, String query, String cursor) throws IOException, InterruptedException {
        scene.tally().add(Deed.PAGE);
        return api.get("/v1/events?" + query + (cursor.isEmpty() ? "" : "&cursor=" + encoded(cursor)))
                .expect(200)
                .json();
    }

    private void abandon(Api api) throws IOException, InterruptedException {
        String query = "limit=20&order=desc&agent_id=agent-" + random.nextInt(Story.AGENTS);
        String cursor = "";
        int pages = 1 + random.nextInt(3);
        do {
            cursor = page(api, query, cursor).at("/pagination/cursor").asString("");
        } while (--pages > 0 && !cursor.isEmpty());
        scene.tally().add(Deed.ABANDONED);
    }

    private void event(Api api, long number) throws IOException, InterruptedException {
        String id = Story.id(number);
        JsonNode json = api.get("/v1/events/" + id).expect(200).json();
        if (!json.path("event_id").asString("").equals(id)
                || !json.path("payload")
                        .toString()
                        .equals(scene.story().event(number).path("payload").toString())) {
            throw new UnexpectedException("event " + number + " is " + json);
        }
        api.get("/v1/events/" + id + "/ancestors?max_depth=10").expect(200);
        scene.tally().add(Deed.READ);
    }

    private void sessions(Api api, long known) throws IOException, InterruptedException {
        String session = Story.session(random.nextLong(Story.whole(known)));
        api.get("/v1/sessions/" + session).expect(200);
        String cursor = "";
        int pages = 1 + random.nextInt(3);
        do {
            cursor = api.get("/v1/sessions?limit=20" + (cursor.isEmpty() ? "" : "&cursor=" + encoded(cursor)))
                    .expect(200)
                    .json()
                    .at("/pagination/cursor")
                    .asString("");
        } while (--pages > 0 && !cursor.isEmpty());
        scene.tally().add(Deed.READ);
    }

    private void unknown(Api api) throws IOException, InterruptedException {
        api.get("/v1/events/" + UUID.randomUUID()).expect(404, "event_not_found");
        api.get("/v1/sessions/nobody-" + random.nextInt(1000)).expect(404, "session_not_found");
        toTheEnd(api, new Question("session_id=nobody-" + random.nextInt(1000), event -> false, 0));
    }

    private void malformed(Api api) throws IOException, InterruptedException {
        api.get("/v1/events?limit=0").expect(422, "invalid_input");
        api.get("/v1/events?cursor=nonsense").expect(422, "invalid_cursor");
        api.get("/v1/nothing").expect(404, "no_such_route");
    }

    @Override
    public void leave() {
        clients.close();
    }
}
