// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.signing;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;

/**
 * A key that signs.
 *
 * <p><b>Shape.</b> As text two blocks of PEM, as OpenSSL reads and writes them: {@value KeyBlocks#PRIVATE} (PKCS #8) and
 * {@value KeyBlocks#PUBLIC} (X.509).
 *
 * <p><b>Threads.</b> Safe.
 *
 * <p><b>Source.</b> RFC 8032.
 */
public final class SigningKey {
    private static final byte[] TRIED = {1};

    private final PrivateKey secret;
    private final VerifyingKey shown;

    private SigningKey(PrivateKey secret, VerifyingKey shown) {
        this.secret = secret;
        this.shown = shown;
    }

    /** A new one. */
    public static SigningKey generate() {
        try {
            KeyPair pair = KeyPairGenerator.getInstance(VerifyingKey.ALGORITHM).generateKeyPair();
            return new SigningKey(pair.getPrivate(), new VerifyingKey(pair.getPublic()));
        } catch (GeneralSecurityException e) {
            throw VerifyingKey.impossible(e);
        }
    }

    /**
     * The one that two blocks are.
     *
     * @throws IllegalArgumentException that says what they are instead, and quotes nothing of them
     */
    static SigningKey of(KeyBlocks.Block secret, KeyBlocks.Block shown) {
        byte[] encoded = secret.content();
        try {
            PrivateKey key = VerifyingKey.factory().generatePrivate(new PKCS8EncodedKeySpec(encoded));
            SigningKey pair = new SigningKey(key, VerifyingKey.of(shown));
            if (!pair.shown.verify(TRIED, pair.sign(TRIED))) {
                throw new IllegalArgumentException("has a private and a public key that do not belong together");
            }
            return pair;
        } catch (GeneralSecurityException other) {
            throw new IllegalArgumentException("has something else than keys of " + VerifyingKey.ALGORITHM, other);
        } finally {
            Arrays.fill(encoded, (byte) 0);
        }
    }

    /** A signature of {@value VerifyingKey#SIGNATURE_BYTES} bytes. */
    public byte[] sign(byte[] message) {
        try {
            Signature signature = Signature.getInstance(VerifyingKey.ALGORITHM);
            signature.initSign(secret);
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw VerifyingKey.impossible(e);
        }
    }

    /** What may be shown to anybody. */
    public VerifyingKey shown() {
        return shown;
    }

    /** As text: a secret. */
    public String pem() {
        return KeyBlocks.text(KeyBlocks.PRIVATE, secret.getEncoded()) + shown.pem();
    }

    /** Which one, without the key. */
    @Override
    public String toString() {
        return "signing key " + shown.id();
    }
}
