// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.capture.format.Format;
import io.contextgraph.capture.format.Magic;
import io.contextgraph.capture.format.Malformed;
import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.capture.record.Refusal;
import java.io.IOException;
import java.util.Optional;

/**
 * Walks through files and gives each JSON value with its own format.
 *
 * <p><b>Guarantees.</b> The same file gives the same, in the order in which it stands. A value is judged by its content
 * alone, never by its neighbours or the name of the file. Values are lines, or documents one after the other, with or
 * without commas between them. A line that cannot be read costs itself; a document costs itself whole. At most one line
 * or one document is held.
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
            Optional<Magic.Finding> noText = Magic.look(file.path());
            if (noText.isPresent()) {
                return refused(file, noText.get().format(), noText.get().reason(), sink);
            }
            UnitJudge judge = new UnitJudge(file, options.whom(), sink);
            switch (TraceLayout.of(file.path(), options)) {
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
        } catch (IOException failed) {
            return refused(file, Format.UNREADABLE, Malformed.reason(failed), sink);
        }
    }

    private static Format refused(TraceFile file, Format format, String reason, UnitSink sink) {
        sink.refused(Refusal.ofFile(file.name(), reason));
        return format;
    }
}
