// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.format;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/** Opens the content of a file, unpacked: gzip is recognized by its magic bytes, also inside gzip. */
public final class TraceContent {
    /** How much of a file decides whether it is binary, and is searched for a readable line. */
    static final int HEAD_BYTES = 64 * 1024;

    private static final int MAX_GZIP_LAYERS = 3;
    private static final int BUFFER_BYTES = 64 * 1024;

    private TraceContent() {}

    /** The unpacked bytes, without a byte order mark. */
    public static InputStream open(Path file) throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES);
        try {
            for (int layer = 0; layer < MAX_GZIP_LAYERS && startsWith(in, 0x1f, 0x8b); layer++) {
                in = new BufferedInputStream(new Unzipped(in), BUFFER_BYTES);
            }
            if (startsWith(in, 0xef, 0xbb, 0xbf)) {
                in.skipNBytes(3);
            }
            return in;
        } catch (IOException | RuntimeException failed) {
            in.close();
            throw failed;
        }
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
    static byte[] head(InputStream in) throws IOException {
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

    /** {@code in}, which fails when more than {@code maxBytes} are read from it. */
    public static InputStream limited(InputStream in, long maxBytes) {
        return new FilterInputStream(in) {
            private long left = maxBytes;

            @Override
            public int read() throws IOException {
                int read = super.read();
                count(read < 0 ? 0 : 1);
                return read;
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                int read = super.read(into, offset, length);
                count(Math.max(0, read));
                return read;
            }

            private void count(int bytes) throws IOException {
                left -= bytes;
                if (left < 0) {
                    throw new DocumentTooLargeException(maxBytes);
                }
            }
        };
    }

    private static boolean startsWith(InputStream in, int... magic) throws IOException {
        in.mark(magic.length);
        boolean same = true;
        for (int expected : magic) {
            same = in.read() == expected && same;
        }
        in.reset();
        return same;
    }
}
