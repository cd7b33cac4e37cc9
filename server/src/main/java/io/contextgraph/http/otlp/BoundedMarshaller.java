// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.otlp;

import io.contextgraph.http.problem.Problem;
import io.contextgraph.http.problem.ProblemCode;
import io.contextgraph.http.problem.ProblemException;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

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
     * @param bytes none where something is wrong
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Body(byte[] bytes, Optional<ProblemException> wrong) {
        private static Body wrong(ProblemCode code, String detail) {
            return new Body(new byte[0], Optional.of(Problem.of(code, detail).raised()));
        }
    }

    @Override
    public InputStream stream(Body body) {
        return new ByteArrayInputStream(body.bytes());
    }

    /** Reads one byte more than it may have: a message that was packed can be of any size. */
    @Override
    public Body parse(InputStream in) {
        CallMemory memory = CallMemory.current();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte[] piece = new byte[PIECE];
        try {
            for (int n = in.read(piece); n >= 0 && !memory.isOver(); n = in.read(piece)) {
                if ((long) bytes.size() + n > mostBytes) {
                    return tooLarge();
                }
                bytes.write(piece, 0, n);
            }
        } catch (StatusRuntimeException unpackedTooLarge) {
            return tooLarge();
        } catch (IOException damaged) {
            return Body.wrong(
                    ProblemCode.MALFORMED_CONTENT_ENCODING,
                    "The message is not what its grpc-encoding says: it is damaged or cut.");
        }
        return new Body(bytes.toByteArray(), Optional.empty());
    }

    private Body tooLarge() {
        return Body.wrong(
                ProblemCode.BODY_TOO_LARGE,
                "A request must not have more than " + mostBytes
                        + " bytes, unpacked; nothing of it was taken: let the exporter send smaller batches.");
    }
}
