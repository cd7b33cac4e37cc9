// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.soak;

import io.contextgraph.bench.soak.Numbers.Block;
import io.contextgraph.bench.soak.Tally.Deed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Appends in the three ways: new events at the pace, and among them old ones again, others under ids that are taken,
 * and such as break a rule. Each must get its own answer.
 */
final class Writer implements Actor {
    private static final String BATCH = "/v1/events/batch";
    private static final String JSON = "application/json";
    private static final String LINES = "application/x-ndjson";

    /** What must become of an event. */
    private enum Fate {
        APPENDED(Deed.APPENDED, 201, ""),
        DUPLICATE(Deed.DUPLICATE, 201, ""),
        CONFLICT(Deed.CONFLICT, 409, "event_id_conflict"),
        INVALID(Deed.REFUSED, 422, "invalid_event");

        private final Deed deed;
        private final int status;
        private final String code;

        Fate(Deed deed, int status, String code) {
            this.deed = deed;
            this.status = status;
            this.code = code;
        }

        boolean taken() {
            return code.isEmpty();
        }
    }

    private record Item(ObjectNode json, Fate fate) {}

    private final Scene scene;
    private final Clients clients;
    private final SplittableRandom random;

    Writer(Scene scene, SplittableRandom random) {
        this.scene = scene;
        this.clients = new Clients(scene, random);
        this.random = random;
    }

    @Override
    public void act() throws IOException, InterruptedException {
        int way = random.nextInt(3);
        int size = way == 0 ? 1 : 1 + random.nextInt(way == 1 ? 40 : 80);
        Block block = scene.numbers().take(size);
        // What was taken is sent, so that no session stays short of an event.
        boolean ignored = scene.traffic().pause(block.waitMillis());
        List<Item> items = items(block);
        Api api = clients.next();
        try {
            switch (way) {
                case 0 -> singles(api, items);
                case 1 -> batch(api, items);
                default -> lines(api, items);
            }
        } finally {
            scene.numbers().taken(block);
        }
    }

    private List<Item> items(Block block) {
        List<Item> items = new ArrayList<>();
        long known = scene.numbers().known();
        for (long number = block.first(); number < block.first() + block.count(); number++) {
            items.add(new Item(scene.story().event(number), Fate.APPENDED));
            int chance = random.nextInt(100);
            if (chance < 2) {
                items.add(new Item(scene.story().invalid(random), Fate.INVALID));
            } else if (chance < 10 && known > 0) {
                long old = random.nextLong(known);
                items.add(
                        chance < 4
                                ? new Item(scene.story().conflicting(old), Fate.CONFLICT)
                                : new Item(scene.story().event(old), Fate.DUPLICATE));
            }
        }
        return items;
    }

    private Map<String, String> level() {
        return Map.of("Durability", scene.fsync() && random.nextInt(10) == 0 ? "fsync" : "memory");
    }

    private void singles(Api api, List<Item> items) throws IOException, InterruptedException {
        for (Item item : items) {
            Api.Answer answer =
                    api.post("/v1/events", JSON, level(), item.json().toString());
            if (item.fate().taken()) {
                judge(item, answer.expect(item.fate().status).json(), answer);
            } else {
                // Alone, an event that breaks a rule is a request that does.
                answer.expect(item.fate().status, item.fate() == Fate.INVALID ? "invalid_input" : item.fate().code);
                scene.tally().add(item.fate().deed);
            }
        }
        if (random.nextInt(20) == 0) {
            ObjectNode another = items.getFirst().json().put("event_id", Story.id(-1));
            api.post("/v1/events", JSON, Map.of("Expected-Session-Seq", "999999"), another.toString())
                    .expect(409, "unexpected_session_seq");
        }
    }

    private void batch(Api api, List<Item> items) throws IOException, InterruptedException {
        String body = items.stream()
                .map(item -> item.json().toString())
                .collect(Collectors.joining(",", "{\"events\":[", "]}"));
        Api.Answer answer = api.post(BATCH, JSON, level(), body).expect(201);
        JsonNode json = answer.json();
        JsonNode[] each = new JsonNode[items.size()];
        for (String part : List.of("results", "errors")) {
            for (JsonNode one : json.path(part)) {
                each[one.get("index").intValue()] = one;
            }
        }
        judge(items, List.of(each), answer);
    }

    private void lines(Api api, List<Item> items) throws IOException, InterruptedException {
        String body = items.stream().map(item -> item.json() + "\n").collect(Collectors.joining());
        Api.Answer answer = api.post(BATCH, LINES, level(), body).expect(200);
        List<JsonNode> each = new ArrayList<>();
        for (String line : answer.body().lines().toList()) {
            each.add(new Api.Answer(answer.request(), 200, line).json());
        }
        judge(items, each, answer);
    }

    private void judge(List<Item> items, List<JsonNode> each, Api.Answer answer) throws UnexpectedException {
        if (each.size() != items.size()) {
            throw new UnexpectedException(each.size() + " answers to " + items.size() + " events: " + answer);
        }
        for (int i = 0; i < items.size(); i++) {
            judge(items.get(i), each.get(i), answer);
        }
    }

    private void judge(Item item, JsonNode answer, Api.Answer whole) throws UnexpectedException {
        Fate fate = item.fate();
        boolean asItMust = fate.taken()
                ? answer.path("duplicate").isBoolean()
                        && answer.get("duplicate").booleanValue() == (fate == Fate.DUPLICATE)
                : answer.path("code").asString("").equals(fate.code);
        if (!asItMust) {
            throw new UnexpectedException(
                    "an event that must be " + fate + " was answered " + answer + " in " + whole.request());
        }
        scene.tally().add(fate.deed);
        if (fate.taken()) {
            scene.seen(answer.path("global_position").asString(""));
        }
    }

    @Override
    public void leave() {
        clients.close();
    }
}
