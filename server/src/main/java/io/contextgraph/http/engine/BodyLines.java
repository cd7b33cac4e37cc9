// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.engine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Cuts a stream of any length into lines, as they arrive, in bounded memory. */
public final class BodyLines implements AutoCloseable {
    private static final int READ_BYTES = 64 * 1024;

    /**
     * A line that is not blank.
     *
     * @param number from 1, blank lines counted
     * @param text without its end; null when it was too long to keep
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Line(long number, byte @Nullable [] text) {
        /** Bytes that are kept. */
        int size() {
            return text == null ? 0 : text.length;
        }
    }

    private final InputStream in;
    private final int maxBytes;
    private final byte[] read = new byte[READ_BYTES];
    private final ByteArrayOutputStream begun = new ByteArrayOutputStream();
    private long number = 1;
    private boolean tooLong;
    private boolean ended;

    BodyLines(InputStream in, int maxBytes) {
        this.in = in;
        this.maxBytes = maxBytes;
    }

    /** The lines that one read of the stream has completed, perhaps none; blocks for that read only. */
    List<Line> next() throws IOException {
        List<Line> lines = new ArrayList<>();
        int n = in.read(read);
        ended = n < 0;
        int start = 0;
        for (int i = 0; i < n; i++) {
            if (read[i] == '\n') {
                keep(start, i);
                complete(lines);
                start = i + 1;
            }
        }
        if (ended) {
            complete(lines);
        } else {
            keep(start, n);
        }
        return lines;
    }

    /** The line that is being read. */
    long number() {
        return number;
    }

    boolean ended() {
        return ended;
    }

    /** Gives back what unpacks the stream. */
    @Override
    public void close() throws IOException {
        in.close();
    }

    private void keep(int from, int to) {
        if (tooLong || begun.size() + (to - from) > maxBytes) {
            tooLong = true;
            begun.reset();
        } else {
            begun.write(read, from, to - from);
        }
    }

    private void complete(List<Line> lines) {
        byte[] text = begun.toByteArray();
        if (tooLong) {
            lines.add(new Line(number, null));
        } else if (!isBlank(text)) {
            lines.add(new Line(number, text));
        }
        number++;
        tooLong = false;
        begun.reset();
    }

    private static boolean isBlank(byte[] text) {
        for (byte b : text) {
            if (b != ' ' && b != '\t' && b != '\r') {
                return false;
            }
        }
        return true;
    }
}
