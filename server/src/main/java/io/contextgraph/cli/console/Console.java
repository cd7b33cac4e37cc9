// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli.console;

import java.io.PrintWriter;
import java.util.List;

/**
 * Where a command writes.
 *
 * @param out results, and nothing else: may be piped
 * @param err what is being done, and what went wrong
 * @param columns width of the terminal; 0 when {@code err} is not one
 */
public record Console(PrintWriter out, PrintWriter err, int columns) {
    /** Joins emoji; every other format character could reorder what is read. */
    private static final int ZERO_WIDTH_JOINER = 0x200D;

    /** Whether a person watches. */
    public boolean isTerminal() {
        return columns > 0 && !(err instanceof LogWriter log && log.isLogging());
    }

    /** Tells what is being done. */
    public void note(String line) {
        err.println(line);
        err.flush();
    }

    /** Tells what went wrong, each thing that did on a line of its own. */
    void failure(String message, List<String> faults) {
        if (err instanceof LogWriter log && log.isLogging()) {
            String joined = String.join("; ", faults);
            log.failure(message.isEmpty() || faults.isEmpty() ? message + joined : message + " " + joined);
        } else if (message.isEmpty()) {
            faults.forEach(this::note);
        } else {
            note(message);
            faults.forEach(fault -> note("  " + fault));
        }
    }

    /** {@code line} cut at the edge of the terminal; whole where there is none. */
    String fit(String line) {
        if (!isTerminal() || line.codePointCount(0, line.length()) <= columns) {
            return line;
        }
        return line.substring(0, line.offsetByCodePoints(0, columns - 1)) + "…";
    }

    /** {@code text} with control characters made visible: what agents write must not steer a terminal. */
    public static String safe(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (c == '\n' || c == '\r' || c == '\t') {
                safe.append(' ');
            } else if (Character.isISOControl(c)
                    || (Character.getType(c) == Character.FORMAT && c != ZERO_WIDTH_JOINER)) {
                safe.append("\\u%04x".formatted(c));
            } else {
                safe.appendCodePoint(c);
            }
        });
        return safe.toString();
    }

    /** {@code text} on one line of at most {@code max} characters, cut with an ellipsis. */
    public static String cut(String text, int max) {
        String line = safe(text).strip();
        int length = line.codePointCount(0, line.length());
        if (length <= max) {
            return line;
        }
        return line.substring(0, line.offsetByCodePoints(0, Math.max(0, max - 1)))
                        .stripTrailing() + "…";
    }
}
