// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.archive;

import io.contextgraph.event.Json;
import io.contextgraph.event.Times;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What is told of an archive, as JSON. */
public final class ArchiveJson {
    private ArchiveJson() {}

    /** All that is there; the segments without their runs. */
    public static ObjectNode of(Catalog catalog) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        ArrayNode segments = json.putArray("segments");
        for (Segment segment : catalog.segments()) {
            ObjectNode one = of(segment);
            one.remove("runs");
            segments.add(one);
        }
        put(json, catalog.faults());
        return json.put("leftovers", catalog.leftovers().size());
    }

    /** What its manifest says. */
    public static ObjectNode of(Segment segment) {
        return ManifestJson.of(segment);
    }

    /** What came of reading segments back. */
    public static ObjectNode verified(List<SegmentId> ids, List<ArchiveFault> faults) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        ArrayNode segments = json.putArray("segments");
        ids.forEach(id -> segments.add(id.toString()));
        put(json, faults);
        return json;
    }

    /** Where an event is. */
    public static ObjectNode of(ArchivedEvent event) {
        return Json.MAPPER
                .createObjectNode()
                .put("event_id", event.id().toString())
                .put("segment", event.segment().toString())
                .put("archived_at", Times.format(event.archivedAt()))
                .put("seq", event.seq())
                .put("global_position", event.position().toString())
                .put("content_hash", event.contentHash().toString());
    }

    private static void put(ObjectNode json, List<ArchiveFault> faults) {
        ArrayNode array = json.putArray("faults");
        for (ArchiveFault fault : faults) {
            array.addObject()
                    .put("kind", name(fault.kind()))
                    .put("segment", fault.segment())
                    .put("message", fault.message());
        }
    }

    /** As it is written everywhere. */
    public static String name(ArchiveFault.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
