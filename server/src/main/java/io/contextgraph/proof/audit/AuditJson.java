// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.audit;

import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Json;
import io.contextgraph.proof.audit.AuditFault.Kind;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What an audit has found as JSON; it is read beside where it is written. */
public final class AuditJson {
    private AuditJson() {}

    /** {@code verdict}, {@code origin}, {@code root}, {@code counts}, {@code found}, {@code faults}, {@code unchecked}, {@code cuts}, {@code
     * history}. */
    public static ObjectNode of(AuditReport report) {
        ObjectNode json = Json.MAPPER
                .createObjectNode()
                .put("verdict", report.verdict().wireName())
                .put("origin", report.origin().orElse(null))
                .put("root", report.root().orElse(null));
        AuditReport.Counts counts = report.counts();
        json.putObject("counts")
                .put("sealed", counts.sealed())
                .put("unsealed", counts.unsealed())
                .put("hot", counts.hot())
                .put("cold", counts.cold())
                .put("archived", counts.archived())
                .put("hash_only", counts.hashOnly())
                .put("unknown", counts.unknown())
                .put("erased", counts.erased());
        ObjectNode found = json.putObject("found");
        new TreeMap<>(report.found()).forEach((kind, count) -> found.put(kind.wireName(), count));
        ArrayNode faults = json.putArray("faults");
        report.faults().forEach(fault -> faults.add(of(fault)));
        ArrayNode unchecked = json.putArray("unchecked");
        report.unchecked().forEach(unchecked::add);
        ArrayNode cuts = json.putArray("cuts");
        report.cuts()
                .forEach(cut -> cuts.addObject()
                        .put("origin", cut.origin())
                        .put("signed", cut.signed())
                        .put("kept", cut.kept())
                        .put("lost", cut.lost()));
        return json.put("history", report.history().orElse(null));
    }

    private static ObjectNode of(AuditFault fault) {
        ObjectNode json =
                Json.MAPPER.createObjectNode().put("kind", fault.kind().wireName());
        if (fault.seq() == 0) {
            json.putNull(EventFields.SEQ);
        } else {
            json.put(EventFields.SEQ, fault.seq());
        }
        return json.put(
                        EventFields.EVENT_ID,
                        fault.event().map(EventId::toString).orElse(null))
                .put("message", fault.message());
    }

    /** Reads {@link #of(AuditReport)}. */
    public static AuditReport read(JsonNode json) {
        JsonNode counts = json.required("counts");
        Map<Kind, Long> found = new EnumMap<>(Kind.class);
        json.required("found")
                .properties()
                .forEach(one -> found.put(kind(one.getKey()), one.getValue().longValue()));
        return new AuditReport(
                text(json, "origin"),
                text(json, "root"),
                new AuditReport.Counts(
                        number(counts, "sealed"),
                        number(counts, "unsealed"),
                        number(counts, "hot"),
                        number(counts, "cold"),
                        number(counts, "archived"),
                        number(counts, "hash_only"),
                        number(counts, "unknown"),
                        number(counts, "erased")),
                found,
                json.required("faults").valueStream().map(AuditJson::fault).toList(),
                texts(json.required("unchecked")),
                json.required("cuts").valueStream().map(AuditJson::cut).toList(),
                text(json, "history"));
    }

    private static AuditFault fault(JsonNode json) {
        return new AuditFault(
                kind(json.required("kind").stringValue()),
                json.required(EventFields.SEQ).asLong(0),
                text(json, EventFields.EVENT_ID).map(EventId::of),
                json.required("message").stringValue());
    }

    private static AuditReport.Cut cut(JsonNode json) {
        return new AuditReport.Cut(json.required("origin").stringValue(), number(json, "signed"), number(json, "kept"));
    }

    private static Kind kind(String name) {
        return Kind.valueOf(name.toUpperCase(Locale.ROOT));
    }

    private static long number(JsonNode json, String name) {
        return json.required(name).longValue();
    }

    private static Optional<String> text(JsonNode json, String name) {
        return json.optional(name).filter(value -> !value.isNull()).map(JsonNode::stringValue);
    }

    private static List<String> texts(JsonNode json) {
        return json.valueStream().map(JsonNode::stringValue).toList();
    }
}
