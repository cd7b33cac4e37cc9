// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** The lines of a stream, one at a time; a line that is too long is passed over without being held. */
final class TraceLines {
    private final InputStream in;
    private final int maxBytes;
    private final byte[] buffer = new byte[64 * 1024];
    private int from;
    private int to;
    private long number;
    private byte[] line = new byte[0];
    private boolean tooLong;

    TraceLines(InputStream in, int maxBytes) {
        this.in = in;
        this.maxBytes = maxBytes;
    }

    /** The number of the line that was read last, from 1. */
    long number() {
        return number;
    }

    /** The line that was read last, without its end; empty when it is too long. */
    byte[] bytes() {
        return line;
    }

    /** Whether the line that was read last is longer than allowed. */
    boolean tooLong() {
        return tooLong;
    }

    /** Reads the next line; false at the end. A last line without an end counts. */
    boolean next() throws IOException {
        if (from == to && !fill()) {
            return false;
        }
        ByteArrayOutputStream start = new ByteArrayOutputStream(0);
        boolean over = false;
        boolean complete;
        do {
            int end = from;
            while (end < to && buffer[end] != '\n') {
                end++;
            }
            complete = end < to;
            over |= (long) start.size() + end - from > maxBytes;
            if (over) {
                start.reset();
            } else {
                start.write(buffer, from, end - from);
            }
            from = complete ? end + 1 : end;
        } while (!complete && fill());
        number++;
        line = start.toByteArray();
        tooLong = over;
        return true;
    }

    private boolean fill() throws IOException {
        from = 0;
        to = 0;
        int read = in.read(buffer);
        to = Math.max(0, read);
        return read > 0;
    }
}
