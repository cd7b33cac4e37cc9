// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.archive;

import io.contextgraph.config.Forms;
import io.contextgraph.config.Setting;
import io.contextgraph.config.SettingGroup;
import io.contextgraph.storage.StorageLocation;
import java.util.Optional;

/** Where events are archived before they leave the ledger for good. */
public final class ArchiveSettings {
    public static final Setting<Optional<StorageLocation>> LOCATION = Setting.of(
            "archive.location",
            "",
            StorageLocation.form(),
            "Where events are archived before they leave the ledger for good: a folder, or s3://bucket/prefix.");
    public static final Setting<Boolean> REQUIRED = Setting.of(
            "archive.required",
            "true",
            Forms.flag(),
            "Where archive.location is empty: whether events stay in the ledger until there is an archive; false says that none"
                    + " is wanted, and what is older than retention keeps goes for good.");

    public static final SettingGroup SETTINGS = SettingGroup.of(LOCATION, REQUIRED);

    private ArchiveSettings() {}
}
