// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.engine;

import io.contextgraph.http.problem.Problem;
import io.contextgraph.http.problem.ProblemCode;
import io.contextgraph.http.problem.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A body that arrives packed, unpacked while it arrives.
 *
 * <p><b>Bounds.</b> At most a hundred times as many bytes as have arrived, beyond the first MiB.
 *
 * <p><b>Errors.</b> {@link ProblemException} 413 beyond that, 400 for what is not packed so or is cut. What stands behind
 * its end is not looked at.
 */
public final class Unpacked extends InputStream {
    private static final int MOST_TIMES = 100;
    private static final long FREE = 1 << 20;

    private final ContentCoding coding;
    private final Arriving packed;
    private @Nullable InputStream unpacked;
    private long bytes;
    private boolean ended;

    Unpacked(ContentCoding coding, Arriving packed) {
        this.coding = coding;
        this.packed = packed;
    }

    /**
     * Holds what is unpacked against what has arrived, in bytes.
     *
     * @throws ProblemException 413 where it is too much
     */
    public static void requireBound(long unpacked, long packed) {
        if (unpacked > FREE && unpacked > packed * MOST_TIMES) {
            throw Problem.of(
                            ProblemCode.BODY_TOO_LARGE,
                            "A body must not unpack to more than " + MOST_TIMES + " times its size.")
                    .raised();
        }
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
        if (ended) {
            return -1;
        }
        int n = next(into, from, length);
        if (n < 0) {
            ended = true;
            return n;
        }
        bytes += n;
        requireBound(bytes, packed.bytes());
        return n;
    }

    private int next(byte[] into, int from, int length) {
        try {
            InputStream in = unpacked;
            if (in == null) {
                in = coding.unpacked(packed);
                unpacked = in;
            }
            int n = in.read(into, from, length);
            if (n < 0) {
                // A body is read to its end, or its connection would have to go.
                long ignored = packed.transferTo(OutputStream.nullOutputStream());
            }
            return n;
        } catch (IOException broken) {
            throw Problem.of(
                            ProblemCode.MALFORMED_CONTENT_ENCODING,
                            "The body is not what its Content-Encoding says, " + coding.title()
                                    + ": it is damaged or cut.")
                    .raised();
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public void close() throws IOException {
        InputStream in = unpacked;
        if (in == null) {
            packed.close();
        } else {
            in.close();
        }
    }
}
