// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.tree;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/** A SHA-256 of the tree: {@value #BYTES} bytes. */
public final class Hash {
    /** How long it is. */
    public static final int BYTES = 32;

    private final byte[] bytes;

    /** Takes the array over: it must not change any more. */
    private Hash(byte[] bytes) {
        this.bytes = bytes;
    }

    /** @throws IllegalArgumentException when it is of another length */
    public static Hash of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a hash has " + BYTES + " bytes: " + bytes.length);
        }
        return new Hash(bytes.clone());
    }

    /** One of those that lie one behind the other. */
    static Hash at(byte[] hashes, int index) {
        return new Hash(Arrays.copyOfRange(hashes, index * BYTES, (index + 1) * BYTES));
    }

    /** Of a digest that nobody else has. */
    static Hash ofDigest(byte[] digest) {
        return new Hash(digest);
    }

    /**
     * Reads {@link #base64}.
     *
     * @throws IllegalArgumentException when it is not that, to the letter
     */
    public static Hash ofBase64(String text) {
        Hash hash = of(Base64.getDecoder().decode(text));
        if (!hash.base64().equals(text)) {
            throw new IllegalArgumentException("not the base64 of a hash: " + text);
        }
        return hash;
    }

    /** In standard base64, with padding. */
    public String base64() {
        return Base64.getEncoder().encodeToString(bytes);
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    void copyTo(byte[] hashes, int index) {
        System.arraycopy(bytes, 0, hashes, index * BYTES, BYTES);
    }

    void update(MessageDigest digest) {
        digest.update(bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Hash hash && Arrays.equals(bytes, hash.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(bytes);
    }
}
