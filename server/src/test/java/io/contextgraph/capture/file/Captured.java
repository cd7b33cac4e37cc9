// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.capture.format.Format;
import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.capture.record.CaptureSink;
import io.contextgraph.capture.record.Imported;
import io.contextgraph.capture.record.Mark;
import io.contextgraph.capture.record.Refusal;
import io.contextgraph.capture.record.Survey;
import io.contextgraph.capture.text.TraceSource;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.Original;
import io.contextgraph.event.Times;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;

/** What reading one file gave: a sink that keeps everything. */
public final class Captured implements CaptureSink {
    /** Later than all traces, so that none of them lies in the future. */
    public static final Clock CLOCK = Clock.fixed(Instant.parse("2027-01-01T00:00:00Z"), ZoneOffset.UTC);

    public final List<Event> events = new ArrayList<>();
    public final List<Optional<Original>> originals = new ArrayList<>();
    public final List<String> places = new ArrayList<>();
    public final List<Refusal> refusals = new ArrayList<>();
    public final Map<String, Long> skipped = new TreeMap<>();
    public final List<String> notes = new ArrayList<>();
    public Format format = Format.UNREADABLE;

    public static Captured read(Path file, CaptureOptions options) {
        Captured captured = new Captured();
        Capture capture = new Capture(options, CLOCK);
        TraceFile traces = new TraceFile(TraceSource.of(file), String.valueOf(file.getFileName()), 0, true);
        Survey survey = capture.survey();
        capture.look(traces, survey);
        survey.settle(Imported.NOTHING);
        captured.format = capture.read(traces, survey, captured);
        captured.notes.addAll(survey.notes());
        return captured;
    }

    public static Captured read(Path file) {
        return read(file, CaptureOptions.DEFAULTS);
    }

    public static Path write(Path folder, String name, String content) {
        return write(folder, name, content.getBytes(StandardCharsets.UTF_8));
    }

    public static Path write(Path folder, String name, byte[] content) {
        try {
            return Files.write(folder.resolve(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static byte[] gzip(byte[] content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** A stream of which nothing can be read. */
    static InputStream failing(IOException why) {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                throw why;
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                throw why;
            }
        };
    }

    @Override
    public void event(Event event, Optional<Original> original, Optional<Mark> mark, String place) {
        events.add(event);
        originals.add(original);
        places.add(place);
    }

    @Override
    public void refused(Refusal refusal) {
        refusals.add(refusal);
    }

    @Override
    public void skipped(String what, long count) {
        skipped.merge(what, count, Long::sum);
    }

    /** Each event as a producer would send it, one a line. */
    public String json() {
        return events.stream().map(event -> EventJson.toJson(event) + "\n").collect(Collectors.joining());
    }

    /** Each event in short: type, agent, number of its parent, tool, status, times without the date. */
    public List<String> table() {
        List<EventId> ids = events.stream().map(Event::id).toList();
        return events.stream()
                .map(e -> String.join(
                        " ",
                        e.type().value(),
                        e.agentId(),
                        e.parentId()
                                .map(p -> ids.contains(p) ? "<" + ids.indexOf(p) : "<elsewhere")
                                .orElse("-"),
                        e.toolName().orElse("-"),
                        e.status().map(EventStatus::wireName).orElse("-"),
                        time(e.occurredAt()),
                        e.endedAt().map(Captured::time).orElse("-")))
                .toList();
    }

    private static String time(Instant instant) {
        return Times.format(instant).substring(11, 23);
    }

    /** Each refusal as {@code place: reason [pointer code, ...]}. */
    public List<String> refused() {
        return refusals.stream().map(Captured::line).toList();
    }

    static String line(Refusal refusal) {
        String faults = refusal.faults().stream()
                .map(fault -> fault.pointer() + " " + fault.code())
                .collect(Collectors.joining(", "));
        return refusal.place() + ": " + refusal.reason() + (faults.isEmpty() ? "" : " [" + faults + "]");
    }
}
