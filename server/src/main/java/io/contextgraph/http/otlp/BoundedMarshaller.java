// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.otlp;

import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * The bytes of a message, as far as they may go: what it is, is looked at when there is room for it.
 *
 * @param mostBytes more are not kept
 */
record BoundedMarshaller(int mostBytes) implements Marshaller<BoundedMarshaller.Body> {
    private static final int PIECE = 64 * 1024;

    /**
     * A message.
     *
     * @param bytes empty where it has too many
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Body(byte[] bytes, boolean tooLarge) {}

    @Override
    public InputStream stream(Body body) {
        return new ByteArrayInputStream(body.bytes());
    }

    /** Reads one byte more than it may have: a message that was packed can be of any size. */
    @Override
    public Body parse(InputStream in) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] piece = new byte[PIECE];
        try {
            for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
                if ((long) bytes.size() + n > mostBytes) {
                    return new Body(new byte[0], true);
                }
                bytes.write(piece, 0, n);
            }
        } catch (StatusRuntimeException unpackedTooLarge) {
            return new Body(new byte[0], true);
        } catch (IOException damaged) {
            throw new UncheckedIOException(damaged);
        }
        return new Body(bytes.toByteArray(), false);
    }
}
