// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.config.Settings;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.StorageLocation;
import io.contextgraph.storage.folder.FolderStorage;
import io.contextgraph.storage.s3.S3Settings;
import io.contextgraph.storage.s3.S3Storage;

/** Opens the places where files are kept that outlive a ledger. */
final class Storages {
    private Storages() {}

    /** The storage at a place, which need not answer yet. */
    static Storage open(StorageLocation location, Settings settings) {
        return switch (location) {
            case StorageLocation.Folder folder -> new FolderStorage(folder.path());
            case StorageLocation.Bucket bucket -> new S3Storage(bucket, S3Settings.from(settings));
        };
    }
}
