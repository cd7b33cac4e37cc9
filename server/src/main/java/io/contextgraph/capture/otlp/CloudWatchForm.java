// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.otlp;

import io.contextgraph.capture.record.Shape;
import io.contextgraph.event.Json;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Rows of AWS CloudWatch, each with a span or a log record in {@value #RECORD}: OTLP/JSON with its resource and scope in
 * it, and attributes as flat objects. What else is in a row is kept beside the record.
 */
final class CloudWatchForm implements SpanForm {
    private static final String RECORD = "raw_otel_json";

    @Override
    public void walk(JsonNode json, OtlpFound into) {
        into.request();
        if (json.isArray()) {
            for (int i = 0; i < json.size(); i++) {
                row(json.get(i), "/" + i, into);
            }
        } else {
            row(json, "", into);
        }
    }

    private static void row(JsonNode row, String pointer, OtlpFound into) {
        try {
            ObjectNode record = record(row.path(RECORD));
            ObjectNode context = OtlpEnvelope.ownContext(record);
            if (row instanceof ObjectNode named && named.size() > 1) {
                context.set(OtlpDigest.AROUND, named.deepCopy().without(RECORD));
            }
            if (isSpan(record)) {
                into.span(OtlpEnvelope.withoutContext(record), context, pointer);
            } else if (isLog(record)) {
                into.log(OtlpEnvelope.withoutContext(record), context, pointer);
            } else {
                throw new OtlpValueException(
                        RECORD + " is neither a span nor a log record of OTLP",
                        Shape.of(record).shown());
            }
        } catch (IllegalArgumentException wrong) {
            into.refuse(pointer, wrong);
        }
    }

    private static ObjectNode record(JsonNode raw) {
        JsonNode json = raw;
        if (raw.isString()) {
            try {
                json = Json.MAPPER.readTree(raw.stringValue());
            } catch (JacksonException malformed) {
                throw new OtlpValueException(RECORD + " is a text that is not JSON", raw.stringValue());
            }
        }
        if (json instanceof ObjectNode record) {
            return record;
        }
        throw new IllegalArgumentException("a row must have an object or a text in " + RECORD);
    }

    private static boolean isSpan(ObjectNode record) {
        return record.has("spanId") && record.has("startTimeUnixNano");
    }

    private static boolean isLog(ObjectNode record) {
        return record.has("timeUnixNano") || record.has("observedTimeUnixNano");
    }
}
