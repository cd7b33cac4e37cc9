// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What something sealed belongs to, as bytes: whoever opens it must name the same.
 *
 * <p><b>Shape.</b> A label and parts, each behind its length in four bytes: no two lists of parts have the same bytes.
 */
public final class AssociatedData {
    private AssociatedData() {}

    /** @param label says what the parts are, so that one kind is never taken for another */
    public static byte[] of(String label, String... parts) {
        byte[][] bytes = new byte[parts.length][];
        for (int i = 0; i < parts.length; i++) {
            bytes[i] = parts[i].getBytes(StandardCharsets.UTF_8);
        }
        return of(label, bytes);
    }

    static byte[] of(String label, byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        write(out, label.getBytes(StandardCharsets.UTF_8));
        for (byte[] part : parts) {
            write(out, part);
        }
        return out.toByteArray();
    }

    private static void write(ByteArrayOutputStream out, byte[] part) {
        out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(part.length).array());
        out.writeBytes(part);
    }
}
