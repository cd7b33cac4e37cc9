// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.capture.format.Format;
import io.contextgraph.capture.record.Refusal;
import io.contextgraph.capture.record.Shape;
import io.contextgraph.capture.record.Unit;
import io.contextgraph.capture.record.Whom;
import io.contextgraph.capture.text.Replacement;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Gives the values of one file to a sink, each by its format. Neighbours that are refused for the same reason are
 * refused together; where nothing else is in the file, the file is.
 */
final class UnitJudge {
    /** The place of a value that is the whole file. */
    static final long WHOLE = 0;

    private final TraceFile file;
    private final String part;
    private final Whom whom;
    private final UnitSink sink;
    private Format first = Format.UNREADABLE;
    private boolean somethingElse;
    private String reason = "";
    private long from;
    private long to;
    private long count;

    /**
     * @param part what a place is called in the file, such as {@code line}
     * @param whom the import is about
     */
    UnitJudge(TraceFile file, String part, Whom whom, UnitSink sink) {
        this.file = file;
        this.part = part;
        this.whom = whom;
        this.sink = sink;
    }

    /** Whether a format was met. */
    boolean knowsFormat() {
        return first != Format.UNREADABLE;
    }

    /** What the file shows itself to be, though nothing of it can be read. */
    void met(Format format) {
        if (!knowsFormat() || (format.supported() && !first.supported())) {
            first = format;
        }
    }

    /** A value that begins in {@code line}, or is the record of this number. */
    void value(long line, JsonNode json, long chars) {
        Shape shape = Shape.of(json);
        value(Format.of(shape), shape, line, json, chars);
    }

    /** A value of a format that shows itself otherwise than by its shape. */
    void value(Format format, long line, JsonNode json, long chars) {
        value(format, Shape.of(json), line, json, chars);
    }

    private void value(Format format, Shape shape, long line, JsonNode json, long chars) {
        met(format);
        Optional<String> reason = reason(format, shape);
        if (reason.isPresent()) {
            together(line, reason.get());
            return;
        }
        refuseTogether();
        somethingElse = true;
        unit(format, line, json, chars);
    }

    /** Why a value is not read; where it may be about persons, nothing of it is told. */
    private Optional<String> reason(Format format, Shape shape) {
        if (whom.isTold() && format == Format.EVENTS) {
            return Optional.of(
                    "an event that says itself whom it is about, in data_subject_id: import it without naming persons");
        }
        return format.supported()
                ? Optional.empty()
                : Optional.of(whom.isTold() ? format.label() : "JSON, but no known trace format: " + shape.shown());
    }

    /** Of the project's own events, texts are judged where events are. */
    private void unit(Format format, long line, JsonNode json, long chars) {
        Replacement.Value value = Replacement.in(json, format != Format.EVENTS);
        sink.unit(format, new Unit(place(line, line), value.json(), chars, value.replaced()));
    }

    /** What begins in {@code line} cannot be read. */
    void refuse(long line, String why) {
        refuseTogether();
        somethingElse = true;
        sink.refused(new Refusal(file.name(), place(line, line), why, List.of()));
    }

    /** What begins in {@code line} cannot be read, nor perhaps its neighbours. */
    void together(long line, String why) {
        if (count > 0 && !why.equals(reason)) {
            refuseTogether();
            somethingElse = true;
        }
        from = count == 0 ? line : from;
        to = line;
        reason = why;
        count++;
    }

    /** There are no more values. */
    Format finish() {
        if (count > 0 && !somethingElse) {
            from = WHOLE;
        }
        refuseTogether();
        return first;
    }

    private void refuseTogether() {
        if (count > 0) {
            String values = count > 1 && from != WHOLE ? count + " values, each " + reason : reason;
            sink.refused(new Refusal(file.name(), place(from, to), values, List.of()));
            count = 0;
        }
    }

    private String place(long from, long to) {
        return Optional.of(from)
                .filter(line -> line != WHOLE)
                .map(line -> line == to ? part + " " + line : part + "s " + line + " to " + to)
                .orElse("");
    }
}
