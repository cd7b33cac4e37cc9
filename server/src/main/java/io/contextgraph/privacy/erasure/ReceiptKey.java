// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.KeyServiceException.Reason;
import io.contextgraph.privacy.local.OwnedFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The key that signs receipts.
 *
 * <p><b>Shape.</b> A file with two blocks of PEM, as OpenSSL reads and writes them: {@code PRIVATE KEY} (PKCS #8) and {@code PUBLIC KEY}
 * (X.509), both of Ed25519. It is its owner's alone, and is not read when others may read it.
 *
 * <p><b>Errors.</b> {@link KeyServiceException} that says what to do, and quotes nothing of the file.
 *
 * <p><b>Threads.</b> Safe.
 *
 * <p><b>Source.</b> RFC 8032.
 */
public final class ReceiptKey {
    private static final String ALGORITHM = "Ed25519";
    private static final String PRIVATE = "PRIVATE KEY";
    private static final String PUBLIC = "PUBLIC KEY";
    private static final byte[] TRIED = "Context Graph receipt".getBytes(StandardCharsets.UTF_8);
    private static final int ID_DIGITS = 16;
    private static final int LINE = 64;

    private final PrivateKey secret;
    private final Public shown;

    private ReceiptKey(PrivateKey secret, Public shown) {
        this.secret = secret;
        this.shown = shown;
    }

    /**
     * Makes a key in a file of its own.
     *
     * @param file must not be there
     */
    public static ReceiptKey create(Path file) {
        try {
            KeyPair pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
            String text = "# Signs the receipts for erasures. Keep a copy of this file.\n"
                    + pem(PRIVATE, pair.getPrivate().getEncoded())
                    + pem(PUBLIC, pair.getPublic().getEncoded());
            OwnedFile.create(file, text.getBytes(StandardCharsets.US_ASCII));
            return new ReceiptKey(pair.getPrivate(), new Public(pair.getPublic()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }

    /** Reads a file. */
    public static ReceiptKey read(Path file) {
        byte[] bytes = OwnedFile.read(file, "only where there is none make a new one");
        try {
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            KeyFactory factory = KeyFactory.getInstance(ALGORITHM);
            byte[] encoded = block(PRIVATE, text, file);
            PrivateKey secret = factory.generatePrivate(new PKCS8EncodedKeySpec(encoded));
            Arrays.fill(encoded, (byte) 0);
            ReceiptKey key = new ReceiptKey(
                    secret, new Public(factory.generatePublic(new X509EncodedKeySpec(block(PUBLIC, text, file)))));
            if (!key.shown.verify(TRIED, key.sign(TRIED))) {
                throw damaged(file, "has a private and a public key that do not belong together");
            }
            return key;
        } catch (GeneralSecurityException | IllegalArgumentException other) {
            throw damaged(file, "has something else than keys of " + ALGORITHM);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    private static byte[] block(String name, String text, Path file) {
        Matcher found = Pattern.compile("-----BEGIN " + name + "-----([A-Za-z0-9+/=\\s]+)-----END " + name + "-----")
                .matcher(text);
        if (!found.find()) {
            throw damaged(file, "has no block " + name);
        }
        return Base64.getMimeDecoder().decode(found.group(1));
    }

    private static KeyServiceException damaged(Path file, String what) {
        return new KeyServiceException(
                Reason.DAMAGED,
                file + " " + what + ": bring back what it was from where you keep a copy, or name another file; what"
                        + " it has signed stays good");
    }

    private static String pem(String name, byte[] encoded) {
        return "-----BEGIN " + name + "-----\n"
                + Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(encoded)
                + "\n-----END " + name + "-----\n";
    }

    byte[] sign(byte[] payload) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(secret);
            signature.update(payload);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }

    /** What may be shown to anybody. */
    public Public publicKey() {
        return shown;
    }

    /** Which one, without the key. */
    @Override
    public String toString() {
        return "receipt key " + shown.id();
    }

    /** The part of it that verifies. */
    public static final class Public {
        private final PublicKey key;

        private Public(PublicKey key) {
            this.key = key;
        }

        /**
         * Reads the block of PEM that {@link #pem} gives.
         *
         * @throws IllegalArgumentException when it is none
         */
        public static Public parse(String pem) {
            try {
                byte[] encoded = block(PUBLIC, pem, Path.of("what was given"));
                return new Public(KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(encoded)));
            } catch (GeneralSecurityException | KeyServiceException other) {
                throw new IllegalArgumentException("a public key of " + ALGORITHM + " is a block of PEM", other);
            }
        }

        /** Tells it from any other: the first {@value #ID_DIGITS} hexadecimal digits of the SHA-256 of its X.509 form. */
        public String id() {
            return ErasureReceipt.sha256(key.getEncoded()).substring(0, ID_DIGITS);
        }

        /** As a block of PEM. */
        public String pem() {
            return ReceiptKey.pem(PUBLIC, key.getEncoded());
        }

        boolean verify(byte[] payload, byte[] signature) {
            try {
                Signature verifier = Signature.getInstance(ALGORITHM);
                verifier.initVerify(key);
                verifier.update(payload);
                return verifier.verify(signature);
            } catch (GeneralSecurityException altered) {
                return false;
            }
        }
    }
}
