// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.capture.format.Format;
import io.contextgraph.capture.format.Malformed;
import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.capture.record.Shape;
import io.contextgraph.capture.text.PackedException;
import io.contextgraph.capture.text.TraceContent;
import io.contextgraph.capture.text.TraceJson;
import io.contextgraph.capture.text.TraceText;
import java.io.IOException;
import java.io.StringWriter;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.JsonNode;

/**
 * The values of a file of documents, one after the other; commas between them are passed over.
 *
 * <p>Behind a document that is malformed, the next one is where a line begins it in the same way, behind a line that
 * can end the malformed one: indented documents begin and end so.
 */
final class DocumentUnits {
    private static final String BETWEEN = " \t\r\n,\u0000\uFEFF";

    private final TraceFile file;
    private final CaptureOptions options;
    private final UnitJudge judge;
    private boolean several;

    DocumentUnits(TraceFile file, CaptureOptions options, UnitJudge judge) {
        this.file = file;
        this.options = options;
        this.judge = judge;
    }

    void read() {
        long at = UnitJudge.WHOLE;
        try (TraceText text = open()) {
            while (skipBetween(text)) {
                at = text.line();
                next(text);
            }
        } catch (IOException failed) {
            broken(place(at), Malformed.reason(failed));
        }
    }

    private TraceText open() throws IOException {
        return new TraceText(TraceContent.open(file.content()), options.maxDocumentBytes());
    }

    /** Passes over what may stand between documents; false at the end. */
    private static boolean skipBetween(TraceText text) throws IOException {
        while (text.peek() != TraceText.END && BETWEEN.indexOf(text.peek()) >= 0) {
            text.skip();
        }
        return text.peek() != TraceText.END;
    }

    private static boolean isOpening(int c) {
        return c == '{' || c == '[';
    }

    private void next(TraceText text) throws IOException {
        long line = text.line();
        int opening = text.peek();
        if (!isOpening(opening)) {
            several = true;
            judge.together(line, "text between JSON documents");
            String ignored = text.skipLine(0);
            return;
        }
        text.restart();
        // Not closed: what it has read too far is the beginning of the next document.
        JsonParser parser = TraceJson.parser(text);
        JsonNode value;
        try {
            value = TraceJson.next(parser);
        } catch (JacksonException malformed) {
            if (malformed.getCause() instanceof IOException failed) {
                throw failed;
            }
            // What is over a limit says no place of its own.
            TokenStreamLocation at = malformed.getLocation();
            giveBack(parser, at == null ? parser.currentLocation() : at, text);
            boolean more = toNext(text, opening);
            several |= more;
            String reason = Malformed.reason(
                    malformed, line, text.isAsWritten(), !options.whom().isTold());
            broken(place(line), more ? reason + "; the next document is read from line " + text.line() : reason);
            return;
        }
        TokenStreamLocation end = parser.currentLocation();
        giveBack(parser, end, text);
        try {
            several |= skipBetween(text);
        } catch (PackedException packed) {
            if (packed.isBehind()) {
                several = true;
                judge.value(place(line), value, end.getCharOffset());
            }
            throw packed;
        }
        judge.value(place(line), value, end.getCharOffset());
    }

    private long place(long line) {
        return several ? line : UnitJudge.WHOLE;
    }

    private static void giveBack(JsonParser parser, TokenStreamLocation at, TraceText text) {
        StringWriter unread = new StringWriter();
        int ignored = parser.releaseBuffered(unread);
        text.advance(at.getLineNr() - 1L);
        text.unread(unread.getBuffer());
    }

    /** Goes to where a document begins behind one that is malformed, or to the end. */
    private static boolean toNext(TraceText text, int opening) throws IOException {
        String begin = Character.toString(opening);
        String end = opening == '{' ? "}" : "]";
        String before = "";
        while (text.peek() != TraceText.END) {
            String line = text.skipLine(8).stripTrailing();
            if (line.equals(begin) && (before.equals(end) || before.equals(end + ","))) {
                text.unread(begin + "\n");
                text.advance(-1);
                return true;
            }
            before = line;
        }
        return false;
    }

    private void broken(long line, String reason) {
        if (!judge.knowsFormat()) {
            judge.met(format());
        }
        judge.refuse(line, reason);
    }

    /** What the first document shows itself to be before it breaks off. */
    private Format format() {
        try (TraceText text = open()) {
            boolean ignored = skipBetween(text);
            return Shape.ofBroken(TraceJson.parser(text)).map(Format::of).orElse(Format.UNREADABLE);
        } catch (IOException failed) {
            return Format.UNREADABLE;
        }
    }
}
