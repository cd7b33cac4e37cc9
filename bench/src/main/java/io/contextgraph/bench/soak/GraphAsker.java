// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.soak;

import io.contextgraph.bench.soak.Tally.Deed;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** Asks the graph for context and for lineage. */
final class GraphAsker implements Actor {
    private static final int MAX_PAUSE_MILLIS = 600;
    private static final int MOST_PAGES = 5;
    private static final List<String> DIRECTIONS = List.of("ancestors", "descendants", "both");

    private final Scene scene;
    private final Clients clients;
    private final SplittableRandom random;

    GraphAsker(Scene scene, SplittableRandom random) {
        this.scene = scene;
        this.clients = new Clients(scene, random);
        this.random = random;
    }

    @Override
    public void act() throws IOException, InterruptedException {
        long known = scene.numbers().known();
        if (!scene.traffic().pause(random.nextInt(MAX_PAUSE_MILLIS)) || known == 0) {
            return;
        }
        Api api = clients.next();
        long number = random.nextLong(known);
        switch (random.nextInt(5)) {
            case 0, 1 -> pages(api, "/v1/context/" + Story.session(number) + "?max_nodes=" + (5 + random.nextInt(50)));
            case 2, 3 ->
                pages(
                        api,
                        "/v1/nodes/" + Story.id(number) + "/lineage?max_depth=10&max_nodes=" + (5 + random.nextInt(50))
                                + "&direction=" + DIRECTIONS.get(random.nextInt(3)));
            default -> {
                api.get("/v1/nodes/" + UUID.randomUUID() + "/lineage").expect(404, "event_not_found");
                // What was just taken, as soon as the graph has it.
                JsonNode ignored = api.get("/v1/context/" + Story.session(known - 1) + "?timeout_ms=30000&min_position="
                                + scene.positions().recent(random))
                        .expect(200)
                        .json();
            }
        }
        scene.tally().add(Deed.GRAPH);
    }

    private void pages(Api api, String address) throws IOException, InterruptedException {
        String cursor = "";
        int left = 1 + random.nextInt(MOST_PAGES);
        do {
            cursor = api.get(address
                            + (cursor.isEmpty() ? "" : "&cursor=" + URLEncoder.encode(cursor, StandardCharsets.UTF_8)))
                    .expect(200)
                    .json()
                    .at("/pagination/cursor")
                    .asString("");
        } while (--left > 0 && !cursor.isEmpty());
    }

    @Override
    public void leave() {
        clients.close();
    }
}
