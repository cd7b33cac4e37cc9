// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.capture.text.TraceContent;
import io.contextgraph.capture.text.TraceJson;
import io.contextgraph.capture.text.TraceLines;
import io.contextgraph.capture.text.TraceSource;
import io.contextgraph.capture.text.TraceText;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;

/** How values stand in a file: judged by what its first lines have in common, whatever they hold. */
enum TraceLayout {
    /** One value a line, but for lines that are cut or broken. */
    LINES,
    /** One document, or several one after the other. */
    DOCUMENTS,
    /** Text that is not JSON. */
    TEXT,
    /** Nothing but white space. */
    BLANK;

    static TraceLayout of(TraceSource file, CaptureOptions options) throws IOException {
        Sample sample = new Sample();
        sample.take(file, options.maxLineBytes());
        return sample.layout(file, options);
    }

    /** The first lines of a file that are not blank. */
    private static final class Sample {
        private static final int MOST_LINES = 100;

        private final List<Line> lines = new ArrayList<>();
        private boolean tooLong;

        /** Whether the file goes on behind these lines. */
        private boolean more = true;

        /** Whether the file is damaged behind these lines. */
        private boolean damaged;

        private enum Line {
            /** An object or an array. */
            WHOLE,
            /** A whole one and a comma. */
            LISTED,
            /** Nothing but the beginning of an object or an array. */
            LONE,
            /** Begins like an object or an array. */
            BEGINNING,
            /** Ends like an object or an array. */
            ENDING,
            /** {@code null}, as a table has it for a row that is not there. */
            NOTHING,
            TEXT
        }

        void take(TraceSource file, int maxLineBytes) throws IOException {
            try (InputStream in = TraceContent.open(file)) {
                TraceLines from = new TraceLines(in, maxLineBytes);
                while (lines.size() < MOST_LINES && !areAllWhole(2)) {
                    more = from.next();
                    if (!more) {
                        return;
                    }
                    tooLong |= from.tooLong();
                    if (!from.blank()) {
                        lines.add(kind(from.replacedText().strip()));
                    }
                }
            } catch (IOException failed) {
                damaged = true;
            }
        }

        private boolean areAllWhole(int atLeast) {
            return lines.size() >= atLeast && count(Line.WHOLE) == lines.size();
        }

        private static Line kind(String line) {
            if (line.equals("null")) {
                return Line.NOTHING;
            }
            boolean begins = line.startsWith("{") || line.startsWith("[");
            if (begins && TraceJson.isWhole(line)) {
                return Line.WHOLE;
            }
            if (begins && line.endsWith(",") && TraceJson.isWhole(line.substring(0, line.length() - 1))) {
                return Line.LISTED;
            }
            if (begins) {
                return line.length() == 1 ? Line.LONE : Line.BEGINNING;
            }
            return line.endsWith("}") || line.endsWith("]") ? Line.ENDING : Line.TEXT;
        }

        TraceLayout layout(TraceSource file, CaptureOptions options) throws IOException {
            if (lines.isEmpty()) {
                return tooLong || damaged ? DOCUMENTS : BLANK;
            }
            int whole = count(Line.WHOLE);
            return switch (lines.getFirst()) {
                case WHOLE -> isAlone() || whole < broken() ? DOCUMENTS : LINES;
                case LISTED, LONE -> DOCUMENTS;
                case BEGINNING -> whole > broken() && !isFirstDocumentWhole(file, options) ? LINES : DOCUMENTS;
                case NOTHING -> whole > 0 ? LINES : TEXT;
                case ENDING, TEXT -> whole >= Math.max(1, count(Line.TEXT)) || isCutOnly() ? LINES : TEXT;
            };
        }

        private boolean isAlone() {
            return lines.size() == 1 && !tooLong && !damaged;
        }

        private boolean isCutOnly() {
            return count(Line.TEXT) == 0;
        }

        /** Lines that are not whole; the first and the last of a file may be cut. */
        private int broken() {
            List<Line> between = lines.subList(Math.min(1, lines.size()), Math.max(1, lines.size() - (more ? 0 : 1)));
            return (int) between.stream().filter(line -> line != Line.WHOLE).count();
        }

        private int count(Line kind) {
            return (int) lines.stream().filter(line -> line == kind).count();
        }

        /** Whether the file begins with a document of more lines than one. */
        private static boolean isFirstDocumentWhole(TraceSource file, CaptureOptions options) throws IOException {
            try (TraceText text = new TraceText(TraceContent.open(file), options.maxDocumentBytes());
                    JsonParser parser = TraceJson.parser(text)) {
                boolean begins = parser.nextToken() != null;
                int line = parser.currentTokenLocation().getLineNr();
                JsonParser ignored = parser.skipChildren();
                return begins && parser.currentTokenLocation().getLineNr() > line;
            } catch (JacksonException malformed) {
                return false;
            }
        }
    }
}
