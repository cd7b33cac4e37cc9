// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.note;

import io.contextgraph.signing.VerifyingKey;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whose signature a note may have: a key under a name.
 *
 * <p><b>Shape.</b> As text {@code <name>+<id in hex>+<base64 of kind and key>}.
 *
 * <p><b>Source.</b> C2SP signed-note and tlog-cosignature.
 *
 * @param name who signs; neither spaces nor plus signs
 */
public record VerifierKey(String name, Kind kind, VerifyingKey key) {
    /** What is signed. */
    public enum Kind {
        /** The text. */
        LOG(1),
        /** The text of a checkpoint, and when its consistency was seen. */
        WITNESS(4);

        private final byte type;

        Kind(int type) {
            this.type = (byte) type;
        }
    }

    private static final Pattern NAME = Pattern.compile("[^\\s\\p{Z}\\p{Cc}+]+");
    private static final Pattern TEXT =
            Pattern.compile("(" + NAME.pattern() + ")\\+([0-9a-f]{8})\\+([A-Za-z0-9+/]+={0,2})");

    /** @throws IllegalArgumentException when nobody can have this name */
    public VerifierKey {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("a name has neither spaces nor plus signs: " + name);
        }
    }

    /**
     * Reads {@link #toString}.
     *
     * @throws IllegalArgumentException when it is none
     */
    public static VerifierKey parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("a verifier key is <name>+<id>+<key>: " + text);
        }
        byte[] material = Base64.getDecoder().decode(parts.group(3));
        for (Kind kind : Kind.values()) {
            if (material[0] == kind.type) {
                VerifierKey key = new VerifierKey(
                        parts.group(1), kind, VerifyingKey.ofRaw(Arrays.copyOfRange(material, 1, material.length)));
                if (!key.toString().equals(text)) {
                    throw new IllegalArgumentException("the id of this verifier key is that of another: " + text);
                }
                return key;
            }
        }
        throw new IllegalArgumentException("a verifier key is one of Ed25519, of a log or of a witness: " + text);
    }

    /** Tells its signatures from others': four bytes. */
    public int id() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((name + "\n").getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest.digest(material())).getInt();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private byte[] material() {
        ByteArrayOutputStream material = new ByteArrayOutputStream();
        material.write(kind.type);
        material.writeBytes(key.raw());
        return material.toByteArray();
    }

    /** Whether a signature line has its name and id. */
    boolean isOf(SignedNote.Line line) {
        return line.name().equals(name) && line.id() == id();
    }

    @Override
    public String toString() {
        return name + "+" + HexFormat.of().toHexDigits(id()) + "+"
                + Base64.getEncoder().encodeToString(material());
    }
}
