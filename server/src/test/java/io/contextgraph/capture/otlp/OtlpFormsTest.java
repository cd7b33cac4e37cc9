// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.otlp;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.capture.file.Captured;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventJson;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** One span in the forms in which exporters, and those who pass it on, write it. */
class OtlpFormsTest {
    private static final String IDS =
            "\"traceId\":\"5b8efff798038103d269b633813fc60c\",\"spanId\":\"eee19b7ec3c1b174\",";
    private static final String START = "\"startTimeUnixNano\":\"1544712660000000000\"";
    private static final String SPAN = "{" + IDS + "\"name\":\"chat m\"," + START + "}";
    private static final String SNAKE = "{\"trace_id\":\"5b8efff798038103d269b633813fc60c\","
            + "\"span_id\":\"eee19b7ec3c1b174\",\"name\":\"chat m\",\"start_time_unix_nano\":1544712660000000000}";

    @TempDir
    private Path folder = Path.of("");

    private Captured read(String json) {
        return Captured.read(Captured.write(folder, "spans.json", json));
    }

    private Event one(String span) {
        Captured captured = read("{\"resourceSpans\":[{\"resource\":{},\"scopeSpans\":[{\"spans\":[" + span + "]}]}]}");
        assertThat(captured.refused()).isEmpty();
        assertThat(captured.events).hasSize(1);
        return captured.events.getFirst();
    }

    private JsonNode payload(String more) {
        return EventJson.toJson(one("{" + IDS + more + "," + START + "}")).path("payload");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'resourceSpans':[{'scopeSpans':[{'spans':SPAN}]}]}",
                "{'resourceSpans':[{'scopeSpans':{'spans':[SPAN]}}]}",
                "{'resourceSpans':{'scopeSpans':[{'spans':[SPAN]}]}}",
                "{'resourceSpans':[{'spans':[SPAN]}]}",
                "{'resourceSpans':[{'scopeSpans':[],'instrumentationLibrarySpans':[{'spans':[SPAN]}]}]}",
                "{'resourceSpans':[{'scope_spans':[{'spans':[SNAKE]}]}]}",
                "{'resourceSpans':[],'batches':[{'scopeSpans':[{'spans':[SPAN]}]}]}",
                "{'batches':[{'resource':{},'scope_spans':[{'spans':[SNAKE]}]}]}",
                "{'trace':{'resource_spans':[{'scope_spans':[{'spans':[SNAKE]}]}]}}",
                "{'trace':{'batches':[]},'resourceSpans':[{'scopeSpans':[{'spans':[SPAN]}]}]}",
                "SNAKE"
            })
    void noSpanIsLostForTheFormOfWhatIsAroundIt(String form) {
        Captured captured = read(form.replace('\'', '"').replace("SPAN", SPAN).replace("SNAKE", SNAKE));
        assertThat(captured.refused()).isEmpty();
        assertThat(captured.events).extracting(e -> e.type().value()).containsExactly("llm.chat");
    }

    @Test
    void whatIsAroundSpansAndIsNoneIsNamed() {
        Captured captured = read("{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":\"none\"},{\"spans\":[" + SPAN
                + "]}]},{\"scopeSpans\":7}]}");
        assertThat(captured.events).hasSize(1);
        assertThat(captured.refused())
                .containsExactly(
                        "/resourceSpans/0/scopeSpans/0/spans: \"spans\" must be an array",
                        "/resourceSpans/1/scopeSpans: \"scopeSpans\" must be an array");
    }

    @Test
    void olderLogsAreReadToo() {
        Captured captured = read("{\"resourceLogs\":[{\"instrumentationLibraryLogs\":[{\"logRecords\":[{\"body\":{}},"
                + "{\"eventName\":\"gen_ai.choice\",\"timeUnixNano\":\"1544712660000000000\"}]}]},"
                + "{\"logRecords\":[{\"eventName\":\"gen_ai.choice\",\"timeUnixNano\":\"1544712660000000001\"}]}]}");
        assertThat(captured.refused()).singleElement().asString().contains("without a trace context");
        assertThat(captured.events).hasSize(2);
    }

    @Test
    void attributesAreKeptInWhateverFormTheyCome() {
        assertThat(payload("\"attributes\":{\"gen_ai.request.model\":\"m\",\"n\":{\"intValue\":\"5\"}}")
                        .path("attributes"))
                .hasToString("{\"gen_ai.request.model\":\"m\",\"n\":5}");
        assertThat(payload("\"attributes\":[\"odd\",{\"value\":{\"stringValue\":\"v\"}}]")
                        .path("attributes"))
                .hasToString("{\"\":\"odd\",\"#2\":\"v\"}");
        assertThat(payload("\"attributes\":\"none\"").path("attributes")).hasToString("{\"\":\"none\"}");
    }

    @Test
    void fieldsThatASpanHasBesideThoseOfOtlpAreKept() {
        JsonNode payload = payload("\"resource\":1,\"usage\":2,\"model\":3,\"provider\":4,\"start_unix_nano\":5,"
                + "\"attributes\":[{\"key\":\"gen_ai.request.model\",\"value\":{\"stringValue\":\"m\"}},"
                + "{\"key\":\"gen_ai.usage.input_tokens\",\"value\":{\"intValue\":7}}]");
        assertThat(payload.path("resource#2").intValue()).isEqualTo(1);
        assertThat(payload.path("usage#2").intValue()).isEqualTo(2);
        assertThat(payload.path("usage").path("input_tokens").intValue()).isEqualTo(7);
        assertThat(payload.path("model#2").intValue()).isEqualTo(3);
        assertThat(payload.path("model").stringValue()).isEqualTo("m");
        assertThat(payload.path("provider#2").intValue()).isEqualTo(4);
        assertThat(payload.path("start_unix_nano#2").intValue()).isEqualTo(5);
    }

    @Test
    void everyEncodingOfASpanIsTheSameRecord() {
        String hex = "{" + IDS + "\"name\":\"s\"," + START + ",\"flags\":1,\"droppedEventsCount\":0,\"attributes\":["
                + "{\"key\":\"d\",\"value\":{\"doubleValue\":1.0}},{\"key\":\"e\",\"value\":{}}],"
                + "\"links\":[{\"traceId\":\"5b8efff798038103d269b633813fc60c\",\"spanId\":\"00f067aa0ba902b7\"}]}";
        String record = record(hex);
        for (String other : new String[] {
            hex.replace("5b8efff798038103d269b633813fc60c", "5B8EFFF798038103D269B633813FC60C"),
            hex.replace("5b8efff798038103d269b633813fc60c", "W47/95gDgQPSabYzgT/GDA=="),
            hex.replace("00f067aa0ba902b7", "APBnqgupArc="),
            hex.replace("\"flags\":1", "\"flags\":\"1\""),
            hex.replace("1.0", "\"1\""),
            hex.replace(",\"value\":{}", ""),
            hex.replace("\"droppedEventsCount\":0,", "")
        }) {
            assertThat(other).isNotEqualTo(hex);
            assertThat(record(other)).as(other).isEqualTo(record);
        }
        assertThat(record(hex.replace("\"flags\":1", "\"flags\":2"))).isNotEqualTo(record);
    }

    private String record(String span) {
        return EventJson.toJson(one(span)).at("/payload/capture/record").stringValue();
    }

    @Test
    void hugeNumbersCostNoTimeAndNoImport() {
        String nines = "9".repeat(2000);
        assertThat(payload("\"attributes\":[{\"key\":\"n\",\"value\":{\"intValue\":\"" + nines + "\"}}]")
                        .at("/attributes/n")
                        .stringValue())
                .isEqualTo(nines);
        for (String time : new String[] {"1e9999999", "1e2147483647", "1e-2147483647", nines}) {
            Captured captured = read(SPAN.replace("1544712660000000000", time));
            assertThat(captured.refused())
                    .singleElement()
                    .asString()
                    .contains(": startTimeUnixNano must be nanoseconds since 1970")
                    .hasSizeLessThan(200);
        }
    }
}
