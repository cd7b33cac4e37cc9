// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.capture.format.Malformed;
import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.capture.text.NotUtf8Exception;
import io.contextgraph.capture.text.TraceContent;
import io.contextgraph.capture.text.TraceJson;
import io.contextgraph.capture.text.TraceLines;
import java.io.IOException;
import java.io.InputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** The values of a file of lines, each line for itself. */
final class LineUnits {
    private final TraceFile file;
    private final CaptureOptions options;
    private final UnitJudge judge;

    LineUnits(TraceFile file, CaptureOptions options, UnitJudge judge) {
        this.file = file;
        this.options = options;
        this.judge = judge;
    }

    void read() {
        long last = 0;
        try (InputStream in = TraceContent.open(file.content())) {
            TraceLines lines = new TraceLines(in, options.maxLineBytes());
            while (lines.next()) {
                last = lines.number();
                line(lines);
            }
        } catch (IOException failed) {
            judge.refuse(last + 1, Malformed.reason(failed) + "; the lines before are kept");
        }
    }

    private void line(TraceLines line) {
        if (line.tooLong()) {
            judge.refuse(line.number(), "a line must not have more than " + options.maxLineBytes() + " bytes");
            return;
        }
        if (line.blank()) {
            return;
        }
        String text;
        try {
            text = line.text();
        } catch (NotUtf8Exception notUtf8) {
            judge.refuse(line.number(), "the line " + notUtf8.getMessage());
            return;
        }
        JsonNode value;
        try {
            value = TraceJson.line(text);
        } catch (JacksonException malformed) {
            judge.refuse(
                    line.number(),
                    Malformed.ofLine(malformed, text, !options.whom().isTold()));
            return;
        }
        judge.value(line.number(), value, text.length());
    }
}
