// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.snapshot;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;

/**
 * The part of Redis's replication protocol that brings an RDB file, with nothing behind it.
 *
 * <p><b>Source.</b> What {@code redis-cli --rdb} speaks: {@code REPLCONF rdb-only 1}, {@code REPLCONF capa eof}, {@code SYNC};
 * empty lines until the file is ready, then {@code $<length>}, or {@code $EOF:<mark>} where the file is followed by that mark.
 */
final class RdbTransfer {
    private static final int CHUNK = 1 << 16;
    private static final int MARK = 40;
    private static final int LONGEST_LINE = 1024;
    private static final Pattern LENGTH = Pattern.compile("\\$\\d{1,18}");
    private static final String MARKED = "$EOF:";

    private final InputStream in;
    private final OutputStream out;

    RdbTransfer(InputStream in, OutputStream out) {
        this.in = in;
        this.out = out;
    }

    /** Sends a command; returns the line that answers it, without its end. */
    String ask(String... words) throws IOException {
        StringBuilder command = new StringBuilder("*" + words.length + "\r\n");
        for (String word : words) {
            command.append('$')
                    .append(word.getBytes(StandardCharsets.UTF_8).length)
                    .append("\r\n")
                    .append(word)
                    .append("\r\n");
        }
        out.write(command.toString().getBytes(StandardCharsets.UTF_8));
        out.flush();
        return line();
    }

    /** The next line that is not empty. */
    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("it has closed the connection");
            }
            if (next == '\n' && line.size() > 0) {
                return line.toString(StandardCharsets.UTF_8);
            }
            if (next != '\n' && next != '\r') {
                line.write(next);
            }
            if (line.size() > LONGEST_LINE) {
                throw new IOException("it sends no line where there must be one");
            }
        }
    }

    /**
     * Reads the file that an answer announces.
     *
     * @return false where the answer announces none
     */
    boolean receive(String announced, RdbSink sink, LongConsumer told) throws IOException {
        if (announced.startsWith(MARKED) && announced.length() == MARKED.length() + MARK) {
            untilMark(announced.substring(MARKED.length()).getBytes(StandardCharsets.UTF_8), sink, told);
            return true;
        }
        if (LENGTH.matcher(announced).matches()) {
            exactly(Long.parseLong(announced.substring(1)), sink, told);
            return true;
        }
        return false;
    }

    private void exactly(long length, RdbSink sink, LongConsumer told) throws IOException {
        byte[] buffer = new byte[CHUNK];
        while (sink.bytes() < length) {
            int read = in.read(buffer, 0, (int) Math.min(buffer.length, length - sink.bytes()));
            if (read < 0) {
                throw new EOFException("it has sent " + sink.bytes() + " of " + length + " bytes");
            }
            sink.write(buffer, read);
            told.accept(sink.bytes());
        }
    }

    /** The mark is known only when all of it is there: so many bytes are held back. */
    private void untilMark(byte[] mark, RdbSink sink, LongConsumer told) throws IOException {
        byte[] buffer = new byte[CHUNK + MARK];
        int held = 0;
        while (true) {
            int read = in.read(buffer, held, CHUNK);
            if (read < 0) {
                throw new EOFException("it has sent " + sink.bytes() + " bytes and not the end");
            }
            held += read;
            int known = held - MARK;
            if (known >= 0 && Arrays.equals(buffer, known, held, mark, 0, MARK)) {
                sink.write(buffer, known);
                return;
            }
            if (known > 0) {
                sink.write(buffer, known);
                System.arraycopy(buffer, known, buffer, 0, MARK);
                held = MARK;
                told.accept(sink.bytes());
            }
        }
    }
}
