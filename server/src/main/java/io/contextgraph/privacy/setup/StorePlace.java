// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.setup;

import io.contextgraph.storage.StorageLocation;
import java.nio.file.Path;
import java.util.Optional;

/** Where the wrapped keys of persons are kept, as somebody sets it. */
sealed interface StorePlace {
    /** In the folder of keys. */
    record Own() implements StorePlace {}

    /** In another folder. */
    record Folder(Path path) implements StorePlace {}

    /** In Vault's KV 2. */
    record Vault(String mount, String path) implements StorePlace {}

    /** In a bucket. */
    record Bucket(StorageLocation.Bucket location) implements StorePlace {}

    /** Reads a setting; empty for anything else. */
    static Optional<StorePlace> parse(String text) {
        if (text.isBlank()) {
            return Optional.of(new Own());
        }
        if (text.startsWith(WrappingPlace.VAULT)) {
            return VaultPath.parse(text.substring(WrappingPlace.VAULT.length()))
                    .map(path -> new Vault(path.mount(), path.rest()));
        }
        return StorageLocation.parse(text).map(location -> switch (location) {
            case StorageLocation.Folder folder -> new Folder(folder.path());
            case StorageLocation.Bucket bucket -> new Bucket(bucket);
        });
    }
}
