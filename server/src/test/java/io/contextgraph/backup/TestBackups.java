// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.backup;

import io.contextgraph.backup.Backup.Trial;
import io.contextgraph.event.Sha256;
import io.contextgraph.ledger.Epochs;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.snapshot.Snapshots;
import io.contextgraph.storage.ForwardingStorage;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.StoredFile;
import io.contextgraph.storage.folder.FolderStorage;
import io.contextgraph.testing.TestFolders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Backups in a folder of their own, which goes with them; of a store that is in memory, so that they hold next to nothing. */
public final class TestBackups implements AutoCloseable {
    private static final byte[] CONTENT = "everything".getBytes(StandardCharsets.UTF_8);
    private static final Snapshots.Store STORE = new Snapshots.Store("Redis", "8.2.3", Map.of(), 0, "cg:");

    /** Whether any are kept at all. */
    public volatile boolean wanted = true;
    /** What whoever looks at them is told; null while they are there. */
    public volatile @Nullable RuntimeException fails;
    /** How much is wrong with what is taken. */
    public volatile long damages;

    private final Path folder;
    private final Storage storage;
    private final AtomicLong seconds = new AtomicLong();

    public TestBackups() {
        try {
            folder = Files.createTempDirectory("backups");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        storage = new ForwardingStorage(new FolderStorage(folder.resolve("stored"))) {
            @Override
            public List<StoredFile> list(String prefix) {
                RuntimeException thrown = fails;
                if (thrown != null) {
                    throw thrown;
                }
                return super.list(prefix);
            }
        };
    }

    /** What takes them of a ledger; empty where none are wanted. */
    public Optional<BackupWork> of(Epochs epochs) {
        Backups backups = new Backups(
                storage,
                folder.resolve("work"),
                Optional.of((snapshot, store, work) -> new SnapshotTrial.Seen(epochs.now(), damages, "Redis 8.2.3")),
                7,
                () -> Instant.parse("2026-03-01T12:00:00Z").plusSeconds(seconds.incrementAndGet()));
        Snapshots snapshots = (into, told) -> {
            Path ignored = Files.write(into, CONTENT);
            return new Snapshots.Taken(CONTENT.length, Sha256.hex(CONTENT), true, STORE);
        };
        return wanted ? Optional.of(new BackupWork(backups, snapshots, epochs, "1.2.3")) : Optional.empty();
    }

    /** Puts one there by a name that its caller has chosen, which holds nothing of any ledger. */
    public void put(String id) {
        Backup backup = new Backup(
                id,
                Instant.EPOCH,
                "1.2.3",
                "0a1b2c3d-0000-4000-8000-000000000000",
                0,
                1,
                Head.EMPTY,
                STORE,
                CONTENT.length,
                Sha256.hex(CONTENT),
                true,
                new Trial(false, Instant.EPOCH, "it was not tried out", Optional.empty()));
        try {
            new BackupShelf(storage).putManifest(backup, folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        storage.close();
        TestFolders.delete(folder);
    }
}
