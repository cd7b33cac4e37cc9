// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.setup;

import io.contextgraph.privacy.aws.KmsSettings;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What wraps the keys of persons, as somebody sets it. */
sealed interface WrappingPlace {
    /** The file of the folder of keys. */
    record Own() implements WrappingPlace {}

    /** Another file. */
    record File(Path path) implements WrappingPlace {}

    /** A key of Vault's transit engine. */
    record Transit(String mount, String key) implements WrappingPlace {}

    /** Keys of AWS KMS, by their number. */
    record Kms(SortedMap<Integer, String> keys) implements WrappingPlace {}

    String VAULT = "vault:";
    String KMS = "kms:";

    /** Reads a setting; empty for anything else. */
    static Optional<WrappingPlace> parse(String text) {
        if (text.isBlank()) {
            return Optional.of(new Own());
        }
        if (text.startsWith(VAULT)) {
            return VaultPath.parse(text.substring(VAULT.length())).map(path -> new Transit(path.mount(), path.rest()));
        }
        if (text.startsWith(KMS)) {
            return kms(text.substring(KMS.length()));
        }
        try {
            return Optional.of(new File(Path.of(text)));
        } catch (InvalidPathException noPath) {
            return Optional.empty();
        }
    }

    private static Optional<WrappingPlace> kms(String text) {
        SortedMap<Integer, String> keys = new TreeMap<>();
        for (String key : text.split(",", -1)) {
            String ignored = keys.put(keys.size() + 1, key.strip());
        }
        return KmsSettings.areKeys(keys) ? Optional.of(new Kms(keys)) : Optional.empty();
    }
}
