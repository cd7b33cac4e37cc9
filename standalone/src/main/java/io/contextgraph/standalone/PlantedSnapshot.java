// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.standalone;

import io.contextgraph.app.Backends;
import io.contextgraph.event.Json;
import io.contextgraph.ledger.snapshot.Snapshots.Store;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A snapshot as the base of an append-only file, where an embedded Redis reads it when it starts: with {@code appendonly yes}
 * Redis heeds no {@code dump.rdb}.
 *
 * <p><b>Guarantees.</b> It is there whole or not at all, and never takes the place of data.
 *
 * <p><b>Source.</b> The multi-part append-only file of Redis 7: a manifest that names a base of type {@code b}.
 */
final class PlantedSnapshot {
    private static final String FOLDER = "appendonlydir";
    private static final String BASE = "appendonly.aof.1.base.rdb";
    private static final String MANIFEST = "appendonly.aof.manifest";
    private static final String UNFINISHED = "data.restoring";

    private PlantedSnapshot() {}

    /**
     * Plants it.
     *
     * @param home the folder of a Redis that does not run
     * @throws Backends.DataThereException where there is data
     */
    static void plant(Path home, Path snapshot, Store store) throws IOException {
        PrivateFiles.createFolder(home);
        Path data = home.resolve("data");
        if (Files.isDirectory(data)) {
            try (var there = Files.list(data)) {
                if (there.findAny().isPresent()) {
                    throw new Backends.DataThereException(
                            data + " holds data, which a restore never takes the place of: move the folder " + home
                                    + " away, or name an empty one with --data-dir");
                }
            }
        }
        Path unfinished = home.resolve(UNFINISHED);
        Path folder = unfinished.resolve(FOLDER);
        for (Path left : new Path[] {folder.resolve(BASE), folder.resolve(MANIFEST), folder, unfinished}) {
            Files.deleteIfExists(left);
        }
        PrivateFiles.createFolder(folder);
        Files.copy(snapshot, folder.resolve(BASE), StandardCopyOption.COPY_ATTRIBUTES);
        PrivateFiles.write(folder.resolve(MANIFEST), "file " + BASE + " seq 1 type b\n");
        for (Path written : new Path[] {folder.resolve(BASE), folder.resolve(MANIFEST), folder}) {
            sync(written);
        }
        boolean modules = !store.modules().isEmpty();
        PrivateFiles.write(
                home.resolve("origin.json"), Json.MAPPER.writeValueAsString(new RedisOrigin(version(store), modules)));
        Files.deleteIfExists(data);
        Files.move(unfinished, data, StandardCopyOption.ATOMIC_MOVE);
        sync(home);
    }

    /** One that is not known is read by any. */
    private static String version(Store store) {
        return store.version().matches("\\d+(\\.\\d+)*") ? store.version() : "7";
    }

    private static void sync(Path path) throws IOException {
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
