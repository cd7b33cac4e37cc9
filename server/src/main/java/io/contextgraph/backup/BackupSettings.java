// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.backup;

import io.contextgraph.config.Forms;
import io.contextgraph.config.Setting;
import io.contextgraph.config.SettingGroup;
import io.contextgraph.storage.StorageLocation;
import java.time.Duration;
import java.util.Optional;

/** Where backups are kept, how often they are taken, and how many stay. */
public final class BackupSettings {
    public static final Setting<Optional<StorageLocation>> LOCATION = Setting.of(
            "backup.location",
            "",
            StorageLocation.form(),
            "Where contextgraph backup keeps backups: a folder that does not lie on the disks of Redis, or s3://bucket/prefix.");
    public static final Setting<Duration> INTERVAL = Setting.of(
            "backup.interval",
            "0",
            Forms.durationOrNone("1m"),
            "How old the newest backup becomes before a server takes the next, of several on one ledger one; 0: none does.");
    public static final Setting<Integer> KEEP = Setting.of(
            "backup.keep",
            "7",
            Forms.whole(1, 10_000),
            "How many backups of a ledger are kept, the newest; beside them the newest one that was verified.");
    public static final Setting<Boolean> VERIFY = Setting.of(
            "backup.verify",
            "true",
            Forms.flag(),
            "Whether each backup is tried out when it is taken, by a Redis that is started on it on this machine.");

    public static final SettingGroup SETTINGS = SettingGroup.of(LOCATION, INTERVAL, KEEP, VERIFY);

    private BackupSettings() {}
}
