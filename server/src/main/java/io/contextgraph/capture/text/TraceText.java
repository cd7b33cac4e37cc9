// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/**
 * The characters of documents that follow each other in a stream of UTF-8: as a reader for a parser, and one by one for
 * what is between the documents. A document may have so many bytes, and bytes that are no UTF-8 are an error.
 */
public final class TraceText extends Reader {
    /** What {@link #peek} answers at the end. */
    public static final int END = -1;

    private static final int BUFFER = 8 * 1024;

    private final InputStream in;
    private final long maxBytes;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    private final ByteBuffer bytes = ByteBuffer.allocate(BUFFER).flip();
    private final CharBuffer decoded = CharBuffer.allocate(BUFFER);
    private final HalfEscapes escapes = new HalfEscapes();
    private CharBuffer chars = CharBuffer.allocate(0);
    private boolean ended;
    private long left;
    private long line = 1;
    private long decodedLine = 1;
    private long decodedColumn = 1;

    public TraceText(InputStream in, long maxBytes) {
        this.in = in;
        this.maxBytes = maxBytes;
        this.left = maxBytes;
    }

    /** The line of the next character, from 1. */
    public long line() {
        return line;
    }

    /** Counts the lines that a parser has read. */
    public void advance(long lines) {
        line += lines;
    }

    /** Whether every character so far has been given as it was written. */
    public boolean isAsWritten() {
        return !escapes.changed();
    }

    /** Another document begins: it may have as many bytes as the one before. */
    public void restart() {
        left = maxBytes;
    }

    /** The next character. */
    public int peek() throws IOException {
        return chars.hasRemaining() || fill() ? chars.get(chars.position()) : END;
    }

    /** Passes over the next character. */
    public void skip() throws IOException {
        if (peek() != END && chars.get() == '\n') {
            line++;
            restart();
        }
    }

    /** Passes over a line, and gives its beginning. */
    public String skipLine(int atMost) throws IOException {
        StringBuilder start = new StringBuilder();
        for (int c = peek(); c != END && c != '\n'; c = peek()) {
            if (start.length() < atMost) {
                start.append((char) c);
            }
            skip();
        }
        skip();
        return start.toString();
    }

    /** Puts back what was read too far. */
    public void unread(CharSequence text) {
        CharBuffer joined = CharBuffer.allocate(text.length() + chars.remaining());
        chars = joined.append(text).put(chars).flip();
    }

    @Override
    public int read(char[] into, int offset, int length) throws IOException {
        if (length > 0 && !chars.hasRemaining() && !fill()) {
            return -1;
        }
        int read = Math.min(length, chars.remaining());
        chars.get(into, offset, read);
        return read;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    private boolean fill() throws IOException {
        String next = "";
        while (next.isEmpty() && decode()) {
            next = escapes.next(decoded.toString());
        }
        if (next.isEmpty()) {
            next = escapes.end();
        }
        chars = CharBuffer.wrap(next);
        return chars.hasRemaining();
    }

    /** Decodes some characters; false at the end. */
    private boolean decode() throws IOException {
        while (true) {
            decoded.clear();
            CoderResult result = decoder.decode(bytes, decoded, ended);
            if (decoded.position() > 0) {
                count(decoded.flip());
                return true;
            }
            if (result.isError()) {
                throw new NotUtf8Exception("line " + decodedLine + ", column " + decodedColumn);
            }
            if (ended) {
                return false;
            }
            more();
        }
    }

    private void more() throws IOException {
        bytes.compact();
        try {
            int read = in.read(bytes.array(), bytes.position(), bytes.remaining());
            ended = read < 0;
            left -= Math.max(0, read);
            bytes.position(bytes.position() + Math.max(0, read));
        } finally {
            bytes.flip();
        }
        if (left < 0) {
            throw new DocumentTooLargeException(maxBytes);
        }
    }

    private void count(CharBuffer text) {
        for (int i = 0; i < text.limit(); i++) {
            boolean end = text.get(i) == '\n';
            decodedLine += end ? 1 : 0;
            decodedColumn = end ? 1 : decodedColumn + 1;
        }
    }
}
