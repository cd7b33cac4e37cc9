// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.format;

import io.contextgraph.event.Ids;
import io.contextgraph.event.Json;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads OTLP/JSON: a request ({@code resourceSpans}), an array of requests, one request a line, and what Grafana Tempo
 * gives back ({@code batches}, {@code trace}).
 *
 * <p><b>Shape.</b> Agent, model and tool spans become events; the children of the others hang on the nearest ancestor
 * that is kept. The session of a span is its own conversation or session id, else the one of the first span of its
 * trace that has one, else the trace id. Its agent is its own, else the nearest ancestor's, else the service.
 *
 * <p><b>Guarantees.</b> The order of spans and their division into requests make no difference to the events, which
 * come by start, parents first. The looks at other spans reach as far as one document, or as about 32 MiB of lines: a
 * trace that is spread over more than that may fall back to its trace id and to parents that were skipped.
 */
public final class OtlpReader implements TraceReader {
    /** How much text is looked at together when it comes in lines. */
    private static final long GROUP_CHARS = 32L << 20;

    /** How far a walk to the root goes: real traces are a few dozen deep, a hostile one must not cost its square. */
    private static final int MAX_ANCESTORS = 1000;

    private final CaptureOptions options;
    private final Emitter out;
    private final List<OtlpSpan> group = new ArrayList<>();
    private long groupChars;

    public OtlpReader(CaptureOptions options, Emitter out) {
        this.options = options;
        this.out = out;
    }

    @Override
    public void read(Unit unit) {
        if (unit.json().isArray()) {
            for (int i = 0; i < unit.json().size(); i++) {
                request(unit, unit.json().get(i), "/" + i);
            }
        } else {
            request(unit, unit.json(), "");
        }
        groupChars += unit.chars();
        if (groupChars >= GROUP_CHARS) {
            finish();
        }
    }

    @Override
    public void finish() {
        new Group(group).emit();
        group.clear();
        groupChars = 0;
    }

    private void request(Unit unit, JsonNode request, String pointer) {
        if (request.path("trace").isObject()) {
            request(unit, request.path("trace"), pointer + "/trace");
            return;
        }
        String field = request.has("batches") ? "batches" : "resourceSpans";
        JsonNode resources = request.path(field);
        if (!resources.isArray()) {
            out.refuse(unit.at(pointer), "a request must have an array \"resourceSpans\" or \"batches\"");
            return;
        }
        for (int i = 0; i < resources.size(); i++) {
            scopes(unit, resources.get(i), pointer + "/" + field + "/" + i);
        }
    }

    private void scopes(Unit unit, JsonNode resource, String pointer) {
        String field = resource.has("scopeSpans") ? "scopeSpans" : "instrumentationLibrarySpans";
        JsonNode scopes = resource.path(field);
        for (int i = 0; i < scopes.size(); i++) {
            ObjectNode context = context(resource, scopes.get(i));
            JsonNode spans = scopes.get(i).path("spans");
            for (int j = 0; j < spans.size(); j++) {
                String place = unit.at(pointer + "/" + field + "/" + i + "/spans/" + j);
                try {
                    group.add(OtlpDecoder.span(spans.get(j), context, place));
                } catch (IllegalArgumentException invalid) {
                    out.refuse(place, String.valueOf(invalid.getMessage()));
                }
            }
        }
    }

    private static ObjectNode context(JsonNode resource, JsonNode scope) {
        ObjectNode context = Json.MAPPER.createObjectNode();
        if (resource.path("resource") instanceof ObjectNode object) {
            context.set("resource", OtlpDecoder.plainAttributes(object));
        }
        JsonNode library = scope.has("scope") ? scope.path("scope") : scope.path("instrumentationLibrary");
        if (library instanceof ObjectNode object) {
            context.set("scope", OtlpDecoder.plainAttributes(object));
        }
        if (scope.path("schemaUrl").isString()) {
            context.set("schema_url", scope.path("schemaUrl"));
        }
        if (resource.path("schemaUrl").isString()) {
            context.set("resource_schema_url", resource.path("schemaUrl"));
        }
        return context;
    }

    /** Spans that are looked at together. */
    private final class Group {
        private final List<OtlpSpan> spans;
        private final Map<String, OtlpSpan> byKey = new HashMap<>();
        private final Map<String, String> sessionOfTrace = new HashMap<>();
        private final Map<String, Integer> depths = new HashMap<>();

        Group(List<OtlpSpan> unordered) {
            spans = new ArrayList<>(unordered);
            for (OtlpSpan span : spans) {
                byKey.putIfAbsent(span.key(), span);
            }
            for (OtlpSpan span : spans) {
                depths.put(span.key(), depth(span));
            }
            // INVARIANT: independent of the order of the input: FOLLOWS depends on the order of ties.
            spans.sort(Comparator.<OtlpSpan, BigInteger>comparing(OtlpSpan::startNanos)
                    .thenComparing(span -> depths.getOrDefault(span.key(), 0))
                    .thenComparing(OtlpSpan::key));
            for (OtlpSpan span : spans) {
                span.session()
                        .filter(session -> Ids.fault(session).isEmpty())
                        .ifPresent(session -> sessionOfTrace.putIfAbsent(span.traceId(), session));
            }
        }

        void emit() {
            for (OtlpSpan span : spans) {
                type(span).ifPresentOrElse(type -> out.foreign(draft(span, type)), out::passOver);
            }
        }

        private Optional<String> type(OtlpSpan span) {
            return span.type().or(() -> options.keepAllSpans() ? Optional.of("system.span") : Optional.empty());
        }

        private Draft draft(OtlpSpan span, String type) {
            String session =
                    span.session().orElseGet(() -> sessionOfTrace.getOrDefault(span.traceId(), span.traceId()));
            ObjectNode payload = span.payload().deepCopy();
            span.first("gen_ai.provider.name", "gen_ai.system").ifPresent(name -> payload.put("provider", name));
            return new Draft(span.place(), DerivedIds.span(span.traceId(), span.spanId()), type)
                    .of(session, agent(span), span.traceId())
                    .at(span.start(), span.end().orElse(null))
                    .parent(parent(span))
                    .tool(span.tool().orElse(null))
                    .status(span.status())
                    .payload(payload)
                    .payloadRef("otlp:" + span.traceId() + ":" + span.spanId());
        }

        private String agent(OtlpSpan span) {
            if (options.agentId().isPresent()) {
                return options.agentId().get();
            }
            Set<String> seen = new HashSet<>();
            OtlpSpan at = span;
            while (at != null && seen.size() < MAX_ANCESTORS && seen.add(at.key())) {
                if (at.agent().isPresent()) {
                    return at.agent().get();
                }
                at = parentOf(at);
            }
            return span.serviceName().orElse("unknown");
        }

        /** The nearest ancestor that is kept, or that is not in this group and may arrive some day. */
        private @Nullable String parent(OtlpSpan span) {
            Set<String> seen = new HashSet<>(Set.of(span.key()));
            OtlpSpan at = span;
            while (at.parentId().isPresent()) {
                String parentId = at.parentId().get();
                OtlpSpan parent = parentOf(at);
                if (parent == null) {
                    return DerivedIds.span(at.traceId(), parentId);
                }
                if (seen.size() >= MAX_ANCESTORS || !seen.add(parent.key())) {
                    return null;
                }
                if (type(parent).isPresent()) {
                    return DerivedIds.span(parent.traceId(), parent.spanId());
                }
                at = parent;
            }
            return null;
        }

        private @Nullable OtlpSpan parentOf(OtlpSpan span) {
            return span.parentId()
                    .map(id -> byKey.get(span.traceId() + ":" + id))
                    .orElse(null);
        }

        private int depth(OtlpSpan span) {
            Set<String> seen = new HashSet<>();
            OtlpSpan at = span;
            while (at != null && seen.size() < MAX_ANCESTORS && seen.add(at.key())) {
                at = parentOf(at);
            }
            return seen.size();
        }
    }
}
