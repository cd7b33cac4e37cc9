// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.soak;

import io.contextgraph.bench.soak.Tally.Deed;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import tools.jackson.databind.JsonNode;

/** Looks at health, metrics and contract, and has ledger and graph compared now and then. */
final class Overseer implements Actor {
    private static final long PAUSE_MILLIS = 2000;
    private static final long POLL_MILLIS = 300;
    private static final int LOOKS = 10;
    private static final String VERIFY = "/v1/admin/verify";

    private final Scene scene;
    private final Clients clients;
    private final SplittableRandom random;
    private final Duration between;
    private long comparedNanos;

    /** @param between how long from one comparison to the next */
    Overseer(Scene scene, SplittableRandom random, Duration between) {
        this.scene = scene;
        this.clients = new Clients(scene, random);
        this.random = random;
        this.between = between;
        this.comparedNanos = System.nanoTime();
    }

    @Override
    public void act() throws IOException, InterruptedException {
        if (!scene.traffic().pause(PAUSE_MILLIS)) {
            return;
        }
        Api api = clients.next();
        requireHealth(api);
        api.get("/v1/health/live").expect(200);
        api.get("/v1/health/ready?of=projection").expect(200);
        api.get("/metrics").expect(200);
        api.get(random.nextBoolean() ? "/openapi.json" : "/v1/admin/parked").expect(200);
        scene.tally().add(Deed.HEALTH);
        if (System.nanoTime() - comparedNanos > between.toNanos()) {
            comparedNanos = System.nanoTime();
            compare(api, random.nextInt(4) == 0);
        }
    }

    /** On a busy machine a store may answer later than health waits for it: what is wrong must be so each time. */
    private void requireHealth(Api api) throws IOException, InterruptedException {
        Api.Answer health = api.get("/v1/health").expect(200);
        for (int look = 1; look < LOOKS && !isHealthy(health) && scene.traffic().pause(POLL_MILLIS); look++) {
            health = api.get("/v1/health").expect(200);
        }
        if (!isHealthy(health)) {
            throw new UnexpectedException(health.toString());
        }
    }

    private static boolean isHealthy(Api.Answer health) throws UnexpectedException {
        return health.json().path("status").asString("").equals("healthy");
    }

    /** A session may be unsettled while it grows, but nothing may differ. */
    private void compare(Api api, boolean deep) throws IOException, InterruptedException {
        Api.Answer answer = begin(api, deep);
        if (answer.status() == 409) {
            // One that was begun when there was traffic before.
            answer.expect(409, "operation_running");
            scene.tally().add(Deed.POSTPONED);
            return;
        }
        answer.expect(202);
        while (state(answer).equals("running") && scene.traffic().pause(POLL_MILLIS)) {
            answer = look(api, answer);
        }
        if (!state(answer).equals("running")) {
            judge(answer, false);
            scene.tally().add(Deed.VERIFIED);
        }
    }

    /** Compares everything, in quiet. */
    static void compareAll(Api api, Tally tally) throws IOException, InterruptedException {
        Api.Answer running = api.get("/v1/admin/operations").expect(200);
        while (running.body().contains("\"running\"")) {
            Thread.sleep(POLL_MILLIS);
            running = api.get("/v1/admin/operations").expect(200);
        }
        Api.Answer answer = begin(api, true).expect(202);
        while (state(answer).equals("running")) {
            Thread.sleep(POLL_MILLIS);
            answer = look(api, answer);
        }
        judge(answer, true);
        tally.add(Deed.VERIFIED);
    }

    private static Api.Answer begin(Api api, boolean deep) throws IOException, InterruptedException {
        return api.post(VERIFY + "?deep=" + deep, "application/json", Map.of(), "");
    }

    private static Api.Answer look(Api api, Api.Answer last) throws IOException, InterruptedException {
        return api.get("/v1/admin/operations/" + last.json().path("id").asString(""))
                .expect(200);
    }

    private static String state(Api.Answer answer) throws UnexpectedException {
        return answer.json().path("state").asString("");
    }

    private static void judge(Api.Answer answer, boolean quiet) throws UnexpectedException {
        JsonNode json = answer.json();
        String verdict = json.at("/result/verdict").asString("");
        if (!json.path("state").asString("").equals("succeeded")
                || !(verdict.equals("equal") || (!quiet && verdict.equals("unsettled")))) {
            throw new UnexpectedException(answer.toString());
        }
    }

    @Override
    public void leave() {
        clients.close();
    }
}
