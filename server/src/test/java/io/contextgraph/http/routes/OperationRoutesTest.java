// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.audit.AuditTrail;
import io.contextgraph.graph.GraphException;
import io.contextgraph.graph.History;
import io.contextgraph.graph.Projection;
import io.contextgraph.http.engine.Door;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.memory.InMemoryLedger;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class OperationRoutesTest {
    /** What is recorded of the requests stands elsewhere, so that the ledger has what the tests put there. */
    private final TestServer server = TestServer.behind(door -> new Door(
            door.access(),
            door.limits(),
            new AuditTrail(new InMemoryLedger(Clock.systemUTC()), Durability.MEMORY, Clock.systemUTC()),
            door.origins()));

    @AfterEach
    void stop() {
        server.close();
    }

    private JsonNode finished(HttpResponse<String> begun) {
        assertThat(begun.statusCode()).isEqualTo(202);
        String address = begun.headers().firstValue("Location").orElseThrow();
        assertThat(address)
                .isEqualTo("/v1/admin/operations/"
                        + TestServer.json(begun).get("id").stringValue());
        return server.ended(address);
    }

    @Test
    void aComparisonTellsWhatItFound() {
        append(3);
        server.project();

        JsonNode equal = finished(server.post("/v1/admin/verify", ""));
        assertThat(equal.get("kind").stringValue()).isEqualTo("verify");
        assertThat(equal.get("state").stringValue()).isEqualTo("succeeded");
        assertThat(equal.get("error").isNull()).isTrue();
        assertThat(equal.at("/result/equal").booleanValue()).isTrue();
        assertThat(equal.at("/result/events").intValue()).isEqualTo(3);
        assertThat(equal.at("/result/exact_sessions").intValue()).isZero();
        assertThat(equal.at("/progress/done").intValue()).isEqualTo(3);

        JsonNode deep = finished(server.post("/v1/admin/verify?deep=true", ""));
        assertThat(deep.at("/result/exact_sessions").intValue()).isEqualTo(1);

        server.graph.apply(Projection.project(new History().add(7, "unknown", 0)));
        JsonNode different = finished(server.post("/v1/admin/verify", ""));
        assertThat(different.at("/result/equal").booleanValue()).isFalse();
        assertThat(different.at("/result/counts/foreign_event").intValue()).isEqualTo(1);
        assertThat(different.at("/result/differences/0/session_id").stringValue())
                .isEqualTo("unknown");
    }

    @Test
    void aRepairPutsRight() {
        append(3);
        server.graph.apply(Projection.project(new History().add(7, "unknown", 0)));

        JsonNode repaired = finished(server.post("/v1/admin/repair", ""));

        assertThat(repaired.at("/result/complete").booleanValue()).isTrue();
        assertThat(repaired.at("/result/projected").intValue()).isEqualTo(3);
        assertThat(server.graph.stats().events()).isEqualTo(3);
        assertThat(server.graph.stats().sessions()).isEqualTo(1);
    }

    @Test
    void aRebuildReplays() {
        append(3);

        JsonNode rebuilt = finished(server.post("/v1/admin/rebuild?anew=true", ""));

        assertThat(rebuilt.at("/result/replayed").intValue()).isEqualTo(3);
        assertThat(rebuilt.at("/result/repair/complete").booleanValue()).isTrue();
        assertThat(server.graph.stats().events()).isEqualTo(3);
        JsonNode listed = TestServer.json(server.get("/v1/admin/operations")).get("operations");
        assertThat(listed.size()).isEqualTo(1);
        assertThat(listed.get(0)).isEqualTo(rebuilt);
    }

    @Test
    void aRebuildFromAnArchiveThatThereIsNotFailsAndSaysWhatToSet() {
        JsonNode refused = finished(server.post("/v1/admin/rebuild?from_archive=true", ""));
        assertThat(refused.path("state").asString()).isEqualTo("failed");
        assertThat(refused.toString()).contains("set archive.location");
    }

    @Test
    void oneRunsAtATimeAndCanBeEnded() throws Exception {
        append(1);
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        server.beforeSums = () -> {
            asked.countDown();
            await(go);
        };
        HttpResponse<String> begun = server.post("/v1/admin/verify", "");
        assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
        String id = TestServer.json(begun).get("id").stringValue();

        HttpResponse<String> second = server.post("/v1/admin/rebuild", "");
        assertThat(second.statusCode()).isEqualTo(409);
        assertThat(TestServer.json(second).get("code").stringValue()).isEqualTo("operation_running");
        assertThat(TestServer.json(second).get("operation_id").stringValue()).isEqualTo(id);

        assertThat(server.delete("/v1/admin/operations/" + id).statusCode()).isEqualTo(200);
        go.countDown();
        JsonNode ended = finished(begun);
        assertThat(ended.get("state").stringValue()).isEqualTo("cancelled");
        assertThat(ended.get("result").isNull()).isTrue();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void anOperationThatFailsSaysWhy() {
        append(1);
        server.beforeSums = () -> {
            throw new GraphException(GraphException.Reason.UNAVAILABLE, "Neo4j does not answer");
        };

        JsonNode failed = finished(server.post("/v1/admin/verify", ""));

        assertThat(failed.get("state").stringValue()).isEqualTo("failed");
        assertThat(failed.get("error").stringValue()).isEqualTo("Neo4j does not answer");
    }

    @Test
    void onlyTheLastOnesAreRemembered() {
        for (int i = 0; i < 25; i++) {
            finished(server.post("/v1/admin/verify", ""));
        }

        assertThat(TestServer.json(server.get("/v1/admin/operations"))
                        .get("operations")
                        .size())
                .isEqualTo(20);
    }

    /** Whoever writes it there relies on it: a run that was meant to be dry must not take anything. */
    @Test
    void whatStandsInABodyThatNobodyReadsIsRefused() {
        for (String address : List.of("/v1/admin/retention/run", "/v1/admin/verify", "/v1/admin/repair")) {
            HttpResponse<String> refused = server.post(address, "{\"dry_run\": true}");
            assertThat(refused.statusCode()).as(address).isEqualTo(422);
            assertThat(TestServer.json(refused).at("/errors/0/code").stringValue())
                    .isEqualTo("unexpected_body");
        }
        for (String nothing : List.of("", " ", "{}")) {
            assertThat(finished(server.post("/v1/admin/retention/run?dry_run=true", nothing))
                            .at("/result/dry_run")
                            .booleanValue())
                    .isTrue();
        }
    }

    @Test
    void badQuestionsAreRefused() {
        assertThat(server.post("/v1/admin/verify?deep=yes", "").statusCode()).isEqualTo(422);
        assertThat(server.post("/v1/admin/rebuild?deep=true", "").statusCode()).isEqualTo(422);
        HttpResponse<String> unknown = server.get("/v1/admin/operations/x");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(TestServer.json(unknown).get("code").stringValue()).isEqualTo("operation_not_found");
        assertThat(server.delete("/v1/admin/operations/x").statusCode()).isEqualTo(404);
        assertThat(TestServer.json(server.get("/v1/admin/operations"))
                        .get("operations")
                        .size())
                .isZero();
    }

    private void append(int count) {
        for (int i = 0; i < count; i++) {
            assertThat(server.post("/v1/events", TestServer.event().toString()).statusCode())
                    .isEqualTo(201);
        }
    }
}
