// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.format;

import io.contextgraph.event.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Says what a file holds by looking at its content, never at its name.
 *
 * <p>Of JSON, the names of the first value decide, on its first two levels of objects. The value is passed over token
 * by token, so that a document is known to be well-formed before its first event is emitted; lines are looked at no
 * further than the first readable one.
 */
public final class FormatDetector {
    /** Most names that are remembered of a value. */
    private static final int MAX_NAMES = 1000;

    private final CaptureOptions options;

    public FormatDetector(CaptureOptions options) {
        this.options = options;
    }

    /**
     * What was found.
     *
     * @param format what the file holds
     * @param lines whether it holds one value a line
     * @param reason why it cannot be read; empty when it can
     */
    public record Finding(Format format, boolean lines, Optional<String> reason) {
        static Finding refused(Format format, String reason) {
            return new Finding(format, false, Optional.of(reason));
        }
    }

    /**
     * Looks at {@code file}.
     *
     * @throws IOException when it cannot be opened, or is damaged in its first bytes
     */
    public Finding look(Path file) throws IOException {
        byte[] head;
        try (InputStream in = TraceContent.open(file)) {
            head = TraceContent.head(in);
        }
        if (head.length == 0) {
            return Finding.refused(Format.EMPTY, "the file is empty");
        }
        Optional<Finding> binary = Magic.look(head);
        if (binary.isPresent()) {
            return binary.get();
        }
        String begin = new String(head, StandardCharsets.UTF_8).stripLeading();
        if (begin.isEmpty() && head.length < TraceContent.HEAD_BYTES) {
            return Finding.refused(Format.EMPTY, "the file holds nothing but white space");
        }
        if (!begin.startsWith("{") && !begin.startsWith("[")) {
            // A broken first line does not hide the rest; an example in a page of text does not make it a trace.
            return Optional.of(begin)
                    .filter(FormatDetector::isMostlyObjects)
                    .flatMap(text -> readableLine(head))
                    .orElseGet(() -> Finding.refused(Format.TEXT, "the file is text, but not JSON"));
        }
        return json(file, head);
    }

    private static boolean isMostlyObjects(String text) {
        long lines = text.lines().filter(line -> !line.isBlank()).count();
        return 2
                        * text.lines()
                                .filter(line -> line.stripLeading().startsWith("{"))
                                .count()
                >= lines;
    }

    private Finding json(Path file, byte[] head) throws IOException {
        Names names = new Names();
        try (InputStream in = TraceContent.limited(TraceContent.open(file), options.maxDocumentBytes());
                JsonParser parser = Json.MAPPER.createParser(in)) {
            boolean oneLine = names.read(parser);
            boolean more = more(parser);
            if (more && !oneLine) {
                return Finding.refused(
                        Format.OTHER_JSON, "several JSON documents in one file: write each on a line of its own");
            }
            return finding(names, more);
        } catch (JacksonException malformed) {
            if (malformed.getCause() instanceof DocumentTooLargeException tooLarge) {
                return new Finding(names.format(), false, Optional.of(String.valueOf(tooLarge.getMessage())));
            }
            return readableLine(head)
                    .orElseGet(() -> new Finding(names.format(), false, Optional.of(Malformed.reason(malformed))));
        }
    }

    /** Whether another value follows; a broken one counts, as lines are judged one by one. */
    private static boolean more(JsonParser parser) {
        try {
            return parser.nextToken() != null;
        } catch (JacksonException brokenSecondLine) {
            if (brokenSecondLine.getCause() instanceof IOException) {
                throw brokenSecondLine;
            }
            return true;
        }
    }

    private static Finding finding(Names names, boolean lines) {
        Format format = names.format();
        if (format.supported()) {
            return new Finding(format, lines, Optional.empty());
        }
        if (format == Format.OTHER_JSON) {
            return Finding.refused(format, "JSON, but no known trace format: " + names.shown());
        }
        return Finding.refused(format, format.label() + ": recognized, not supported yet");
    }

    /** Where the first line is broken, the first whole line of the head that shows a format decides. */
    private static Optional<Finding> readableLine(byte[] head) {
        String text = new String(head, StandardCharsets.UTF_8);
        int end = head.length < TraceContent.HEAD_BYTES ? text.length() : text.lastIndexOf('\n') + 1;
        return text.substring(0, Math.max(0, end))
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith("{") && line.endsWith("}"))
                .flatMap(line -> ofLine(line).stream())
                .filter(format -> format != Format.OTHER_JSON)
                .findFirst()
                .map(format -> format.supported()
                        ? new Finding(format, true, Optional.empty())
                        : Finding.refused(format, format.label() + ": recognized, not supported yet"));
    }

    private static Optional<Format> ofLine(String line) {
        Names names = new Names();
        try (JsonParser parser =
                Json.MAPPER.createParser(new ByteArrayInputStream(line.getBytes(StandardCharsets.UTF_8)))) {
            names.read(parser);
            return parser.nextToken() == null ? Optional.of(names.format()) : Optional.empty();
        } catch (JacksonException malformed) {
            return Optional.empty();
        }
    }

    /** The names in a JSON value: {@code a} on its first level of objects, {@code a/b} on the second. */
    private static final class Names {
        private final Set<String> names = new LinkedHashSet<>();

        /** Reads one value; true when it begins and ends on the same line. */
        boolean read(JsonParser parser) {
            int depth = 0;
            int objects = 0;
            String first = "";
            int line = -1;
            do {
                JsonToken token = parser.nextToken();
                if (line < 0) {
                    line = parser.currentTokenLocation().getLineNr();
                }
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
            return parser.currentTokenLocation().getLineNr() == line;
        }

        Format format() {
            if (any("event_id", "event_type", "events/event_id", "events/event_type")
                    || all("session_id", "agent_id")) {
                return Format.EVENTS;
            }
            if (any("resourceSpans", "trace/resourceSpans", "trace/batches")
                    || any("batches/resource", "batches/scopeSpans")) {
                return Format.OTLP;
            }
            if (any("resourceLogs", "resourceMetrics")) {
                return Format.OTLP_OTHER_SIGNALS;
            }
            return chat().or(this::otherSpans).orElse(Format.OTHER_JSON);
        }

        private Optional<Format> chat() {
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
            return any("messages", "role") ? Optional.of(Format.OPENAI_CHAT) : Optional.empty();
        }

        private Optional<Format> otherSpans() {
            if (any("raw_otel_json")) {
                return Optional.of(Format.AWS_CLOUDWATCH);
            }
            if (any("data/traceID", "data/spans")) {
                return Optional.of(Format.JAEGER);
            }
            return any("spans/context", "spans/trace_id") || all("trace_id", "span_id")
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
