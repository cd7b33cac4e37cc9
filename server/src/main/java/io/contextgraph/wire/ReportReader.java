// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.wire;

import io.contextgraph.audit.Difference;
import io.contextgraph.audit.Findings;
import io.contextgraph.audit.Rebuilt;
import io.contextgraph.audit.Repaired;
import io.contextgraph.audit.Verification;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Position;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.Stray;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/** Reads what {@link ReportJson} writes. */
public final class ReportReader {
    private ReportReader() {}

    /** What a comparison found. */
    public static Verification verification(JsonNode json) {
        return new Verification(
                asOf(json),
                json.required("behind").longValue(),
                json.required("sessions").longValue(),
                json.required("events").longValue(),
                json.required("unsettled_sessions").longValue(),
                json.required("exact_sessions").longValue(),
                counts(json.required("counts")),
                json.required("strays")
                        .valueStream()
                        .map(stray -> new Stray(
                                named(
                                        Stray.Kind.values(),
                                        Stray.Kind::wireName,
                                        stray.required("kind").stringValue()),
                                stray.required("id").stringValue()))
                        .toList());
    }

    /** What a repair did. */
    public static Repaired repaired(JsonNode json) {
        return new Repaired(
                asOf(json),
                json.required("events").longValue(),
                json.required("repaired_sessions").longValue(),
                json.required("projected").longValue(),
                counts(json.required("counts")),
                counts(json.required("left")),
                json.required("unsettled_sessions").longValue(),
                json.required("tidied").longValue(),
                json.required("refused")
                        .valueStream()
                        .map(id -> EventId.of(id.stringValue()))
                        .toList());
    }

    /** What a rebuild did; what was found is of its {@link #repair}. */
    public static Rebuilt rebuilt(JsonNode json) {
        return new Rebuilt(resumed(json), json.required("replayed").longValue(), repaired(repair(json)));
    }

    /** The report of the repair that ends a rebuild. */
    public static JsonNode repair(JsonNode rebuild) {
        return rebuild.required("repair");
    }

    /** What differed. */
    public static Findings findings(JsonNode json) {
        List<Difference> named = json.required("differences")
                .valueStream()
                .map(difference -> new Difference(
                        kind(difference.required("kind").stringValue()),
                        new SessionId(difference.required("session_id").stringValue()),
                        difference.required("event_id").stringValue(),
                        difference.required("detail").stringValue()))
                .toList();
        List<SessionId> unsettled = json.required("unsettled")
                .valueStream()
                .map(session -> new SessionId(session.stringValue()))
                .toList();
        return Findings.of(
                named,
                counts(json.required("counts")),
                unsettled,
                json.required("unsettled_sessions").longValue());
    }

    private static List<Position> asOf(JsonNode json) {
        return Position.each(json.required("as_of").stringValue());
    }

    private static List<Long> resumed(JsonNode json) {
        JsonNode each = json.path("resumed_after_seqs");
        return each.isMissingNode()
                ? List.of(json.required("resumed_after_seq").longValue())
                : each.valueStream().map(JsonNode::longValue).toList();
    }

    private static Map<Difference.Kind, Long> counts(JsonNode json) {
        Map<Difference.Kind, Long> counts = new EnumMap<>(Difference.Kind.class);
        json.properties()
                .forEach(count ->
                        counts.put(kind(count.getKey()), count.getValue().longValue()));
        return counts;
    }

    private static Difference.Kind kind(String name) {
        return named(Difference.Kind.values(), Difference.Kind::wireName, name);
    }

    private static <K> K named(K[] kinds, Function<K, String> name, String wanted) {
        return Arrays.stream(kinds)
                .filter(kind -> name.apply(kind).equals(wanted))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown kind: " + wanted));
    }
}
