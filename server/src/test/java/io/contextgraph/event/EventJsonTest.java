// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.testing.Events;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The canonical form and the hash are forever: these values never change. */
class EventJsonTest {
    private static String canonical(String json) {
        return new String(Json.canonical(Json.MAPPER.readTree(json)), StandardCharsets.UTF_8);
    }

    private static Event withPayload(String json) {
        return Events.builder(1, "session").payload(new Payload(json)).build();
    }

    @Test
    void theCanonicalFormHasSortedFieldsAndNoSpace() {
        assertThat(new String(EventJson.canonical(Events.personal(1, "séance")), StandardCharsets.UTF_8))
                .isEqualTo("{\"agent_id\":\"agent-1\",\"data_subject_id\":\"subject-1\","
                        + "\"ended_at\":\"2026-01-31T12:00:02.500Z\","
                        + "\"event_id\":\"01234567-89ab-4000-8000-000000000001\",\"event_type\":\"tool.execute\","
                        + "\"importance_hint\":7,\"occurred_at\":\"2026-01-31T12:00:01.000Z\","
                        + "\"parent_event_id\":\"01234567-89ab-4000-8000-0000000f4241\","
                        + "\"payload\":{\"n\":1.5,\"text\":\"a \\\"quoted\\\" word\"},"
                        + "\"payload_ref\":\"s3://bucket/1\",\"schema_version\":3,\"session_id\":\"séance\","
                        + "\"status\":\"failed\",\"tool_name\":\"search\",\"trace_id\":\"trace-1\"}");
    }

    @Test
    void hashesNeverChange() {
        assertThat(EventJson.hash(Events.event(1, "session")).hex())
                .isEqualTo("466629c76569dc169372cb24ccf8d5da8e9fe84d9228fcb48b1e0d151b419f44");
        assertThat(EventJson.hash(Events.personal(1, "séance")).hex())
                .isEqualTo("f48c9e77d2c3e489c9ff60332539c3edf8dce902db799254c0e751741c010ba1");
    }

    @Test
    void theOrderOfKeysAndTheFormOfNumbersDoNotMatter() {
        ContentHash hash = EventJson.hash(withPayload("{\"a\":1,\"b\":{\"c\":100,\"d\":[0.5,0]}}"));
        for (String same : List.of(
                "{\"b\":{\"d\":[0.50,-0],\"c\":1e2},\"a\":1.0}",
                " { \"b\" : { \"c\" : 10.0E1 , \"d\" : [ 5e-1 , 0.0 ] } , \"a\" : 10e-1 } ",
                "{\"\\u0061\":1,\"b\":{\"c\":100,\"d\":[0.5,0]}}")) {
            assertThat(EventJson.hash(withPayload(same))).as(same).isEqualTo(hash);
        }
    }

    @Test
    void everythingElseMatters() {
        Set<ContentHash> hashes = new HashSet<>();
        List<Event> different = List.of(
                Events.event(1, "session"),
                Events.event(2, "session"),
                Events.event(1, "session2"),
                Events.builder(1, "session").agentId("agent-2").build(),
                Events.builder(1, "session").traceId("trace-2").build(),
                Events.builder(1, "session").payloadRef("other").build(),
                Events.builder(1, "session").toolName("t").build(),
                Events.builder(1, "session").parentId(Events.id(2)).build(),
                Events.builder(1, "session").endedAt(Events.BASE.plusSeconds(9)).build(),
                Events.builder(1, "session").status(EventStatus.FAILED).build(),
                Events.builder(1, "session").schemaVersion(2).build(),
                Events.builder(1, "session").importanceHint(1).build(),
                Events.builder(1, "session").dataSubjectId("t").build(),
                withPayload("{}"),
                withPayload("{\"a\":1}"),
                withPayload("{\"a\":\"1\"}"),
                withPayload("{\"a\":1.0000000000000000000000001}"),
                withPayload("{\"a\":[1,2]}"),
                withPayload("{\"a\":[2,1]}"),
                withPayload("{\"a\":0.0}"),
                withPayload("{\"a\":-0.0}"),
                withPayload("{\"a\":null}"),
                withPayload("{\"a\":true}"),
                withPayload("{\"a\":\"é\"}"),
                withPayload("{\"a\":\"e\u0301\"}"));
        different.forEach(event -> hashes.add(EventJson.hash(event)));
        assertThat(hashes).hasSameSizeAs(different);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "1.0, 1",
        "10e-1, 1",
        "0, 0",
        "-0, 0",
        "-0.0, -0",
        "-0e7, -0",
        "0e9, 0",
        "100, 1E+2",
        "-1.50, -1.5",
        "12345678901234567890, 1.234567890123456789E+19",
        "0.000000001, 1E-9"
    })
    void numbersHaveOneForm(String written, String expected) {
        assertThat(canonical(written)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-0.0",
                "0.0",
                "1.0",
                "1E+2",
                "1E+400",
                "-1E-400",
                "0.1000000000000000055511151231257827",
                "9007199254740993",
                "0",
            })
    void aNumberIsWrittenAsItWasRead(String number) {
        String payload = "{\"a\":[" + number + ",{\"b\":" + number + "}]}";
        Event event = withPayload(payload);
        JsonNode sent = Json.MAPPER.readTree(EventJson.toJson(event).toString());
        Event received = new EventDecoder(EventLimits.DEFAULTS, Clock.systemUTC()).decode(sent);
        assertThat(received.payload()).contains(new Payload(payload));
        assertThat(EventJson.hash(received)).isEqualTo(EventJson.hash(event));
        assertThat(EventJson.toJson(received).get("payload").toString()).isEqualTo(payload);
    }

    @Test
    void stringsHaveOneForm() {
        assertThat(canonical("[\"\\u00e9\\/\\u0001\\n\\\"\",{\"b\":{},\"a\":[]}]"))
                .isEqualTo("[\"é/\\u0001\\n\\\"\",{\"a\":[],\"b\":{}}]");
        assertThat(canonical("{\"\\ufb33\":1,\"\\ud83d\\ude00\":2,\"A\":3}"))
                .isEqualTo("{\"A\":3,\"\ud83d\ude00\":2,\"\ufb33\":1}");
    }

    @Test
    void anAnswerCarriesWhatTheStoreAssigned() {
        Event event = Events.event(1, "session");
        RecordedEvent recorded = new RecordedEvent(event, new Position(5, 6), 7, 8, Events.BASE, EventJson.hash(event));
        assertThat(EventJson.toJson(recorded).toString())
                .isEqualTo("{\"event_id\":\"01234567-89ab-4000-8000-000000000001\",\"event_type\":\"tool.execute\","
                        + "\"occurred_at\":\"2026-01-31T12:00:01.000Z\",\"session_id\":\"session\","
                        + "\"agent_id\":\"agent-1\",\"trace_id\":\"trace-1\",\"payload_ref\":\"s3://bucket/1\","
                        + "\"schema_version\":1,\"global_position\":\"5-6\",\"seq\":7,\"session_seq\":8,"
                        + "\"recorded_at\":\"2026-01-31T12:00:00.000Z\",\"content_hash\":\""
                        + EventJson.hash(event) + "\"}");
    }
}
