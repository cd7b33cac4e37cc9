// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.otlp;

import io.contextgraph.capture.text.TraceJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.JsonNode;

/**
 * Cuts a request of OTLP/JSON, without reading more of it than where its lists begin and end. A part is the text of the
 * request with some neighbours of one list in it, and all other lists empty.
 */
final class OtlpJsonParts {
    /** Which lists stand in each other: each only in what has a lower number. */
    private static final int ROOT = 0;

    private static final int RECORDS = 4;

    /** Where no list begins. */
    private static final int NONE = -1;

    private static final Map<String, Integer> LISTS = Map.ofEntries(
            Map.entry("trace", 1),
            Map.entry("resourceSpans", 2),
            Map.entry("batches", 2),
            Map.entry("resourceLogs", 2),
            Map.entry("resourceMetrics", 2),
            Map.entry("resourceProfiles", 2),
            Map.entry("scopeSpans", 3),
            Map.entry("instrumentationLibrarySpans", 3),
            Map.entry("scopeLogs", 3),
            Map.entry("instrumentationLibraryLogs", 3),
            Map.entry("scopeMetrics", 3),
            Map.entry("scopeProfiles", 3),
            Map.entry("spans", RECORDS),
            Map.entry("logRecords", RECORDS),
            Map.entry("metrics", RECORDS),
            Map.entry("profiles", RECORDS));

    private final String text;
    private final int part;
    private final int mostRecord;
    private final JsonParser parser;
    private long oversized;

    private OtlpJsonParts(String text, int part, int mostRecord, JsonParser parser) {
        this.text = text;
        this.part = part;
        this.mostRecord = mostRecord;
        this.parser = parser;
    }

    /** An object with lists, and how many records they have that are not too large. */
    private record Container(int start, int end, List<Cut> lists) {
        int around() {
            return end
                    - start
                    - lists.stream().mapToInt(list -> list.to() - list.from()).sum();
        }

        long records() {
            return lists.stream().mapToLong(Cut::records).sum();
        }
    }

    /**
     * A list, between its brackets, or one element that needs none.
     *
     * @param none what stands there instead where it has none of its elements
     */
    private record Cut(int from, int to, String none, List<Run> runs, long records) {}

    /** Neighbours in a list that stay together, or one that is cut itself. */
    private record Run(int from, int to, Optional<Container> inner) {}

    /**
     * Cuts {@code text}.
     *
     * @param part about so many characters of records are in each
     * @throws JacksonException when it is not JSON
     * @throws IllegalArgumentException when it is no object
     */
    static OtlpRequest of(String text, int part, int mostRecord) {
        try (JsonParser parser = TraceJson.parser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new IllegalArgumentException(OtlpRequest.OTHER);
            }
            OtlpJsonParts cutting = new OtlpJsonParts(text, part, mostRecord, parser);
            Container request = cutting.container(ROOT);
            if (parser.nextToken() != null) {
                throw new StreamReadException(parser, "something follows the request");
            }
            List<Supplier<JsonNode>> parts = new ArrayList<>();
            if (cutting.fits(request)) {
                cutting.collect(request, UnaryOperator.identity(), parts);
            }
            return new OtlpRequest(parts, cutting.oversized);
        }
    }

    private int start() {
        return Math.toIntExact(parser.currentTokenLocation().getCharOffset());
    }

    private int end() {
        parser.finishToken();
        return Math.toIntExact(parser.currentLocation().getCharOffset());
    }

    /** The object that begins here, one of a list of this number. */
    private Container container(int number) {
        int start = start();
        List<Cut> lists = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            int inner = LISTS.getOrDefault(OtlpEnvelope.camelCase(parser.currentName()), ROOT);
            JsonToken value = parser.nextToken();
            if (inner > number && value == JsonToken.START_ARRAY) {
                lists.add(list(inner));
            } else if (inner > number && value == JsonToken.START_OBJECT) {
                lists.add(lone(inner));
            } else {
                JsonParser ignored = parser.skipChildren();
            }
        }
        return new Container(start, end(), lists);
    }

    /** Whether what stands around records leaves room for them; else they are too large, be it that there are none. */
    private boolean fits(Container object) {
        if (OtlpRequest.fits(object.around(), object.records(), mostRecord)) {
            return true;
        }
        oversized += Math.max(1, object.records());
        return false;
    }

    private Cut list(int number) {
        int from = end();
        List<Run> runs = new ArrayList<>();
        long records = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            records += element(number, runs);
        }
        return new Cut(from, start(), "", runs, records);
    }

    /** One element that stands where a list of such could. */
    private Cut lone(int number) {
        int from = start();
        List<Run> runs = new ArrayList<>();
        long records = element(number, runs);
        return new Cut(from, end(), "[]", runs, records);
    }

    /** Adds the element that begins here, and says how many records it has; one that is too large is only counted. */
    private long element(int number, List<Run> runs) {
        if (number < RECORDS && parser.currentToken() == JsonToken.START_OBJECT) {
            long before = oversized;
            Container inner = container(number);
            boolean isWhole = oversized == before;
            if (!fits(inner)) {
                return 0;
            }
            boolean together = isWhole && inner.end() - inner.start() <= part;
            add(runs, new Run(inner.start(), inner.end(), together ? Optional.empty() : Optional.of(inner)));
            return inner.records();
        }
        int start = start();
        JsonParser ignored = parser.skipChildren();
        int end = end();
        if (end - start > mostRecord) {
            oversized++;
            return 0;
        }
        add(runs, new Run(start, end, Optional.empty()));
        return 1;
    }

    /** With its neighbour, where both are small, and nothing between them is left out. */
    private void add(List<Run> runs, Run next) {
        Run last = runs.isEmpty() ? next : runs.getLast();
        boolean together = !runs.isEmpty()
                && last.inner().isEmpty()
                && next.inner().isEmpty()
                && next.to() - last.from() <= part
                && text.substring(last.to(), next.from()).strip().equals(",");
        if (together) {
            runs.set(runs.size() - 1, new Run(last.from(), next.to(), Optional.empty()));
        } else {
            runs.add(next);
        }
    }

    private void collect(Container object, UnaryOperator<String> around, List<Supplier<JsonNode>> parts) {
        int before = parts.size();
        for (Cut list : object.lists()) {
            for (Run run : list.runs()) {
                UnaryOperator<String> within = records -> around.apply(with(object, list.from(), records));
                run.inner()
                        .ifPresentOrElse(
                                inner -> collect(inner, within, parts),
                                () -> parts.add(
                                        () -> TraceJson.line(within.apply(text.substring(run.from(), run.to())))));
            }
        }
        if (parts.size() == before) {
            parts.add(() -> TraceJson.line(around.apply(with(object, NONE, ""))));
        }
    }

    /** The text of an object with these records in the list that begins there, and none in the others. */
    private String with(Container object, int list, String records) {
        StringBuilder all = new StringBuilder(object.around() + records.length());
        int at = object.start();
        for (Cut each : object.lists()) {
            all.append(text, at, each.from());
            all.append(each.from() == list ? records : each.none());
            at = each.to();
        }
        return all.append(text, at, object.end()).toString();
    }
}
