// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import java.util.Arrays;
import java.util.function.IntConsumer;

/** Some bytes to be looked for in many others. */
final class BytePattern {
    private final byte[] bytes;
    private final int[] skips = new int[256];

    BytePattern(byte[] bytes) {
        this.bytes = bytes.clone();
        Arrays.fill(skips, bytes.length);
        for (int i = 0; i < bytes.length - 1; i++) {
            skips[bytes[i] & 0xff] = bytes.length - 1 - i;
        }
    }

    /** Tells each place where it begins in the first {@code length} bytes of a text. */
    void in(byte[] text, int length, IntConsumer found) {
        int last = bytes.length - 1;
        for (int at = 0; at + last < length; at += skips[text[at + last] & 0xff]) {
            if (text[at + last] == bytes[last] && Arrays.equals(text, at, at + last, bytes, 0, last)) {
                found.accept(at);
            }
        }
    }
}
