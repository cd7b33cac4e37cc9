// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.local.OwnedFile;
import io.contextgraph.proof.ProofException.Reason;
import io.contextgraph.proof.note.SignedNote;
import io.contextgraph.proof.note.VerifierKey;
import io.contextgraph.signing.SigningKey;
import io.contextgraph.signing.SigningKeys;
import io.contextgraph.signing.VerifyingKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The file with the keys that sign checkpoints, which is its owner's alone.
 *
 * <p><b>Errors.</b> {@link ProofException} that says what to do, and quotes nothing of the file.
 *
 * <p><b>Threads.</b> Safe.
 */
public final class ProofKeys {
    private static final String HEAD =
            "# Signs the checkpoints of the ledger, each key that has a private part. Keep a copy of this file.\n";

    private final Path file;

    public ProofKeys(Path file) {
        this.file = file.toAbsolutePath().normalize();
    }

    /** Whether there is one. */
    public boolean exist() {
        return Files.exists(file);
    }

    /** Makes the first key, where there is no file. */
    public void create() {
        write(new SigningKeys(List.of(SigningKey.generate()), List.of()), true);
    }

    /** Tells the file from what it was before; 0 where there is none. */
    long version() {
        try {
            return Files.getLastModifiedTime(file).toMillis();
        } catch (IOException none) {
            return 0;
        }
    }

    /** What is in the file. */
    public SigningKeys read() {
        try {
            byte[] bytes = OwnedFile.read(file, "without it nobody can sign for the logs that it has signed");
            return SigningKeys.parse(new String(bytes, StandardCharsets.ISO_8859_1));
        } catch (IllegalArgumentException other) {
            throw new ProofException(
                    Reason.DAMAGED,
                    file + " " + other.getMessage() + ": bring back what it was from where you keep a copy",
                    other);
        } catch (KeyServiceException unusable) {
            throw new ProofException(Reason.DAMAGED, String.valueOf(unusable.getMessage()), unusable);
        }
    }

    /** Adds a key in front of those that sign: from now on all of them do. */
    public SigningKeys rotate() {
        return changed(read().rotated());
    }

    /** Has only the newest key sign from now on. */
    public SigningKeys retire() {
        return changed(read().settled());
    }

    private SigningKeys changed(SigningKeys keys) {
        write(keys, false);
        return keys;
    }

    private void write(SigningKeys keys, boolean anew) {
        byte[] content = (HEAD + keys.pem()).getBytes(StandardCharsets.US_ASCII);
        try {
            if (anew) {
                OwnedFile.create(file, content);
            } else {
                OwnedFile.replace(file, content);
            }
        } catch (KeyServiceException refused) {
            throw new ProofException(Reason.DAMAGED, String.valueOf(refused.getMessage()), refused);
        }
    }

    /** What verifies the checkpoints of a log. */
    public static List<VerifierKey> verifiers(String origin, List<VerifyingKey> keys) {
        return keys.stream()
                .map(key -> new VerifierKey(origin, VerifierKey.Kind.LOG, key))
                .toList();
    }

    /** Whether one of some keys has signed a checkpoint of this log. */
    static boolean haveSigned(SignedNote note, String origin, List<VerifyingKey> keys) {
        return verifiers(origin, keys).stream().anyMatch(note::isSignedBy);
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
