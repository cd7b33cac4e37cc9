// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.text;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.apache.commons.io.ByteOrderMark;
import org.apache.commons.io.input.BOMInputStream;
import org.apache.commons.io.input.ReaderInputStream;

/**
 * Opens the content of a file as UTF-8, unpacked: gzip is recognized by its magic bytes, also inside gzip, UTF-16 and
 * UTF-32 by their byte order mark, UTF-16 also by its NULs; what of these is cut or no character becomes U+FFFD. Bytes that
 * announce nothing are given as they are.
 */
public final class TraceContent {
    /** How much of a file decides whether it is binary. */
    public static final int HEAD_BYTES = 64 * 1024;

    private static final int MAX_GZIP_LAYERS = 3;
    private static final int BUFFER_BYTES = 64 * 1024;

    private TraceContent() {}

    /** The text, without a byte order mark and without the NULs that stand before it in a log file that was rotated. */
    public static InputStream open(Path file) throws IOException {
        InputStream in = unpacked(file);
        try {
            return text(in);
        } catch (IOException | RuntimeException failed) {
            in.close();
            throw failed;
        }
    }

    /** The unpacked bytes. */
    public static InputStream unpacked(Path file) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES);
        try {
            for (int layer = 0; layer < MAX_GZIP_LAYERS && isGzip(in); layer++) {
                in = new BufferedInputStream(new Unzipped(in), BUFFER_BYTES);
            }
            return in;
        } catch (IOException | RuntimeException failed) {
            in.close();
            throw failed;
        }
    }

    private static InputStream text(InputStream in) throws IOException {
        BOMInputStream marked = BOMInputStream.builder()
                .setInputStream(in)
                .setByteOrderMarks(
                        ByteOrderMark.UTF_8,
                        ByteOrderMark.UTF_16LE,
                        ByteOrderMark.UTF_16BE,
                        ByteOrderMark.UTF_32LE,
                        ByteOrderMark.UTF_32BE)
                .get();
        ByteOrderMark mark = marked.getBOM();
        InputStream rest = new BufferedInputStream(marked, BUFFER_BYTES);
        Optional<Charset> encoding =
                mark == null ? ofNuls(first(rest, 4)) : Optional.of(Charset.forName(mark.getCharsetName()));
        if (encoding.isEmpty() || encoding.get().equals(StandardCharsets.UTF_8)) {
            skipNuls(rest);
            return rest;
        }
        return new BufferedInputStream(
                ReaderInputStream.builder()
                        .setReader(new InputStreamReader(rest, encoding.get()))
                        .setCharset(StandardCharsets.UTF_8)
                        .get(),
                BUFFER_BYTES);
    }

    /** JSON begins with two characters of ASCII. */
    private static Optional<Charset> ofNuls(byte[] first) {
        if (first.length < 4) {
            return Optional.empty();
        }
        if (first[0] != 0 && first[1] == 0 && first[2] != 0 && first[3] == 0) {
            return Optional.of(StandardCharsets.UTF_16LE);
        }
        return first[0] == 0 && first[1] != 0 && first[2] == 0 && first[3] != 0
                ? Optional.of(StandardCharsets.UTF_16BE)
                : Optional.empty();
    }

    private static void skipNuls(InputStream in) throws IOException {
        do {
            in.mark(1);
        } while (in.read() == 0);
        in.reset();
    }

    /**
     * Never says that more can be read at once: a buffer would go on reading into a defect of the file, and lose with
     * the error what it had already read.
     */
    private static final class Unzipped extends GZIPInputStream {
        Unzipped(InputStream in) throws IOException {
            super(in, BUFFER_BYTES);
        }

        @Override
        public int available() {
            return 0;
        }
    }

    /** The first bytes of {@code in}, at most {@link #HEAD_BYTES}; what comes before a defect of the file counts. */
    public static byte[] head(InputStream in) throws IOException {
        byte[] head = new byte[HEAD_BYTES];
        int length = 0;
        try {
            for (int n = in.read(head); n > 0; n = in.read(head, length, head.length - length)) {
                length += n;
            }
        } catch (IOException cut) {
            if (length == 0) {
                throw cut;
            }
        }
        return Arrays.copyOf(head, length);
    }

    private static boolean isGzip(InputStream in) throws IOException {
        return Arrays.equals(first(in, 2), new byte[] {0x1f, (byte) 0x8b});
    }

    private static byte[] first(InputStream in, int length) throws IOException {
        in.mark(length);
        byte[] first = in.readNBytes(length);
        in.reset();
        return first;
    }
}
