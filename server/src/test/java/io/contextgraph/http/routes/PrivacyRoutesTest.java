// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.contextgraph.event.EventJson;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.Json;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.privacy.erasure.ErasureJson;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class PrivacyRoutesTest {
    private static final String JANE = "jane.roe@example.org";

    private final TestPersons persons = new TestPersons();
    private final TestServer server = TestServer.with(persons);

    @AfterEach
    void close() {
        server.close();
    }

    private static ObjectNode personal() {
        return TestServer.event(Map.of("data_subject_id", JANE, "payload", Map.of("text", "secret")));
    }

    private String taken(ObjectNode event) {
        HttpResponse<String> answer = server.post("/v1/events", event.toString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return event.get("event_id").stringValue();
    }

    private String jane() {
        return persons.nameOf(JANE).toString();
    }

    private JsonNode told(String path) {
        HttpResponse<String> answer = server.get(path);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return TestServer.json(answer);
    }

    private static void assertRefused(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(TestServer.json(answer).get("code").stringValue()).isEqualTo(code);
        assertThat(answer.body()).doesNotContain("secret").doesNotContain("jane");
    }

    /** What is on record of calls. */
    private List<String> records() {
        return server
                .ledger
                .search(EventQuery.builder().sessionId(SessionId.AUDIT).build())
                .events()
                .stream()
                .map(record -> server.ledger.find(record.event().id()))
                .map(found -> EventJson.toJson(((Lookup.Found) found).event()).toString())
                .toList();
    }

    @Test
    void whoMayReadEventsSeesNoPersonAndNoPayload() {
        String id = taken(personal());
        JsonNode read = told("/v1/events/" + id);
        assertThat(read.toString()).contains(jane()).doesNotContain("secret").doesNotContain("jane");
        assertThat(read.get("payload").get("sealed").intValue()).isEqualTo(1);
    }

    @Test
    void aPayloadIsOpenedForWhoMayAndThereIsARecordOfIt() {
        String id = taken(personal());
        for (String ref : List.of("payload:" + id, "payload%3A" + id, id)) {
            JsonNode json = told("/v1/payloads/" + ref);
            assertThat(json.get("event_id").stringValue()).isEqualTo(id);
            assertThat(json.get("data_subject_id").stringValue()).isEqualTo(jane());
            assertThat(json.get("payload").toString()).isEqualTo("{\"text\":\"secret\"}");
        }
        assertThat(records())
                .hasSize(6)
                .allSatisfy(record -> assertThat(record)
                        .contains("GET /v1/payloads/{payload_ref}")
                        .doesNotContain("secret")
                        .doesNotContain("jane"));
    }

    @Test
    void whatIsAboutNobodyIsShownAsItIs() {
        String id = taken(TestServer.event(Map.of("payload", Map.of("text", "plain"))));
        JsonNode json = told("/v1/payloads/" + id);
        assertThat(json.get("data_subject_id").isNull()).isTrue();
        assertThat(json.get("payload").toString()).isEqualTo("{\"text\":\"plain\"}");
    }

    @Test
    void whatCannotBeShownSaysWhy() {
        assertRefused(server.get("/v1/payloads/payload:00000000-0000-4000-8000-000000000000"), 404, "event_not_found");
        String elsewhere = taken(TestServer.event(Map.of("payload_ref", "s3://bucket/1")));
        assertRefused(server.get("/v1/payloads/" + elsewhere), 404, "payload_not_found");
        assertRefused(server.get("/v1/payloads/s3%3A%2F%2Fbucket"), 422, "invalid_input");
    }

    @Test
    void whatWasErasedIsToldToBe() {
        String id = taken(personal());
        persons.erase(JANE);
        assertRefused(server.get("/v1/payloads/" + id), 410, "payload_erased");
        assertRefused(server.post("/v1/events", personal().toString()), 410, "subject_erased");
        JsonNode standing = told("/v1/subjects/" + JANE);
        assertThat(standing.at("/names/0/key").booleanValue()).isFalse();
        assertThat(standing.at("/names/0/erased_key_generation").intValue()).isEqualTo(1);
        assertThat(standing.at("/names/0/erased_at").stringValue()).isEqualTo("2026-03-01T12:00:00.000Z");
        List<String> lines =
                server.get("/v1/subjects/" + JANE + "/export").body().lines().toList();
        assertThat(lines).hasSize(2);
        JsonNode line = Json.MAPPER.readTree(lines.getFirst());
        assertThat(line.get("payload").isNull()).isTrue();
        assertThat(line.get("erased").booleanValue()).isTrue();
    }

    @Test
    void withoutKeysNothingPersonalIsTakenOrShownAndEverythingElseIs() {
        String id = taken(personal());
        persons.away = true;
        for (String path : List.of("/v1/payloads/" + id, "/v1/subjects/" + JANE, "/v1/subjects/" + JANE + "/export")) {
            HttpResponse<String> answer = server.get(path);
            assertRefused(answer, 503, "key_service_unavailable");
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        }
        assertRefused(server.post("/v1/events", personal().toString()), 503, "key_service_unavailable");
        String nobody = taken(TestServer.event(Map.of()));
        ObjectNode batch = Json.MAPPER.createObjectNode();
        batch.putArray("events").add(personal()).add(TestServer.event(Map.of()));
        HttpResponse<String> both = server.post("/v1/events/batch", batch.toString());
        assertThat(both.body()).contains("key_service_unavailable").doesNotContain("secret");
        assertThat(TestServer.json(both).get("results").size()).isEqualTo(1);
        assertThat(server.get("/v1/events/" + nobody).statusCode()).isEqualTo(200);
    }

    @Test
    void whereAPersonIsAndAllThatThereIs() {
        String first = taken(personal());
        String second = taken(TestServer.event(Map.of("data_subject_id", JANE)));
        String other = taken(TestServer.event(Map.of("data_subject_id", "john.doe@example.org")));
        JsonNode standing = told("/v1/subjects/" + JANE.replace("@", "%40"));
        assertThat(standing.get("data_subject_id").stringValue()).isEqualTo(jane());
        assertThat(standing.get("names").size()).isEqualTo(1);
        assertThat(standing.at("/names/0/payloads").intValue()).isEqualTo(2);
        assertThat(standing.at("/names/0/key").booleanValue()).isTrue();
        assertThat(standing.at("/names/0/erased_key_generation").intValue()).isZero();
        HttpResponse<String> export = server.get("/v1/subjects/" + JANE + "/export");
        List<JsonNode> lines = export.body().lines().map(Json.MAPPER::readTree).toList();
        assertThat(lines).hasSize(3);
        assertThat(lines.get(0).get("event_id").stringValue()).isEqualTo(first);
        assertThat(lines.get(0).get("payload").toString()).isEqualTo("{\"text\":\"secret\"}");
        assertThat(lines.get(1).get("event_id").stringValue()).isEqualTo(second);
        assertThat(lines.get(1).get("payload").isNull()).isTrue();
        assertThat(lines.get(1).has("erased")).isFalse();
        assertThat(lines.get(2).toString()).isEqualTo("{\"exported\":{\"ledger\":2,\"archived\":0,\"unread\":[]}}");
        assertThat(export.body()).doesNotContain(other);
        assertThat(records())
                .hasSize(4)
                .allSatisfy(record -> assertThat(record)
                        .contains("/v1/subjects/" + jane())
                        .doesNotContain("secret")
                        .doesNotContain("jane"));
    }

    @Test
    void whoIsUnknownIsNotFoundAndNotNamed() {
        assertRefused(server.get("/v1/subjects/jane"), 404, "subject_not_found");
        assertRefused(server.get("/v1/subjects/jane/export"), 404, "subject_not_found");
        assertRefused(server.get("/v1/subjects/jane%00"), 422, "invalid_input");
        assertThat(records()).hasSize(6).allSatisfy(record -> assertThat(record).doesNotContain("jane"));
    }

    private JsonNode erased() {
        HttpResponse<String> begun = server.delete("/v1/subjects/" + JANE);
        assertThat(begun.statusCode()).as(begun.body()).isEqualTo(202);
        assertThat(begun.body()).doesNotContain("jane");
        String id = TestServer.json(begun).get("id").stringValue();
        await().until(() -> !server.operations.find(id).orElseThrow().runs());
        return told("/v1/subjects/" + JANE);
    }

    @Test
    void whoIsErasedIsErasedEverywhereAndThereIsAReceipt() {
        String id = taken(personal());
        JsonNode standing = erased();
        assertThat(standing.at("/erasure/state").stringValue()).isEqualTo("done");
        assertThat(standing.at("/names/0/payloads").intValue()).isZero();
        assertThat(standing.at("/names/0/key").booleanValue()).isFalse();
        assertThat(ErasureJson.receipt(standing.get("receipt")).verify(persons.receipts.publicKey()))
                .isTrue();
        assertThat(standing.toString()).doesNotContain("jane").doesNotContain("secret");

        HttpResponse<String> payload = server.get("/v1/payloads/" + id);
        assertRefused(payload, 410, "payload_erased");
        assertThat(TestServer.json(payload).get("receipt")).isEqualTo(standing.get("receipt"));
        JsonNode event = told("/v1/events/" + id);
        assertThat(event.get("payload").isNull()).isTrue();
        assertThat(event.get("erasure_receipt")).isEqualTo(standing.get("receipt"));
        assertRefused(server.post("/v1/events", personal().toString()), 410, "subject_erased");
        // Once more: the same receipt.
        assertThat(erased().get("receipt")).isEqualTo(standing.get("receipt"));
        assertThat(records()).allSatisfy(record -> assertThat(record).doesNotContain("jane"));
    }

    @Test
    void whoIsUnknownIsNotErased() {
        assertRefused(server.delete("/v1/subjects/jane"), 404, "subject_not_found");
        assertRefused(server.post("/v1/subjects/jane/authorise", ""), 404, "subject_not_found");
        assertThat(server.operations.list()).isEmpty();
    }

    @Test
    void whoReturnsIsTakenAgain() {
        String old = taken(personal());
        JsonNode ignored = erased();
        HttpResponse<String> authorised = server.post("/v1/subjects/" + JANE + "/authorise", "");
        assertThat(authorised.statusCode()).as(authorised.body()).isEqualTo(200);
        assertThat(TestServer.json(authorised).get("key_generation").intValue()).isEqualTo(2);
        String fresh = taken(personal());
        assertThat(told("/v1/payloads/" + fresh).get("payload").toString()).isEqualTo("{\"text\":\"secret\"}");
        assertRefused(server.get("/v1/payloads/" + old), 410, "payload_erased");
    }

    @Test
    void aHoldStopsAnErasureBeforeItsFirstStep() {
        String id = taken(personal());
        assertThat(server.post("/v1/admin/holds?session_id=s1&reason=a%20lawsuit", "")
                        .statusCode())
                .isEqualTo(200);
        JsonNode standing = erased();
        assertThat(standing.at("/erasure/state").stringValue()).isEqualTo("held");
        assertThat(standing.at("/erasure/held_by").toString()).contains("s1");
        assertThat(standing.at("/names/0/key").booleanValue()).isTrue();
        assertThat(told("/v1/payloads/" + id).get("payload").toString()).contains("secret");
        assertRefused(server.post("/v1/subjects/" + JANE + "/authorise", ""), 409, "erasure_unfinished");
        assertThat(server.delete("/v1/admin/holds/s1").statusCode()).isEqualTo(200);
        assertThat(persons.hurried.get()).isEqualTo(1);
        assertThat(erased().at("/erasure/state").stringValue()).isEqualTo("done");
    }

    @Test
    void withoutKeysNoPersonIsKnown() {
        try (TestServer without = TestServer.start()) {
            assertRefused(without.get("/v1/subjects/jane"), 422, "privacy_unavailable");
            assertRefused(without.get("/v1/subjects/jane/export"), 422, "privacy_unavailable");
        }
    }
}
