// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.capture.format.Format;
import io.contextgraph.capture.format.Magic;
import io.contextgraph.capture.format.Malformed;
import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.capture.record.Refusal;
import java.io.IOException;

/**
 * Walks through files and gives each JSON value with its own format.
 *
 * <p><b>Guarantees.</b> The same file gives the same, in the order in which it stands. A value is judged by its content
 * alone, never by its neighbours or the name of the file. Values are lines, or documents one after the other, with or
 * without commas between them, or records behind their lengths. A line or a record that cannot be read costs itself; a
 * document costs itself whole. At most one line, one record or one document is held.
 *
 * <p><b>Threads.</b> Safe for threads; a sink is called by the thread that reads.
 */
final class TraceUnits {
    private final CaptureOptions options;

    TraceUnits(CaptureOptions options) {
        this.options = options;
    }

    /**
     * Reads {@code file} to its end. Refuses to the sink, never throws for what is in a file.
     *
     * @return what it holds: the first format that is read; where there is none, the first that was met
     */
    Format read(TraceFile file, UnitSink sink) {
        try {
            return switch (Magic.look(file.content())) {
                case Magic.Content.Other other -> refused(file, other.format(), other.reason(), sink);
                case Magic.Content.Text text -> text(file, sink);
                case Magic.Content.Request request -> {
                    UnitJudge judge = judge(file, "record", sink);
                    new RecordUnits(file, options, judge).readWhole();
                    yield judge.finish();
                }
                case Magic.Content.Records records -> {
                    UnitJudge judge = judge(file, "record", sink);
                    new RecordUnits(file, options, judge).read();
                    yield judge.finish();
                }
            };
        } catch (IOException failed) {
            return refused(file, Format.UNREADABLE, Malformed.reason(failed), sink);
        }
    }

    private UnitJudge judge(TraceFile file, String part, UnitSink sink) {
        return new UnitJudge(file, part, options.whom(), sink);
    }

    private Format text(TraceFile file, UnitSink sink) throws IOException {
        UnitJudge judge = judge(file, "line", sink);
        switch (TraceLayout.of(file.content(), options)) {
            case BLANK -> {
                return refused(file, Format.EMPTY, "the file holds nothing but white space", sink);
            }
            case TEXT -> {
                return refused(file, Format.TEXT, "the file is text, but not JSON", sink);
            }
            case LINES -> new LineUnits(file, options, judge).read();
            case DOCUMENTS -> new DocumentUnits(file, options, judge).read();
        }
        return judge.finish();
    }

    private static Format refused(TraceFile file, Format format, String reason, UnitSink sink) {
        sink.refused(Refusal.ofFile(file.name(), reason));
        return format;
    }
}
