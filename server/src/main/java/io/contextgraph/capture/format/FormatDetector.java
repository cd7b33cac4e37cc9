// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.format;

import io.contextgraph.capture.record.Texts;
import io.contextgraph.event.Json;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;

/** Says what a JSON value is, by the names on its first two levels of objects. */
public final class FormatDetector {
    /** Most names that are remembered of a value. */
    private static final int MAX_NAMES = 1000;

    private FormatDetector() {}

    /**
     * What a value is.
     *
     * @param reason why it cannot be read; empty when it can
     */
    public record Finding(Format format, Optional<String> reason) {}

    /** Judges a value. */
    public static Finding of(JsonNode json) {
        Names names = new Names();
        try (JsonParser parser = Json.MAPPER.treeAsTokens(json)) {
            names.read(parser);
        }
        Format format = names.format(json.isArray());
        if (format.supported()) {
            return new Finding(format, Optional.empty());
        }
        if (format == Format.OTHER_JSON) {
            return new Finding(format, Optional.of("JSON, but no known trace format: " + names.shown()));
        }
        return new Finding(format, Optional.of(format.label() + ": recognized, not supported yet"));
    }

    /** What the next value of {@code parser} shows itself to be, as far as it can be read. */
    public static Format ofBroken(JsonParser parser) {
        Names names = new Names();
        try {
            names.read(parser);
        } catch (JacksonException malformed) {
            return names.isEmpty() ? Format.UNREADABLE : names.format(false);
        }
        return names.format(false);
    }

    /** The names in a JSON value: {@code a} on its first level of objects, {@code a/b} on the second. */
    private static final class Names {
        private final Set<String> names = new LinkedHashSet<>();

        void read(JsonParser parser) {
            int depth = 0;
            int objects = 0;
            String first = "";
            do {
                JsonToken token = parser.nextToken();
                if (token == JsonToken.START_OBJECT || token == JsonToken.START_ARRAY) {
                    depth++;
                    objects += token == JsonToken.START_OBJECT ? 1 : 0;
                } else if (token == JsonToken.END_OBJECT || token == JsonToken.END_ARRAY) {
                    depth--;
                    objects -= token == JsonToken.END_OBJECT ? 1 : 0;
                } else if (token == JsonToken.PROPERTY_NAME && objects <= 2 && names.size() < MAX_NAMES) {
                    String name = parser.currentName();
                    first = objects == 1 ? name : first;
                    names.add(objects == 1 ? name : first + "/" + name);
                }
            } while (depth > 0);
        }

        boolean isEmpty() {
            return names.isEmpty();
        }

        Format format(boolean array) {
            if (any("event_id", "event_type", "events/event_id", "events/event_type")
                    || (all("session_id", "agent_id") && !any("messages", "traj", "trajectory", "history", "role"))) {
                return Format.EVENTS;
            }
            return otlp().or(() -> chat(array)).or(this::otherSpans).orElse(Format.OTHER_JSON);
        }

        private Optional<Format> otlp() {
            if (any("resourceSpans", "resource_spans", "trace/resourceSpans", "trace/batches")
                    || any("trace/resource_spans", "batches/scope_spans")
                    || any("batches/resource", "batches/scopeSpans")
                    || any("scopeSpans", "scope_spans", "instrumentationLibrarySpans")
                    || all("traceId", "spanId", "startTimeUnixNano")
                    || all("trace_id", "span_id", "start_time_unix_nano")) {
                return Optional.of(Format.OTLP);
            }
            return any("resourceLogs", "resourceMetrics", "resourceProfiles")
                            || any("scopeLogs", "scopeMetrics", "scopeProfiles")
                            || any("resource_logs", "resource_metrics", "resource_profiles", "scope_logs")
                    ? Optional.of(Format.OTLP_OTHER_SIGNALS)
                    : Optional.empty();
        }

        private Optional<Format> chat(boolean array) {
            if (any("simulations")) {
                return Optional.of(Format.TAU2);
            }
            if (any("traj")) {
                return Optional.of(Format.TAU_BENCH);
            }
            if (any("uuid", "sessionId", "leafUuid") && any("parentUuid", "type")) {
                return Optional.of(Format.CLAUDE_CODE);
            }
            if (any("history/role") || all("trajectory", "history") || any("trajectory/action")) {
                return Optional.of(Format.SWE_AGENT);
            }
            if (any("history/source", "history/observation") || (any("source") && any("action", "observation"))) {
                return Optional.of(Format.OPENHANDS);
            }
            if (any("role") && !any("messages") && !array) {
                return Optional.of(Format.OPENAI_MESSAGES);
            }
            return any("messages", "role") ? Optional.of(Format.OPENAI_CHAT) : Optional.empty();
        }

        private Optional<Format> otherSpans() {
            if (any("raw_otel_json")) {
                return Optional.of(Format.AWS_CLOUDWATCH);
            }
            if (any("data/traceID", "data/spans")) {
                return Optional.of(Format.JAEGER);
            }
            return any("spans/context", "spans/trace_id", "context/trace_id") || all("trace_id", "span_id")
                    ? Optional.of(Format.SDK_DUMP)
                    : Optional.empty();
        }

        private boolean any(String... candidates) {
            return Set.of(candidates).stream().anyMatch(names::contains);
        }

        private boolean all(String... required) {
            return names.containsAll(Set.of(required));
        }

        String shown() {
            String first = names.stream()
                    .filter(name -> name.indexOf('/') < 0)
                    .limit(8)
                    .map(Texts::shown)
                    .collect(Collectors.joining(", "));
            return first.isEmpty() ? "no object in it" : "its fields are " + first;
        }
    }
}
