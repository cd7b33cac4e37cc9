// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.engine;

import io.contextgraph.event.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** What a handler answers. */
public sealed interface Answer {
    /** An answer that is complete; never compared, so the array does no harm. */
    @SuppressWarnings("ArrayRecordComponent")
    record Whole(int status, String contentType, Map<String, String> headers, byte[] body) implements Answer {}

    /** An answer that is written piece by piece. */
    record Streamed(int status, String contentType, Body body) implements Answer {}

    /** Writes a body. */
    @FunctionalInterface
    interface Body {
        void write(OutputStream out) throws IOException;
    }

    static Answer json(int status, JsonNode json) {
        return json(status, json, Map.of());
    }

    static Answer json(int status, JsonNode json, Map<String, String> headers) {
        return new Whole(status, "application/json", headers, Json.MAPPER.writeValueAsBytes(json));
    }

    static Answer text(int status, String contentType, String text) {
        return new Whole(status, contentType, Map.of(), text.getBytes(StandardCharsets.UTF_8));
    }
}
