// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.engine;

import io.contextgraph.access.RateLimits.Allowance;
import io.contextgraph.http.problem.Problem;
import io.contextgraph.http.problem.ProblemCode;
import io.helidon.common.buffers.DataReader;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ServerConnectionException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * A body as it arrives: counted, taken from what its caller may send. Tells what the engine finds wrong with a chunk, and
 * clients that leave or are too slow, from a defect of ours.
 */
final class Arriving extends FilterInputStream {
    private final Optional<Allowance> allowance;
    private long bytes;

    /** @param allowance from which what arrives is taken */
    Arriving(InputStream in, Optional<Allowance> allowance) {
        super(in);
        this.allowance = allowance;
    }

    /** How many bytes have been read. */
    long bytes() {
        return bytes;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
        try {
            int n = super.read(into, from, length);
            bytes += Math.max(0, n);
            allowance.ifPresent(left -> left.read(n));
            return n;
        } catch (IllegalArgumentException badSize) {
            throw Problem.of(ProblemCode.MALFORMED_REQUEST, "A chunk of the body is malformed.")
                    .raised();
        } catch (DataReader.InsufficientDataAvailableException | ServerConnectionException gone) {
            throw new CloseConnectionException("The body broke off", gone);
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public void close() throws IOException {
        try {
            super.close();
        } catch (IllegalArgumentException badSize) {
            // Who read has been told.
        }
    }
}
