// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

import java.util.Base64;
import java.util.HexFormat;

/** SHA-256 over the canonical form of an event ({@link EventJson#canonical}): 64 lower-case hexadecimal digits. */
public record ContentHash(String hex) {
    private static final int LENGTH = 64;

    /** @throws IllegalArgumentException when {@code hex} is not of that form */
    public ContentHash {
        if (!LowerHex.isAll(hex, 0, LENGTH)) {
            throw new IllegalArgumentException("a content hash has 64 lower-case hexadecimal digits: " + hex);
        }
    }

    /** The same hash in 43 characters of base64url, the form in which it takes the least room. */
    public String base64Url() {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(HexFormat.of().parseHex(hex));
    }

    /** @throws IllegalArgumentException when {@code text} is not of the form of {@link #base64Url} */
    public static ContentHash ofBase64Url(String text) {
        return new ContentHash(HexFormat.of().formatHex(Base64.getUrlDecoder().decode(text)));
    }

    @Override
    public String toString() {
        return hex;
    }
}
