// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.otlp;

import com.google.protobuf.Message;
import io.contextgraph.capture.text.TraceJson;
import java.util.List;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A request of OTLP as OTLP/JSON: in parts where it is large, since what is read becomes many times as large in memory.
 *
 * @param parts each a request with some of the records and all that stands around them, made when it is asked for; one part
 *     is the whole request
 * @param oversized how many records have, or are surrounded by, more than {@value #MOST_RECORD} bytes, and are in no part
 */
public record OtlpRequest(List<Supplier<JsonNode>> parts, long oversized) {
    /** The most bytes (of JSON: characters) of a record that is read at all. */
    public static final int MOST_RECORD = 4 << 20;

    /** The most bytes that what stands around records may become, as often as it is written into their events. */
    public static final int MOST_AROUND = 256 << 20;

    /** About so many bytes of records are in a part. */
    private static final int PART = 1 << 20;

    /** So few characters can be read as they are. */
    private static final int FEW = 64 << 10;

    static final String OTHER = "the body is no JSON object";

    public OtlpRequest {
        parts = List.copyOf(parts);
    }

    /** A request that is one part. */
    public static OtlpRequest of(JsonNode json) {
        return new OtlpRequest(List.of(() -> json), 0);
    }

    /** A request of any signal. */
    public static OtlpRequest ofProtobuf(Message request) {
        return OtlpProtobufParts.of(request, PART, MOST_RECORD);
    }

    /**
     * A request of any signal.
     *
     * @throws JacksonException when it is not JSON
     * @throws IllegalArgumentException when it is no object
     */
    public static OtlpRequest ofJson(String text) {
        return ofJson(text, FEW, PART);
    }

    static OtlpRequest ofJson(String text, int few, int part) {
        if (text.length() > few) {
            return TraceJson.readable(text, json -> OtlpJsonParts.of(json, part, MOST_RECORD));
        }
        JsonNode json = TraceJson.line(text);
        if (!json.isObject()) {
            throw new IllegalArgumentException(OTHER);
        }
        return of(json);
    }

    /** Whether what stands around so many records leaves room for each of them. */
    static boolean fits(int around, long records, int mostRecord) {
        return around <= mostRecord && around * Math.max(1, records) <= MOST_AROUND;
    }
}
