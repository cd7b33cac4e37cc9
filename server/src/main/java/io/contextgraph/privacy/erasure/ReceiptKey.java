// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.KeyServiceException.Reason;
import io.contextgraph.privacy.local.OwnedFile;
import io.contextgraph.signing.SigningKey;
import io.contextgraph.signing.SigningKeys;
import io.contextgraph.signing.VerifyingKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The key that signs receipts.
 *
 * <p><b>Shape.</b> A file with a {@link SigningKey} as text. It is its owner's alone, and is not read when others may read it.
 *
 * <p><b>Errors.</b> {@link KeyServiceException} that says what to do, and quotes nothing of the file.
 *
 * <p><b>Threads.</b> Safe.
 */
public final class ReceiptKey {
    private final SigningKey key;

    private ReceiptKey(SigningKey key) {
        this.key = key;
    }

    /**
     * Makes a key in a file of its own.
     *
     * @param file must not be there
     */
    public static ReceiptKey create(Path file) {
        SigningKey key = SigningKey.generate();
        String text = "# Signs the receipts for erasures. Keep a copy of this file.\n" + key.pem();
        OwnedFile.create(file, text.getBytes(StandardCharsets.US_ASCII));
        return new ReceiptKey(key);
    }

    /** Reads a file. */
    public static ReceiptKey read(Path file) {
        byte[] bytes = OwnedFile.read(file, "only where there is none make a new one");
        try {
            return new ReceiptKey(SigningKeys.parse(new String(bytes, StandardCharsets.ISO_8859_1))
                    .signing()
                    .getFirst());
        } catch (IllegalArgumentException other) {
            throw new KeyServiceException(
                    Reason.DAMAGED,
                    file + " " + other.getMessage()
                            + ": bring back what it was from where you keep a copy, or name another"
                            + " file; what it has signed stays good");
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    byte[] sign(byte[] payload) {
        return key.sign(payload);
    }

    /** What may be shown to anybody. */
    public VerifyingKey publicKey() {
        return key.shown();
    }

    /** Which one, without the key. */
    @Override
    public String toString() {
        return "receipt key " + key.shown().id();
    }
}
