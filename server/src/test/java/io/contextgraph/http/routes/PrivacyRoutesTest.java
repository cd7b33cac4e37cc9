// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.EventJson;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.Json;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.privacy.key.DataKeySettings;
import io.contextgraph.privacy.key.DataKeys;
import io.contextgraph.privacy.key.Erasures;
import io.contextgraph.privacy.key.ForwardingKeyStore;
import io.contextgraph.privacy.key.InMemoryKeyStore;
import io.contextgraph.privacy.key.KeyErasure;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.KeyVersions;
import io.contextgraph.privacy.key.Pseudonym;
import io.contextgraph.privacy.key.Pseudonyms;
import io.contextgraph.privacy.key.SubjectId;
import io.contextgraph.privacy.local.LocalKeyWrapper;
import io.contextgraph.privacy.sealing.PayloadSealer;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class PrivacyRoutesTest {
    private static final String JANE = "jane.roe@example.org";
    private static final DataKeySettings AT_ONCE =
            new DataKeySettings(100, Duration.ofMinutes(10), Duration.ZERO, Duration.ofSeconds(20));

    private final Away store = new Away();
    private final Pseudonyms pseudonyms = new Pseudonyms(KeyVersions.random());
    private final TestServer server = TestServer.sealing(
            new PayloadSealer(
                    pseudonyms, new DataKeys(new LocalKeyWrapper(KeyVersions.random(), "a test"), store, AT_ONCE)),
            door -> door);

    /** Can be away. */
    private static final class Away extends ForwardingKeyStore {
        private volatile boolean away;

        Away() {
            super(new InMemoryKeyStore());
        }

        @Override
        protected String revision() {
            if (away) {
                throw new KeyServiceException(KeyServiceException.Reason.UNAVAILABLE, "the vault is away");
            }
            return super.revision();
        }
    }

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

    private Pseudonym jane() {
        return pseudonyms.of(new SubjectId(JANE));
    }

    private void assertRefused(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(TestServer.json(answer).get("code").stringValue()).isEqualTo(code);
        assertThat(answer.body()).doesNotContain("secret").doesNotContain("jane");
    }

    @Test
    void whoMayReadEventsSeesNoPersonAndNoPayload() {
        String id = taken(personal());
        String read = server.get("/v1/events/" + id).body();
        assertThat(read).contains(jane().toString()).doesNotContain("secret").doesNotContain("jane");
        JsonNode payload = TestServer.json(server.get("/v1/events/" + id)).get("payload");
        assertThat(payload.get("sealed").intValue()).isEqualTo(1);
    }

    @Test
    void aPayloadIsOpenedForWhoMayAndThereIsARecordOfIt() {
        String id = taken(personal());
        for (String ref : List.of("payload:" + id, "payload%3A" + id, id)) {
            HttpResponse<String> answer = server.get("/v1/payloads/" + ref);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            JsonNode json = TestServer.json(answer);
            assertThat(json.get("event_id").stringValue()).isEqualTo(id);
            assertThat(json.get("data_subject_id").stringValue()).isEqualTo(jane().toString());
            assertThat(json.get("payload").toString()).isEqualTo("{\"text\":\"secret\"}");
        }
        List<RecordedEvent> records = server.ledger
                .search(EventQuery.builder().sessionId(SessionId.AUDIT).build())
                .events();
        assertThat(records).hasSize(6);
        assertThat(records.stream()
                        .map(record -> server.ledger.find(record.event().id()))
                        .map(found -> EventJson.toJson(((Lookup.Found) found).event()))
                        .toList()
                        .toString())
                .contains("GET /v1/payloads/{payload_ref}")
                .doesNotContain("secret")
                .doesNotContain("jane");
    }

    @Test
    void whatIsAboutNobodyIsShownAsItIs() {
        String id = taken(TestServer.event(Map.of("payload", Map.of("text", "plain"))));
        JsonNode json = TestServer.json(server.get("/v1/payloads/" + id));
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
        KeyErasure erasure = new KeyErasure(store);
        List<Erasures> ignored = erasure.intend(List.of(jane()), TestServer.NOW);
        erasure.destroy(List.of(jane()));
        assertRefused(server.get("/v1/payloads/" + id), 410, "payload_erased");
        assertRefused(server.post("/v1/events", personal().toString()), 410, "subject_erased");
    }

    @Test
    void withoutKeysNothingPersonalIsTakenOrShownAndEverythingElseIs() {
        String id = taken(personal());
        store.away = true;
        HttpResponse<String> answer = server.get("/v1/payloads/" + id);
        assertRefused(answer, 503, "key_service_unavailable");
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        answer = server.post("/v1/events", personal().toString());
        assertRefused(answer, 503, "key_service_unavailable");
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        String nobody = taken(TestServer.event(Map.of()));
        ObjectNode batch = Json.MAPPER.createObjectNode();
        batch.putArray("events").add(personal()).add(TestServer.event(Map.of()));
        HttpResponse<String> both = server.post("/v1/events/batch", batch.toString());
        assertThat(both.body()).contains("key_service_unavailable").doesNotContain("secret");
        assertThat(server.get("/v1/events/" + nobody).statusCode()).isEqualTo(200);
    }
}
