// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a secret: its SHA-256. The secret is 256 random bits, so that nobody can find it by trying, and no salt is
 * needed.
 */
public final class KeyHash {
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{64}");

    private final byte[] bytes;

    private KeyHash(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * What a store has kept.
     *
     * @param hex 64 digits in lower case
     * @throws IllegalArgumentException when it is not a SHA-256
     */
    public static KeyHash ofHex(String hex) {
        if (!FORM.matcher(hex).matches()) {
            throw new IllegalArgumentException("not a SHA-256 in hexadecimal digits");
        }
        return new KeyHash(HexFormat.of().parseHex(hex));
    }

    static KeyHash of(String secret) {
        try {
            return new KeyHash(
                    MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.ISO_8859_1)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** 64 digits in lower case. */
    public String hex() {
        return HexFormat.of().formatHex(bytes);
    }

    /** Compares in a time that says nothing of where the two differ. */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof KeyHash hash && MessageDigest.isEqual(bytes, hash.bytes);
    }

    /** Its first two bytes, which tell too little of it to help anybody. */
    @Override
    public int hashCode() {
        return ((bytes[0] & 0xff) << 8) | (bytes[1] & 0xff);
    }

    @Override
    public String toString() {
        return hex();
    }
}
