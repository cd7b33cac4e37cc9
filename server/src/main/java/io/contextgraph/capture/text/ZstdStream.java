// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.text;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * What zstd has compressed: one frame, or several one after the other. Unlike the library's own stream, it says so where
 * a frame behind the first one is cut.
 *
 * <p>Never says that more can be read at once, for the same reason as {@link GzipStream}.
 *
 * <p><b>Units and bounds.</b> A frame may ask for a window of up to 128 MiB, as for the command {@code zstd}.
 */
final class ZstdStream extends InputStream {
    private static final String NAME = "zstd";
    private static final int PACKED_BYTES = 16 * 1024;
    private static final int PLAIN_BYTES = 32 * 1024;

    private final InputStream in;
    private final ZstdDecompressCtx decoder = new ZstdDecompressCtx();

    private final byte[] some = new byte[PACKED_BYTES];
    private final ByteBuffer packed = ByteBuffer.allocateDirect(PACKED_BYTES).limit(0);
    private final ByteBuffer plain = ByteBuffer.allocateDirect(PLAIN_BYTES).limit(0);
    private boolean withinFrame;

    /** Whether the decoder had no room for more. */
    private boolean full;

    private boolean closed;

    ZstdStream(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (!plain.hasRemaining()) {
            boolean more = packed.hasRemaining() || (withinFrame && full) || fill();
            if (!more && withinFrame) {
                throw PackedException.cut(NAME);
            }
            if (!more) {
                return -1;
            }
            decode();
        }
        int read = Math.min(length, plain.remaining());
        plain.get(into, offset, read);
        return read;
    }

    private void decode() throws IOException {
        plain.clear();
        try {
            withinFrame = !decoder.decompressDirectByteBufferStream(plain, packed);
            full = !plain.hasRemaining();
        } catch (ZstdException failed) {
            plain.position(0);
            throw named(failed);
        } finally {
            plain.flip();
        }
    }

    private static IOException named(ZstdException failed) {
        if (Zstd.getErrorCode(failed.getErrorCode()) == Zstd.errFrameParameterWindowTooLarge()) {
            return PackedException.tooLarge(
                    NAME, "needs more than 128 MiB of memory to be unpacked: unpack it first, with zstd -d --long=31");
        }
        return PackedException.damaged(NAME, String.valueOf(failed.getMessage()));
    }

    private boolean fill() throws IOException {
        int read = in.read(some);
        packed.clear().put(some, 0, Math.max(0, read)).flip();
        return read > 0;
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            decoder.close();
            in.close();
        }
    }
}
