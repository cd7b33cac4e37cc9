// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.archive;

import io.contextgraph.archive.ArchiveFault.Kind;
import io.contextgraph.archive.Segment.Counts;
import io.contextgraph.archive.Segment.Hashes;
import io.contextgraph.archive.Segment.Mark;
import io.contextgraph.event.ContentHash;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.Json;
import io.contextgraph.event.Original;
import io.contextgraph.event.Position;
import io.contextgraph.event.Times;
import io.contextgraph.ledger.prune.SeqRun;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A manifest as JSON: written for people too, and believed in nothing that it does not agree with itself about. */
final class ManifestJson {
    /** Far more than one with the most runs. */
    static final int MAX_BYTES = 16 << 20;

    private static final String FORMAT = "contextgraph-archive-1";

    private ManifestJson() {}

    static byte[] write(Segment segment) {
        return Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(of(segment));
    }

    static ObjectNode of(Segment segment) {
        ObjectNode json = Json.MAPPER
                .createObjectNode()
                .put("format", FORMAT)
                .put("segment", segment.id().toString());
        EventJson.source(json, segment.ledger());
        json.put("storage_format", segment.storageFormat())
                .put("written_at", Times.format(segment.writtenAt()))
                .put("written_by", segment.product());
        if (segment.attempt() > 1) {
            json.put("attempt", segment.attempt());
        }
        mark(json.putObject("first"), segment.first());
        mark(json.putObject("last"), segment.last());
        json.putObject("counts")
                .put("events", segment.counts().events())
                .put("sessions", segment.counts().sessions())
                .put("payloads", segment.counts().payloads())
                .put("plain_bytes", segment.counts().plainBytes())
                .put("packed_bytes", segment.counts().packedBytes());
        json.putObject("sha256")
                .put("data", segment.hashes().data())
                .put("ids", segment.hashes().ids())
                .put("contents", segment.hashes().contents());
        ArrayNode runs = json.putArray("runs");
        for (SeqRun run : segment.runs()) {
            runs.addArray().add(run.from()).add(run.to());
        }
        return json;
    }

    private static void mark(ObjectNode json, Mark mark) {
        json.put("seq", mark.seq())
                .put("global_position", mark.position().toString())
                .put("recorded_at", Times.format(mark.recordedAt()));
    }

    /** @throws ArchiveException when it is none, or contradicts itself */
    static Segment read(String name, byte[] bytes) {
        try {
            return read(Json.MAPPER.readTree(bytes));
        } catch (JacksonException | IllegalArgumentException wrong) {
            String why = wrong instanceof JacksonException ? "it is no JSON" : wrong.getMessage();
            throw new ArchiveException(Kind.MANIFEST, name, "the manifest cannot be read: " + why);
        }
    }

    private static Segment read(JsonNode json) {
        String format = text(json, "format");
        require(format.equals(FORMAT), "its format is not " + FORMAT + ", which this program knows");
        Original.Source ledger =
                EventJson.source(json).orElseThrow(() -> new IllegalArgumentException("it names no ledger"));
        JsonNode counts = json.path("counts");
        JsonNode hashes = json.path("sha256");
        Segment segment = new Segment(
                ledger,
                runs(json.path("runs")),
                mark(json.path("first")),
                mark(json.path("last")),
                new Counts(
                        number(counts, "events"),
                        number(counts, "sessions"),
                        number(counts, "payloads"),
                        number(counts, "plain_bytes"),
                        number(counts, "packed_bytes")),
                new Hashes(hash(hashes, "data"), hash(hashes, "ids"), hash(hashes, "contents")),
                text(json, "storage_format"),
                Times.parse(text(json, "written_at"))
                        .orElseThrow(() -> new IllegalArgumentException("written_at must be a time")),
                text(json, "written_by"),
                attempt(json.path("attempt")));
        requireAgreement(segment);
        return segment;
    }

    private static int attempt(JsonNode json) {
        require(
                json.isMissingNode()
                        || (json.isInt() && json.intValue() > 1 && json.intValue() <= SegmentId.MOST_ATTEMPTS),
                "its attempt is no number from 2 on");
        return json.isMissingNode() ? 1 : json.intValue();
    }

    private static void requireAgreement(Segment segment) {
        List<SeqRun> runs = segment.runs();
        long events = segment.counts().events();
        require(events >= 1 && events <= Segment.MAX_EVENTS, "it has 1 to " + Segment.MAX_EVENTS + " events");
        require(runs.stream().mapToLong(SeqRun::count).sum() == events, "its runs are not its events");
        require(
                runs.getFirst().from() == segment.first().seq()
                        && runs.getLast().to() == segment.last().seq(),
                "its runs are not between its first and its last event");
    }

    private static List<SeqRun> runs(JsonNode json) {
        require(json.isArray() && !json.isEmpty() && json.size() <= Segment.MAX_EVENTS, "it has no runs, or too many");
        List<SeqRun> runs = new ArrayList<>(json.size());
        long before = -1;
        for (JsonNode run : json) {
            require(
                    run.isArray() && run.size() == 2 && isNumber(run.get(0)) && isNumber(run.get(1)),
                    "a run is no run");
            require(run.get(1).longValue() <= Original.MAX_NUMBER, "a run goes beyond 2^53");
            SeqRun next = new SeqRun(run.get(0).longValue(), run.get(1).longValue());
            require(next.from() > before + 1, "its runs are not in order");
            runs.add(next);
            before = next.to();
        }
        return runs;
    }

    private static Mark mark(JsonNode json) {
        return new Mark(
                number(json, "seq"),
                Position.of(text(json, "global_position")),
                Times.parse(text(json, "recorded_at"))
                        .orElseThrow(() -> new IllegalArgumentException("recorded_at must be a time")));
    }

    private static String hash(JsonNode json, String name) {
        return new ContentHash(text(json, name)).hex();
    }

    private static String text(JsonNode json, String name) {
        JsonNode value = json.path(name);
        require(value.isString(), "it lacks " + name);
        return value.stringValue();
    }

    private static long number(JsonNode json, String name) {
        JsonNode value = json.path(name);
        require(isNumber(value), "it lacks " + name);
        return value.longValue();
    }

    private static boolean isNumber(JsonNode value) {
        return value.isIntegralNumber() && value.canConvertToLong() && value.longValue() >= 0;
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
