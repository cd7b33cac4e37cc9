// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.contextgraph.event.Json;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.AnyValue;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class OtlpRequestTest {
    private static final int MOST = 1_000_000;

    private static OtlpRequest cut(String json, int part) {
        return OtlpJsonParts.of(json, part, MOST);
    }

    private static List<JsonNode> read(OtlpRequest request) {
        return request.parts().stream().map(Supplier::get).toList();
    }

    /** What a reader finds, with what stands around it, in the order in which it finds it. */
    private static List<String> found(List<JsonNode> parts) {
        List<String> found = new ArrayList<>();
        OtlpFound into = new OtlpFound() {
            @Override
            public void request() {
                // A part is none.
            }

            @Override
            public void span(JsonNode span, ObjectNode context, String pointer) {
                found.add("span " + span + " in " + context);
            }

            @Override
            public void log(JsonNode log, ObjectNode context, String pointer) {
                found.add("log " + log + " in " + context);
            }

            @Override
            public void refuse(String pointer, IllegalArgumentException wrong) {
                found.add("refused " + wrong.getMessage());
            }

            @Override
            public void skip(String what, long count) {
                found.addAll(Collections.nCopies(Math.toIntExact(count), what));
            }
        };
        parts.forEach(part -> new OtlpJson().walk(part, into));
        return found;
    }

    private static String spans(int from, int to) {
        return String.join(
                " , ",
                IntStream.range(from, to)
                        .mapToObj(i -> "{\"name\": \"span " + i + "\", \"spans\": [1, {\"a\": 2}]}")
                        .toList());
    }

    /** Fields in whatever order, lists of every kind, some empty, names in both ways. */
    private static final String MIXED =
            """
            {
              "resourceSpans": [
                {"schemaUrl": "s", "scopeSpans": [{"spans": [%s], "scope": {"name": "a \\" ]}"}, "schemaUrl": "t"},
                                                 {"spans": []},
                                                 {"scope": {"name": "b"}, "spans": [%s]}],
                 "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "one \u00e9\ud83d\ude00"}}]}},
                {"resource": {"attributes": []}, "scopeSpans": []},
                {"scope_spans": [{"spans": [%s]}], "instrumentationLibrarySpans": [{"spans": [%s]}]},
                {"resource": {}, "spans": [%s]}
              ],
              "other": [[{"spans": [1]}], "x"],
              "resourceLogs": [{"scopeLogs": [{"logRecords": [{"body": 1}, {"body": 2}, {"body": [3]}]}]}],
              "resourceMetrics": [{"scopeMetrics": [{"metrics": [
                  {"name": "m", "gauge": {"dataPoints": [{}, {}]}}, {"name": "n", "sum": {"dataPoints": [{}]}}]}]}]
            }
            """.formatted(spans(0, 7), spans(7, 30), spans(30, 32), spans(32, 33), spans(33, 36));

    @ParameterizedTest
    @ValueSource(ints = {1, 50, 100, 300, 1000, 3000})
    void partsOfJsonHaveAllThatTheWholeHas(int part) {
        OtlpRequest request = cut(MIXED, part);
        assertThat(request.oversized()).isZero();
        assertThat(request.parts().size()).isGreaterThan(MIXED.length() / (part + 100) / 2);
        List<String> whole = found(List.of(Json.MAPPER.readTree(MIXED)));
        assertThat(whole).hasSize(36 + 3 + 3);
        assertThat(found(read(request))).containsExactlyInAnyOrderElementsOf(whole);
    }

    @Test
    void partsAreAsLargeAsAsked() {
        String json = "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[" + spans(0, 1000) + "]}]}]}";
        OtlpRequest request = cut(json, 5_000);
        assertThat(request.parts()).hasSizeBetween(8, 12);
        assertThat(read(request))
                .allSatisfy(part -> assertThat(part.toString().length()).isLessThan(5_100));
    }

    @Test
    void manyResourcesAreNotAsManyParts() {
        String one = "{\"scopeSpans\":[{\"spans\":[" + spans(0, 1) + "]}]}";
        String json = "{\"resourceSpans\":["
                + String.join(",", Stream.generate(() -> one).limit(1000).toList()) + "]}";
        OtlpRequest request = cut(json, json.length() / 10);
        assertThat(request.parts()).hasSizeBetween(10, 12);
        assertThat(found(read(request))).hasSize(1000);
    }

    @Test
    void whatIsTooLargeIsCountedAndTheRestIsRead() {
        String large = "{\"name\":\"" + "x".repeat(MOST) + "\"}";
        String json = """
                {"resourceSpans":[
                  {"scopeSpans":[{"spans":[{"name":"a"},%s,{"name":"b"}]},
                                 {"scope":%s,"spans":[{"name":"c"},{"name":"d"}]}]},
                  {"resource":%s,"scopeSpans":[{"spans":[{"name":"e"},%s]}]}]}
                """.formatted(large, large, large, large);
        OtlpRequest request = cut(json, 100);
        assertThat(request.oversized()).isEqualTo(1 + 2 + 2);
        assertThat(found(read(request))).hasSize(2).allMatch(one -> one.matches("span .*\"[ab]\".*"));
        String around = "{\"other\":" + large + ",\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{}]}]}]}";
        assertThat(cut(around, 100)).satisfies(none -> {
            assertThat(none.parts()).isEmpty();
            assertThat(none.oversized()).isEqualTo(1);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{}]}]}]} {}",
                "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{}]}]}",
                "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{]}]}]}",
                "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{} {}]}]}]}",
                "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[tru]}]}]}"
            })
    void whatIsNotJsonIsRefusedBeforeAnythingIsRead(String json) {
        assertThatThrownBy(() -> OtlpRequest.ofJson(json, 1, 1)).isInstanceOf(JacksonException.class);
        assertThatThrownBy(() -> OtlpRequest.ofJson(json, 1_000, 1)).isInstanceOf(JacksonException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[{\"resourceSpans\":[]}]", "\"a text\"", "12345"})
    void whatIsNoObjectIsRefused(String json) {
        assertThatThrownBy(() -> OtlpRequest.ofJson(json, 1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> OtlpRequest.ofJson(json, 1_000, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whatNeedsNoArrayAroundItIsCutToo() {
        List<String> forms = List.of(
                "{\"trace\":{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[%s]}]}]},\"a\":1}",
                "{\"resourceSpans\":{\"scopeSpans\":{\"spans\":[%s],\"scope\":{}}}}",
                "{\"resourceSpans\":[{\"scopeSpans\":{\"spans\":[%s]},\"spans\":{\"name\":\"alone\"}}]}",
                "{\"batches\":[{\"scopeSpans\":[{\"spans\":[%s]}]}]}",
                "{\"scopeSpans\":[{\"spans\":[%s]}],\"resource\":{}}");
        for (String form : forms) {
            String json = form.formatted(spans(0, 40));
            OtlpRequest request = cut(json, 500);
            assertThat(request.parts()).as(form).hasSizeGreaterThan(2);
            assertThat(found(read(request)))
                    .as(form)
                    .containsExactlyInAnyOrderElementsOf(found(List.of(Json.MAPPER.readTree(json))));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":\"%s\"}",
                "{\"traceId\":\"1\",\"spanId\":\"2\",\"startTimeUnixNano\":\"3\",\"name\":\"%s\"}",
                "{\"resourceSpans\":[{\"resource\":\"%s\",\"scopeSpans\":[]}]}"
            })
    void whatIsTooLargeCountsAlsoWhereItHasNoRecords(String json) {
        assertThat(cut(json.formatted("x".repeat(MOST)), 100).oversized()).isEqualTo(1);
    }

    /** Each event has its resource: a small request could become very many large events. */
    @Test
    void whatWouldBecomeVeryMuchIsCountedAndTheRestIsRead() {
        String many = spans(0, 1000);
        String form = """
                {"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"a"}]}, {"scope":{"name":"%s"},"spans":[%s]}, {"spans":[{"name":"b"}]}]}]}
                """;
        OtlpRequest refused = OtlpRequest.ofJson(form.formatted("x".repeat(300_000), many));
        assertThat(refused.oversized()).isEqualTo(1000);
        assertThat(found(read(refused))).hasSize(2).allMatch(one -> one.matches("span .*\"[ab]\".*"));
        OtlpRequest taken = OtlpRequest.ofJson(form.formatted("x".repeat(200_000), many));
        assertThat(taken.oversized()).isZero();

        ExportTraceServiceRequest.Builder request = ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(resource("small", scope(0, 1)))
                .addResourceSpans(resource(
                        "one",
                        scope(0, 1000).toBuilder()
                                .setSchemaUrl("x".repeat(300_000))
                                .build()));
        OtlpRequest ofProtobuf = OtlpRequest.ofProtobuf(request.build());
        assertThat(ofProtobuf.oversized()).isEqualTo(1000);
        assertThat(found(read(ofProtobuf))).hasSize(1);
    }

    @Test
    void manySmallRecordsAreNoReason() {
        int many = 60_000;
        ExportTraceServiceRequest request = ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(resource("one", scope(0, many)))
                .addAllResourceSpans(Collections.nCopies(many, resource("two", scope(0, 1))))
                .build();
        assertThat(OtlpRequest.ofProtobuf(request).oversized()).isZero();
        assertThat(OtlpRequest.ofJson(OtlpProtobuf.json(request).toString()).oversized())
                .isZero();
    }

    @Test
    void aHalfOfACharacterInANameIsReadInPartsToo() {
        String json = "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"\\ud83d\":1},{\"b\":2}]}]}]}";
        OtlpRequest request = OtlpRequest.ofJson(json, 8, 8);
        assertThat(request.parts()).hasSize(2);
        assertThat(found(read(request))).hasSize(2);
    }

    private static Span span(int number, int size) {
        return Span.newBuilder()
                .setName("span " + number)
                .setSpanId(ByteString.copyFrom(new byte[size]))
                .build();
    }

    private static ScopeSpans scope(int from, int to) {
        return ScopeSpans.newBuilder()
                .setSchemaUrl("scope " + from)
                .addAllSpans(IntStream.range(from, to).mapToObj(i -> span(i, 8)).toList())
                .build();
    }

    private static ResourceSpans resource(String name, ScopeSpans... scopes) {
        return ResourceSpans.newBuilder()
                .setResource(Resource.newBuilder()
                        .addAttributes(KeyValue.newBuilder()
                                .setKey("service.name")
                                .setValue(AnyValue.newBuilder().setStringValue(name))))
                .addAllScopeSpans(List.of(scopes))
                .build();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 50, 300, 2000})
    void partsOfProtobufHaveAllThatTheWholeHas(int part) {
        ExportTraceServiceRequest request = ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(resource("one", scope(0, 40), scope(40, 41)))
                .addResourceSpans(resource("two", scope(41, 44)))
                .addResourceSpans(resource("three"))
                .addResourceSpans(resource("four", scope(44, 100), scope(100, 120)))
                .build();
        OtlpRequest parts = OtlpProtobufParts.of(request, part, MOST);
        assertThat(parts.parts().size()).isGreaterThan(request.getSerializedSize() / (part + 100) / 2);
        List<String> whole = found(List.of(OtlpProtobuf.json(request)));
        assertThat(whole).hasSize(120);
        assertThat(found(read(parts))).isEqualTo(whole);
        assertThat(found(read(cut(OtlpProtobuf.json(request).toString(), part))))
                .isEqualTo(whole);
    }

    @Test
    void whatIsTooLargeOfProtobufIsCountedAndTheRestIsRead() {
        String large = "x".repeat(MOST);
        ExportTraceServiceRequest request = ExportTraceServiceRequest.newBuilder()
                .addResourceSpans(resource(
                        "one",
                        scope(0, 2).toBuilder().addSpans(span(2, MOST)).build(),
                        scope(3, 5).toBuilder().setSchemaUrl(large).build()))
                .addResourceSpans(resource(large, scope(5, 6), scope(6, 8)))
                .build();
        OtlpRequest parts = OtlpProtobufParts.of(request, 100, MOST);
        assertThat(parts.oversized()).isEqualTo(1 + 2 + 3);
        assertThat(found(read(parts))).hasSize(2);
    }
}
