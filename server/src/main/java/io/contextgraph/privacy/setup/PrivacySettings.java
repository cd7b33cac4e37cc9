// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.setup;

import io.contextgraph.config.Forms;
import io.contextgraph.config.Setting;
import io.contextgraph.config.SettingGroup;
import java.nio.file.Path;
import java.util.Optional;

/** Which keys seal what is about persons. */
public final class PrivacySettings {
    public static final Setting<Optional<Path>> KEYS = Setting.of(
            "privacy.keys",
            "",
            Forms.pathOrNone(),
            "Folder with the keys that seal what is about persons, as `contextgraph privacy init` makes it, away from the data and"
                    + " from its backups; empty: events about persons are refused.");
    public static final Setting<Optional<Path>> WRAPPING_KEY = Setting.of(
            "privacy.wrapping-key",
            "",
            Forms.pathOrNone(),
            "File with the key that wraps the keys of persons; empty: " + KeyFolder.WRAPPING + " in privacy.keys.");

    public static final SettingGroup SETTINGS = SettingGroup.of(KEYS, WRAPPING_KEY);

    private PrivacySettings() {}
}
