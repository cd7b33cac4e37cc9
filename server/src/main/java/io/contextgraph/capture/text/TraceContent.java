// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.text;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.apache.commons.io.ByteOrderMark;
import org.apache.commons.io.input.BOMInputStream;
import org.apache.commons.io.input.ReaderInputStream;

/**
 * Opens the content of a file as UTF-8, unpacked: gzip and zstd are recognized by their magic bytes, also inside each
 * other, UTF-16 and UTF-32 by their byte order mark, UTF-16 also by its NULs; what of these is cut or no character becomes
 * U+FFFD. Bytes that announce nothing are given as they are.
 */
public final class TraceContent {
    /** How much of a file decides whether it is binary. */
    public static final int HEAD_BYTES = 64 * 1024;

    /** How many times over content may be packed. */
    public static final int MOST_LAYERS = 3;

    /** How many bytes tell how content is packed. */
    private static final int MAGIC_BYTES = 4;

    private static final int BUFFER_BYTES = 64 * 1024;

    private TraceContent() {}

    /** The text, without a byte order mark and without the NULs that stand before it in a log file that was rotated. */
    public static InputStream open(TraceSource source) throws IOException {
        InputStream in = unpacked(source);
        try {
            return text(in);
        } catch (IOException | RuntimeException failed) {
            in.close();
            throw failed;
        }
    }

    /** The unpacked bytes. */
    public static InputStream unpacked(TraceSource source) throws IOException {
        InputStream in = new BufferedInputStream(source.open(), BUFFER_BYTES);
        try {
            byte[] first = first(in, MAGIC_BYTES);
            for (int layer = 0; layer < MOST_LAYERS && (isGzip(first, 0) || isZstd(first, 0)); layer++) {
                in = new BufferedInputStream(isGzip(first, 0) ? new GzipStream(in) : new ZstdStream(in), BUFFER_BYTES);
                first = first(in, MAGIC_BYTES);
            }
            return in;
        } catch (IOException | RuntimeException failed) {
            in.close();
            throw failed;
        }
    }

    /** The unpacked bytes of a part of a file. */
    public static InputStream unpacked(byte[] part) throws IOException {
        return unpacked(() -> new ByteArrayInputStream(part));
    }

    /** Whether what gzip has compressed begins at {@code at}. */
    public static boolean isGzip(byte[] bytes, int at) {
        return begins(bytes, at, 0x1f, 0x8b);
    }

    /** Whether what zstd has compressed begins at {@code at}; a frame with something of somebody else's may come first. */
    public static boolean isZstd(byte[] bytes, int at) {
        return begins(bytes, at, 0x28, 0xb5, 0x2f, 0xfd)
                || (begins(bytes, at + 1, 0x2a, 0x4d, 0x18) && (bytes[at] & 0xf0) == 0x50);
    }

    private static boolean begins(byte[] bytes, int at, int... magic) {
        for (int i = 0; i < magic.length; i++) {
            if (at + i >= bytes.length || (bytes[at + i] & 0xff) != magic[i]) {
                return false;
            }
        }
        return true;
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
        byte[] piece = new byte[BUFFER_BYTES];
        int nuls;
        int read;
        do {
            in.mark(piece.length);
            read = in.read(piece);
            nuls = 0;
            while (nuls < read && piece[nuls] == 0) {
                nuls++;
            }
        } while (read > 0 && nuls == read);
        in.reset();
        in.skipNBytes(nuls);
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

    private static byte[] first(InputStream in, int length) throws IOException {
        in.mark(length);
        byte[] first = in.readNBytes(length);
        in.reset();
        return first;
    }
}
