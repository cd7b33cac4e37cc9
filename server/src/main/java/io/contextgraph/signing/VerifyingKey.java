// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.signing;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The part of a {@link SigningKey} that verifies.
 *
 * <p><b>Threads.</b> Safe.
 */
public final class VerifyingKey {
    static final String ALGORITHM = "Ed25519";

    /** How long a signature is. */
    public static final int SIGNATURE_BYTES = 64;

    /** How long the key itself is. */
    public static final int RAW_BYTES = 32;

    /** What the X.509 form of each such key begins with: RFC 8410. */
    private static final byte[] X509 = HexFormat.of().parseHex("302a300506032b6570032100");

    private static final int ID_DIGITS = 16;

    private final PublicKey key;

    VerifyingKey(PublicKey key) {
        this.key = key;
    }

    /**
     * The key of {@value #RAW_BYTES} bytes.
     *
     * @throws IllegalArgumentException when it is none
     */
    public static VerifyingKey ofRaw(byte[] raw) {
        if (raw.length != RAW_BYTES) {
            throw new IllegalArgumentException("a key has " + RAW_BYTES + " bytes: " + raw.length);
        }
        byte[] encoded = Arrays.copyOf(X509, X509.length + RAW_BYTES);
        System.arraycopy(raw, 0, encoded, X509.length, RAW_BYTES);
        return ofX509(encoded);
    }

    /**
     * Reads {@link #pem}.
     *
     * @throws IllegalArgumentException when it is none
     */
    public static VerifyingKey parse(String pem) {
        return KeyBlocks.blocks(pem).stream()
                .filter(block -> block.is(KeyBlocks.PUBLIC))
                .findFirst()
                .map(VerifyingKey::of)
                .orElseThrow(() -> new IllegalArgumentException("has no block " + KeyBlocks.PUBLIC));
    }

    static VerifyingKey of(KeyBlocks.Block block) {
        return ofX509(block.content());
    }

    private static VerifyingKey ofX509(byte[] encoded) {
        try {
            return new VerifyingKey(factory().generatePublic(new X509EncodedKeySpec(encoded)));
        } catch (GeneralSecurityException other) {
            throw new IllegalArgumentException("has something else than keys of " + ALGORITHM, other);
        }
    }

    static KeyFactory factory() throws NoSuchAlgorithmException {
        return KeyFactory.getInstance(ALGORITHM);
    }

    static IllegalStateException impossible(GeneralSecurityException e) {
        return new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }

    /** Tells it from any other: the first {@value #ID_DIGITS} hexadecimal digits of the SHA-256 of its X.509 form. */
    public String id() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
            return HexFormat.of().formatHex(digest).substring(0, ID_DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw impossible(e);
        }
    }

    /** The key itself: {@value #RAW_BYTES} bytes. */
    public byte[] raw() {
        byte[] encoded = key.getEncoded();
        return Arrays.copyOfRange(encoded, encoded.length - RAW_BYTES, encoded.length);
    }

    /** As a block of PEM. */
    public String pem() {
        return KeyBlocks.text(KeyBlocks.PUBLIC, key.getEncoded());
    }

    /** Whether a signature is of this key and of this message. */
    public boolean verify(byte[] message, byte[] signature) {
        try {
            Signature verifier = Signature.getInstance(ALGORITHM);
            verifier.initVerify(key);
            verifier.update(message);
            return verifier.verify(signature);
        } catch (GeneralSecurityException altered) {
            return false;
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof VerifyingKey known && known.key.equals(key);
    }

    @Override
    public int hashCode() {
        return key.hashCode();
    }

    @Override
    public String toString() {
        return "key " + id();
    }
}
