// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.event.EventLimits;
import io.contextgraph.event.Json;
import io.contextgraph.event.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class PayloadFitterTest {
    private static final int MAX = 32 * 1024;

    private static ObjectNode fit(String payload) {
        ObjectNode event = Json.MAPPER.createObjectNode();
        event.put("event_id", "x");
        event.set("payload", Json.MAPPER.readTree(payload));
        new PayloadFitter(new EventLimits(MAX, 4, Duration.ZERO)).fit(event);
        assertThat(size(event)).isLessThanOrEqualTo(MAX);
        return event;
    }

    private static int size(JsonNode json) {
        return Json.MAPPER.writeValueAsString(json).getBytes(StandardCharsets.UTF_8).length;
    }

    private static String sha256(String text) {
        return Sha256.hex(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whatFitsStaysAsItIs() {
        String payload = "{\"content\":\"" + "x".repeat(MAX - 100) + "\",\"a\":{\"b\":{\"c\":[]}}}";
        assertThat(fit(payload).get("payload").toString()).isEqualTo(payload);
    }

    @Test
    void halfACharacterIsReplacedAndCounted() {
        assertThat(fit("{\"a\":[\"x\\ud83d\",{\"b\":\"\\udc00\\ud83d\\ude00\"}],\"c\":\"\\ud83d\\ud83d\"}")
                        .get("payload")
                        .toString())
                .isEqualTo(
                        "{\"a\":[\"x\ufffd\",{\"b\":\"\ufffd\ud83d\ude00\"}],\"c\":\"\ufffd\ufffd\",\"replaced\":4}");
    }

    @Test
    void theLongestTextsKeepTheirBeginning() {
        String longest = "ä\"\n".repeat(20_000);
        String longer = "b".repeat(40_000);
        ObjectNode event = fit("{\"short\":\"" + "s".repeat(2000) + "\",\"in\":[{\"a/b\":"
                + Json.MAPPER.writeValueAsString(longest) + "}],\"longer\":\"" + longer + "\"}");
        JsonNode payload = event.get("payload");
        assertThat(payload.path("truncated").booleanValue()).isTrue();
        assertThat(payload.path("cut").toString())
                .isEqualTo("[{\"pointer\":\"/in/0/a~1b\",\"length\":60000,\"sha256\":\"" + sha256(longest)
                        + "\"},{\"pointer\":\"/longer\",\"length\":40000,\"sha256\":\"" + sha256(longer) + "\"}]");
        assertThat(payload.path("short").stringValue()).hasSize(2000);
        assertThat(longest).startsWith(payload.at("/in/0/a~1b").stringValue());
        assertThat(longer).startsWith(payload.path("longer").stringValue());
        assertThat(size(event)).isGreaterThan(MAX - 10);
    }

    @Test
    void aSurrogatePairIsNotTornApart() {
        String text = "\uD83D\uDE00".repeat(20_000);
        String kept =
                fit("{\"content\":\"x" + text + "\"}").at("/payload/content").stringValue();
        assertThat(Character.isLowSurrogate(kept.charAt(kept.length() - 1))).isTrue();
    }

    @Test
    void manyShortTextsBecomeTheBeginningOfTheWhole() {
        StringBuilder fields = new StringBuilder("{");
        for (int i = 0; i < 10_000; i++) {
            fields.append(i == 0 ? "" : ",")
                    .append("\"k")
                    .append(i)
                    .append("\":")
                    .append(i);
        }
        String whole = fields.append("}").toString();
        JsonNode payload = fit(whole).get("payload");
        assertThat(payload.propertyNames()).containsExactly("truncated", "length", "sha256", "text");
        assertThat(payload.path("sha256").stringValue()).isEqualTo(sha256(whole));
        assertThat(payload.path("length").intValue()).isEqualTo(whole.length());
        assertThat(whole).startsWith(payload.path("text").stringValue());
    }

    @Test
    void whatNestsTooDeepBecomesText() {
        JsonNode payload = fit("{\"a\":{\"b\":{\"c\":{\"d\":[1]}}},\"e\":[[[[2]]]],\"f\":1}")
                .get("payload");
        assertThat(payload.toString())
                .isEqualTo("{\"a\":{\"b\":{\"c\":{\"d\":\"[1]\"}}},\"e\":[[[\"[2]\"]]],\"f\":1,\"flattened\":true}");
        assertThat(Json.depth(payload)).isEqualTo(4);
    }
}
