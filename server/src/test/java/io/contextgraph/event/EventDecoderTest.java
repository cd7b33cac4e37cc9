// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.contextgraph.testing.Events;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class EventDecoderTest {
    static final List<String> HOSTILE_NAMES = Events.HOSTILE_NAMES;

    private static final Instant NOW = Instant.parse("2026-02-01T00:00:00Z");
    private final EventDecoder decoder = new EventDecoder(EventLimits.DEFAULTS, Clock.fixed(NOW, ZoneOffset.UTC));

    private static ObjectNode valid() {
        return EventJson.toJson(Events.event(1, "session"));
    }

    private List<Fault> faults(ObjectNode json) {
        InvalidInputException refused = catchThrowableOfType(InvalidInputException.class, () -> decoder.decode(json));
        assertThat(refused).as("must be refused").isNotNull();
        return refused.faults();
    }

    private List<String> codes(ObjectNode json) {
        return faults(json).stream().map(f -> f.pointer() + " " + f.code()).toList();
    }

    @Test
    void whatIsWrittenIsRead() {
        for (Event event : List.of(Events.event(1, "s"), Events.full(2, "s"), Events.personal(3, "s"))) {
            assertThat(decoder.decode(EventJson.toJson(event))).isEqualTo(event);
        }
    }

    @Test
    void allFaultsAreReportedTogether() {
        ObjectNode json = valid();
        json.put("event_id", "not-a-uuid");
        json.put("event_type", "Tool");
        json.put("occurred_at", "2026-01-31 12:00");
        json.put("session_id", "__global__");
        json.put("agent_id", 7);
        json.remove("trace_id");
        json.put("tol_name", "x");
        json.put("seq", 5);
        json.put("status", "done");
        json.put("schema_version", 0);
        json.put("importance_hint", 11);
        json.put("tool_name", "");
        assertThat(codes(json))
                .containsExactlyInAnyOrder(
                        "/event_id not_a_uuid",
                        "/event_type not_a_type",
                        "/occurred_at not_a_time",
                        "/session_id invalid_id",
                        "/agent_id type",
                        "/trace_id required",
                        "/tol_name unknown_field",
                        "/seq assigned_by_store",
                        "/status not_a_status",
                        "/schema_version out_of_range",
                        "/importance_hint out_of_range",
                        "/tool_name invalid_id");
    }

    @Test
    void fiveFaultsAtOnce() {
        ObjectNode json = valid();
        json.put("event_id", "x");
        json.put("event_type", "x");
        json.put("occurred_at", "x");
        json.put("session_id", "");
        json.put("parent_event_id", "x");
        assertThat(codes(json))
                .containsExactly(
                        "/event_id not_a_uuid",
                        "/event_type not_a_type",
                        "/occurred_at not_a_time",
                        "/session_id invalid_id",
                        "/parent_event_id not_a_uuid");
    }

    @Test
    void anUnknownFieldNamesItsNeighbour() {
        ObjectNode json = valid();
        json.put("sesion_id", "x");
        json.put("completely_else", "x");
        json.put("a/b~c", "x");
        assertThat(faults(json))
                .containsExactly(
                        new Fault(
                                "/sesion_id", "unknown_field", "is not a field of an event; did you mean session_id?"),
                        new Fault("/completely_else", "unknown_field", "is not a field of an event"),
                        new Fault("/a~1b~0c", "unknown_field", "is not a field of an event"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"global_position", "seq", "session_seq", "recorded_at", "content_hash", "occurred_at_epoch_ms"})
    void whatTheStoreAssignsIsRefused(String field) {
        ObjectNode json = valid();
        json.put(field, "1");
        assertThat(codes(json)).containsExactly("/" + field + " assigned_by_store");
    }

    @Test
    void typesAreNotCoerced() {
        ObjectNode json = valid();
        json.put("session_id", 1);
        json.put("agent_id", true);
        json.put("schema_version", "1");
        json.put("importance_hint", 5.0);
        json.put("payload", "{}");
        json.putArray("status");
        assertThat(codes(json))
                .containsExactlyInAnyOrder(
                        "/session_id type",
                        "/agent_id type",
                        "/schema_version type",
                        "/importance_hint type",
                        "/payload type",
                        "/status type");
        assertThat(faults(EventJson.toJson(Events.event(1, "s")).put("schema_version", 1L << 40)))
                .extracting(Fault::code)
                .containsExactly("type");
    }

    @ParameterizedTest
    @FieldSource("HOSTILE_NAMES")
    void oddNamesAreOnlyNames(String name) {
        ObjectNode json = valid();
        json.put("session_id", name).put("agent_id", name).put("trace_id", name).put("tool_name", name);
        assertThat(decoder.decode(json).sessionId().value()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "__global__",
                "__x",
                "line\nbreak",
                "tab\t",
                "nul\u0000",
                "del\u007f",
                "c1\u0085",
                "half \ud83d",
                "\ude00"
            })
    void namesThatCannotBeStoredAreRefused(String name) {
        for (String field : List.of("session_id", "agent_id", "trace_id", "tool_name", "data_subject_id")) {
            assertThat(codes(valid().put(field, name))).containsExactly("/" + field + " invalid_id");
        }
    }

    @Test
    void lengthsCountCharactersAndNotBytes() {
        String longest = "\ud83d\ude00".repeat(255);
        assertThat(decoder.decode(valid().put("session_id", longest))
                        .sessionId()
                        .value())
                .isEqualTo(longest);
        assertThat(codes(valid().put("session_id", longest + "x"))).containsExactly("/session_id invalid_id");
        assertThat(codes(valid().put("payload_ref", "r".repeat(2049)))).containsExactly("/payload_ref length");
        assertThat(codes(valid().put("payload_ref", ""))).containsExactly("/payload_ref length");
        assertThat(codes(valid().put("payload_ref", "a\u0001"))).containsExactly("/payload_ref characters");
    }

    @Test
    void rulesBetweenFields() {
        ObjectNode json = valid();
        json.put("parent_event_id", json.get("event_id").stringValue());
        json.put("ended_at", "2026-01-31T12:00:00.999Z");
        assertThat(codes(json)).containsExactly("/parent_event_id self_parent", "/ended_at before_start");
        assertThatCode(() -> decoder.decode(valid().put("ended_at", "2026-01-31T12:00:01Z")))
                .doesNotThrowAnyException();
    }

    @Test
    void theClockMayLeadByFiveMinutes() {
        assertThatCode(() -> decoder.decode(valid().put("occurred_at", "2026-02-01T00:05:00Z")))
                .doesNotThrowAnyException();
        assertThat(codes(valid().put("occurred_at", "2026-02-01T00:05:00.001Z")))
                .containsExactly("/occurred_at in_future");
    }

    @Test
    void aPayloadStandsInForItsReference() {
        ObjectNode json = valid();
        json.remove("payload_ref");
        assertThat(codes(json)).containsExactly("/payload_ref required");
        json.putObject("payload").put("a", 1);
        Event event = decoder.decode(json);
        assertThat(event.payloadRef()).isEqualTo("payload:" + event.id());
        assertThat(event.payload()).contains(new Payload("{\"a\":1}"));
    }

    @Test
    void payloadsHaveALimitedDepth() {
        assertThatCode(() -> decoder.decode(valid().set("payload", nested(32)))).doesNotThrowAnyException();
        assertThat(codes(valid().set("payload", nested(33)))).containsExactly("/payload too_deep");
    }

    private static ObjectNode nested(int depth) {
        ObjectNode node = Json.MAPPER.createObjectNode();
        return depth == 1 ? node : node.set("n", nested(depth - 1));
    }

    @Test
    void nullMeansAbsent() {
        ObjectNode json = valid();
        json.putNull("tool_name").putNull("status").putNull("payload");
        assertThat(decoder.decode(json)).isEqualTo(Events.event(1, "session"));
        assertThat(codes(valid().putNull("agent_id"))).containsExactly("/agent_id required");
    }

    @Test
    void onlyAnObjectIsAnEvent() {
        InvalidInputException refused =
                catchThrowableOfType(InvalidInputException.class, () -> decoder.decode(Json.MAPPER.readTree("[]")));
        assertThat(refused.faults())
                .containsExactly(new Fault("", "type", "an event must be a JSON object, is an array"));
    }

    /** UTF-8 cannot say them: two of them would become one and the same. */
    @Test
    void halfACharacterIsRefusedWhereverItStands() {
        String half = "\ud83d";
        ObjectNode json = valid();
        json.putObject("payload")
                .putArray("a")
                .add("whole \ud83d\ude00")
                .addObject()
                .put("text", "cut " + half);
        assertThat(codes(json)).containsExactly("/payload/a/1/text characters");
        json.putObject("payload").putObject("in").put(half, 1);
        assertThat(codes(json)).containsExactly("/payload/in characters");
        json.putObject("payload").put("text", "\udc00");
        json.put("payload_ref", "ref:" + half).put("agent_id", half + "a");
        assertThat(codes(json))
                .containsExactlyInAnyOrder(
                        "/payload/text characters", "/payload_ref characters", "/agent_id invalid_id");
        json = valid();
        json.putObject("payload").put("text", "\ud83d\ude00");
        assertThat(decoder.decode(json).payload()).isPresent();
    }

    @ParameterizedTest
    @CsvSource({
        "2026-01-31T12:00:00Z, 2026-01-31T12:00:00.000Z",
        "2026-01-31t12:00:00.123456789z, 2026-01-31T12:00:00.123Z",
        "2026-01-31T14:30:00.5+02:30, 2026-01-31T12:00:00.500Z",
        "0000-01-01T00:00:00Z, 0000-01-01T00:00:00.000Z",
        "9999-12-31T23:59:59.999999999Z, 9999-12-31T23:59:59.999Z",
        "2024-02-29T00:00:00-00:00, 2024-02-29T00:00:00.000Z"
    })
    void timesAreReadWithAnyOffsetAndWrittenInUtc(String text, String written) {
        assertThat(Times.parse(text).map(Times::format)).contains(written);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-01-31T12:00:00",
                "2026-01-31 12:00:00Z",
                "2026-02-29T00:00:00Z",
                "2026-01-31T24:00:00Z",
                "2026-01-31T12:60:00Z",
                "2026-12-31T23:59:60Z",
                "2026-1-31T12:00:00Z",
                "20260131T120000Z",
                "2026-01-31T12:00Z",
                "2026-01-31T12:00:00.Z",
                "0000-01-01T00:00:00+01:00",
                "9999-12-31T23:59:59-01:00",
                "1769860800",
                ""
            })
    void whatIsNoTimeIsRefused(String text) {
        assertThat(Times.parse(text)).isEmpty();
    }
}
