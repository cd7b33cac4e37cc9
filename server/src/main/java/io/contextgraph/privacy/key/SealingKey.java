// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import com.google.crypto.tink.AccessesPartialKey;
import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.LowLevelCryptoCaller;
import com.google.crypto.tink.aead.PredefinedAeadParameters;
import com.google.crypto.tink.aead.XAesGcmKey;
import com.google.crypto.tink.aead.subtle.XAesGcmAead;
import com.google.crypto.tink.util.SecretBytes;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Seals and opens bytes with one key, by Google Tink.
 *
 * <p><b>Shape.</b> XAES-256-GCM: a nonce of 24 random bytes, the ciphertext, a tag of 16. Nonces do not run out however much
 * is sealed with a key.
 *
 * <p><b>Threads.</b> Safe. Tink keeps the cipher that a thread used last, and with it a copy of its key; each call ends by
 * having it used with a key that opens nothing, so that no thread holds on to a key that was dropped.
 *
 * <p><b>Source.</b> C2SP XAES-256-GCM.
 */
public final class SealingKey {
    /** Name of the algorithm in what is stored. */
    public static final String ALGORITHM = "XAES-256-GCM";

    private static final byte[] NOTHING = {};
    private static final Aead IDLE = aead(RandomKey.bytes());

    private final Aead aead;

    private SealingKey(Aead aead) {
        this.aead = aead;
    }

    /** Takes the {@value KeyVersions#KEY_BYTES} bytes of a key, and overwrites them. */
    public static SealingKey consume(byte[] key) {
        try {
            return new SealingKey(aead(key));
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    @AccessesPartialKey
    @LowLevelCryptoCaller
    private static Aead aead(byte[] key) {
        try {
            return XAesGcmAead.create(XAesGcmKey.create(
                    PredefinedAeadParameters.XAES_256_GCM_192_BIT_NONCE_NO_PREFIX,
                    SecretBytes.copyFrom(key, InsecureSecretKeyAccess.get()),
                    null));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("a key has " + KeyVersions.KEY_BYTES + " bytes, not " + key.length, e);
        }
    }

    /** Seals for whoever names the same associated data. */
    public byte[] seal(byte[] plain, byte[] associatedData) {
        try {
            return aead.encrypt(plain, associatedData);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES-GCM", e);
        } finally {
            forget();
        }
    }

    /** Opens what was sealed by this key with the same associated data; empty for anything else. */
    public Optional<byte[]> open(byte[] sealed, byte[] associatedData) {
        try {
            return Optional.of(aead.decrypt(sealed, associatedData));
        } catch (GeneralSecurityException altered) {
            return Optional.empty();
        } finally {
            forget();
        }
    }

    private static void forget() {
        try {
            byte[] ignored = IDLE.encrypt(NOTHING, NOTHING);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has AES-GCM", e);
        }
    }
}
