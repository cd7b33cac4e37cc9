// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.operation.Watcher;
import io.contextgraph.storage.ForwardingStorage;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.folder.FolderStorage;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import io.contextgraph.testing.SmallJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process that takes a backup is killed (SIGKILL) at each place where something of it is on a disk. */
class KilledBackupIT {
    private static final String ADDRESS = "BACKED_UP_REDIS_URL";
    private static final String MANIFEST = "manifest";

    /** More than Redis sends at once. */
    private static final int EVENTS = 1_000;

    @TempDir
    private Path folder;

    /** Takes one, says when it has come to a place, and stays there. */
    public static void main(String[] args) {
        Path folder = Path.of(args[0]);
        String place = args[1];
        Storage storage = new ForwardingStorage(new FolderStorage(folder.resolve("stored"))) {
            @Override
            public void put(String name, Path from) {
                if (name.endsWith("manifest.json")) {
                    stayAt(MANIFEST, place);
                }
                super.put(name, from);
            }
        };
        URI redis = URI.create(System.getenv().getOrDefault(ADDRESS, ""));
        Backup ignored = taken(storage, folder, redis, (phase, done, total) -> stayAt(phase.wireName(), place));
    }

    private static void stayAt(String here, String place) {
        if (here.equals(place)) {
            System.out.println("at " + place);
            while (true) {
                LockSupport.park();
            }
        }
    }

    private static Backup taken(Storage storage, Path folder, URI redis, Watcher watcher) {
        Backups backups = new Backups(storage, folder.resolve("work"), Optional.empty(), 3, Clock.systemUTC());
        try (RedisLedger ledger = RedisLedger.connect(at(redis))) {
            return backups.create(ledger.snapshots(), ledger.epochs(), "1", watcher);
        }
    }

    private static RedisSettings at(URI redis) {
        return RedisSettings.defaults(redis).withEngine(Engine.SORTED_SET).withPrefix("cg:");
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .map(folder::relativize)
                    .sorted()
                    .toList();
        }
    }

    private Process start(URI redis, String place) throws IOException {
        ProcessBuilder builder = SmallJvm.of(KilledBackupIT.class, folder.toString(), place);
        String ignored = builder.environment().put(ADDRESS, redis.toString());
        return builder.start();
    }

    /** @param place of {@code manifest}: its snapshot is stored, its manifest is not */
    @ParameterizedTest
    @ValueSource(strings = {"taking", "trying_out", "storing", MANIFEST})
    void nothingOfItCountsAndTheNextTakesAwayWhatItLeft(String place) throws Exception {
        try (RunningRedis redis =
                RunningRedis.start(RedisServers.bundled(), List.of("--repl-diskless-sync-delay", "0"))) {
            try (RedisLedger ledger = RedisLedger.connect(at(redis.url()))) {
                List<Append> appends =
                        Events.mixed(EVENTS).stream().map(Append::of).toList();
                assertThat(ledger.log().append(appends, Durability.MEMORY).outcomes())
                        .hasSize(EVENTS);
            }
            Process process = start(redis.url(), place);
            try (BufferedReader said = process.inputReader()) {
                assertThat(said.lines().filter(line -> line.startsWith("at ")).findFirst())
                        .contains("at " + place);
                // Nobody takes away what it works on.
                try (WorkFolder other = WorkFolder.fresh(folder.resolve("work"))) {
                    assertThat(files()).anyMatch(file -> file.startsWith("work") && file.endsWith("dump.rdb"));
                    assertThat(other.path()).isEmptyDirectory();
                }
            } finally {
                assertThat(process.destroyForcibly().waitFor()).isEqualTo(128 + 9);
            }
            FolderStorage storage = new FolderStorage(folder.resolve("stored"));
            assertThat(new BackupShelf(storage).list()).isEmpty();
            List<Path> left = files();
            assertThat(left).anyMatch(file -> file.startsWith("work") && file.endsWith("dump.rdb"));
            assertThat(left.stream().anyMatch(file -> file.startsWith("stored")))
                    .isEqualTo(place.equals(MANIFEST));

            Backup next = taken(storage, folder, redis.url(), Watcher.NONE);
            assertThat(new BackupShelf(storage).list()).containsExactly(next);
            Path own = Path.of("stored", "backups", next.id());
            assertThat(files()).containsExactly(own.resolve("dump.rdb"), own.resolve("manifest.json"));
        }
    }
}
