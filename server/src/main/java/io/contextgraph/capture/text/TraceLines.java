// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.text;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.commons.io.ByteOrderMark;

/**
 * The lines of a stream, one at a time; a line that is too long is passed over without being held. NULs before and
 * behind the text of a line are left out: a log file has them that was cut while it was written; and a byte order mark
 * before it.
 */
public final class TraceLines {
    private static final String CUT = "\ufffd";
    private static final byte[] MARK = ByteOrderMark.UTF_8.getBytes();

    /** How many bytes are left of a character that has lost at least one. */
    private static final int MOST_CUT = 3;

    private final InputStream in;
    private final int maxBytes;
    private final byte[] buffer = new byte[64 * 1024];
    private int from;
    private int to;
    private long number;
    private byte[] line = new byte[0];
    private boolean tooLong;

    public TraceLines(InputStream in, int maxBytes) {
        this.in = in;
        this.maxBytes = maxBytes;
    }

    /** The number of the line that was read last, from 1. */
    public long number() {
        return number;
    }

    /** Whether the line that was read last holds nothing but white space; also when it is too long. */
    public boolean blank() {
        for (byte b : line) {
            if (b != ' ' && b != '\t' && b != '\r') {
                return false;
            }
        }
        return true;
    }

    /**
     * The line that was read last, without its end; empty when it is too long. A character that is cut at the beginning
     * or the end of the line is U+FFFD.
     *
     * @throws NotUtf8Exception when it is none
     */
    public String text() throws NotUtf8Exception {
        int begin = 0;
        while (begin < Math.min(line.length, MOST_CUT) && (line[begin] & 0xc0) == 0x80) {
            begin++;
        }
        ByteBuffer bytes = ByteBuffer.wrap(line, begin, line.length - begin);
        CharBuffer text = CharBuffer.allocate(line.length);
        if (StandardCharsets.UTF_8.newDecoder().decode(bytes, text, false).isError()) {
            throw new NotUtf8Exception("column " + (text.position() + 1));
        }
        return (begin > 0 ? CUT : "") + text.flip() + (bytes.hasRemaining() ? CUT : "");
    }

    /** The same with U+FFFD for what is no UTF-8. */
    public String replacedText() {
        return new String(line, StandardCharsets.UTF_8);
    }

    /** Whether the line that was read last is longer than allowed. */
    public boolean tooLong() {
        return tooLong;
    }

    /** Reads the next line; false at the end. A last line without an end counts. */
    public boolean next() throws IOException {
        if (from == to && !fill()) {
            return false;
        }
        ByteArrayOutputStream start = new ByteArrayOutputStream(0);
        boolean over = false;
        boolean complete;
        do {
            while (start.size() == 0 && !over && from < to && buffer[from] == 0) {
                from++;
            }
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
        line = withoutMark(withoutNuls(start.toByteArray()));
        tooLong = over;
        return true;
    }

    /** Files that were put together have a byte order mark in their middle. */
    private static byte[] withoutMark(byte[] line) {
        int from = 0;
        while (Arrays.equals(line, from, Math.min(from + MARK.length, line.length), MARK, 0, MARK.length)) {
            from += MARK.length;
        }
        return from == 0 ? line : Arrays.copyOfRange(line, from, line.length);
    }

    private static byte[] withoutNuls(byte[] line) {
        int end = line.length;
        while (end > 0 && line[end - 1] == 0) {
            end--;
        }
        return end == line.length ? line : Arrays.copyOf(line, end);
    }

    private boolean fill() throws IOException {
        from = 0;
        to = 0;
        int read = in.read(buffer);
        to = Math.max(0, read);
        return read > 0;
    }
}
