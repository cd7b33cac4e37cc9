// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import java.util.Base64;

/** Reads base64 as it is written: Java also reads texts whose last digit has bits in it that stand for nothing. */
public final class ExactBase64 {
    private ExactBase64() {}

    /**
     * The bytes of a text.
     *
     * @throws IllegalArgumentException when it is not the one text that stands for some bytes; it is not quoted
     */
    public static byte[] decode(String text) {
        byte[] bytes = Base64.getDecoder().decode(text);
        if (!Base64.getEncoder().encodeToString(bytes).equals(text)) {
            throw new IllegalArgumentException("this is not base64 as it is written");
        }
        return bytes;
    }
}
