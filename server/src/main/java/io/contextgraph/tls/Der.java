// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.tls;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Puts private keys of the older forms into the one that the JDK reads.
 *
 * <p><b>Source.</b> RFC 5208 (PKCS #8), RFC 8017 (PKCS #1), RFC 5915 (SEC 1).
 */
final class Der {
    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 0x04;
    private static final int OBJECT_ID = 0x06;

    /** The parameters of the key of an elliptic curve. */
    private static final int CURVE = 0xa0;

    private static final byte[] VERSION = HexFormat.of().parseHex("020100");
    private static final byte[] RSA = HexFormat.of().parseHex("06092a864886f70d0101010500");
    private static final byte[] ELLIPTIC = HexFormat.of().parseHex("06072a8648ce3d0201");

    private Der() {}

    /** An RSA key of PKCS #1 as PKCS #8. */
    static byte[] ofRsa(byte[] key) {
        return wrapped(RSA, key);
    }

    /** A key of SEC 1 as PKCS #8; empty when it does not name its curve. */
    static Optional<byte[]> ofElliptic(byte[] key) {
        return curve(key).map(curve -> wrapped(joined(ELLIPTIC, curve), key));
    }

    private static byte[] wrapped(byte[] algorithm, byte[] key) {
        return element(SEQUENCE, joined(VERSION, element(SEQUENCE, algorithm), element(OCTETS, key)));
    }

    private static Optional<byte[]> curve(byte[] key) {
        int at = contents(key, 0);
        while (at >= 0 && at + 1 < key.length) {
            int begin = contents(key, at);
            if ((key[at] & 0xff) == CURVE && begin >= 0 && begin + 1 < key.length && key[begin] == OBJECT_ID) {
                int end = begin + 2 + key[begin + 1];
                return end > key.length || key[begin + 1] < 0
                        ? Optional.empty()
                        : Optional.of(Arrays.copyOfRange(key, begin, end));
            }
            at = begin < 0 ? -1 : begin + length(key, at);
        }
        return Optional.empty();
    }

    /** Where the contents of the element begin that begins at {@code at}; negative when there is none. */
    private static int contents(byte[] bytes, int at) {
        if (at + 1 >= bytes.length) {
            return -1;
        }
        int first = bytes[at + 1] & 0xff;
        return first < 0x80 ? at + 2 : at + 2 + (first & 0x7f);
    }

    private static int length(byte[] bytes, int at) {
        int first = bytes[at + 1] & 0xff;
        if (first < 0x80) {
            return first;
        }
        int length = 0;
        for (int i = 0; i < Math.min(first & 0x7f, 3) && at + 2 + i < bytes.length; i++) {
            length = (length << 8) + (bytes[at + 2 + i] & 0xff);
        }
        return length;
    }

    private static byte[] element(int tag, byte[] contents) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        int length = contents.length;
        if (length < 0x80) {
            out.write(length);
        } else {
            out.write(0x82);
            out.write(length >> 8);
            out.write(length);
        }
        out.writeBytes(contents);
        return out.toByteArray();
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
