// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.event.Sha256;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.mend.RedisMender;
import io.contextgraph.ledger.snapshot.Snapshots.Taken;
import io.contextgraph.testing.Certificates;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.RunningRedis;
import io.contextgraph.testing.TlsProxy;
import io.contextgraph.tls.ClientTls;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;

/** Snapshots of a real Redis, with and without its disk, with logins and TLS. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedisSnapshotsIT {
    private static final List<String> AT_ONCE = List.of("--repl-diskless-sync-delay", "0");

    private final RunningRedis server = RunningRedis.start(RedisServers.bundled(), AT_ONCE);

    @TempDir
    private Path folder;

    @BeforeAll
    void fill() {
        try (RedisLedger ledger = RedisLedger.connect(at(server.url()))) {
            List<Append> appends = Events.mixed(200).stream().map(Append::of).toList();
            assertThat(ledger.log().append(appends, Durability.MEMORY).outcomes())
                    .hasSize(200);
        }
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private static RedisSettings at(URI url) {
        return RedisSettings.defaults(url).withEngine(Engine.SORTED_SET).withPrefix("cg:");
    }

    private Path taken(RedisSettings settings, String name) throws IOException {
        Path file = folder.resolve(name);
        try (RedisLedger ledger = RedisLedger.connect(settings)) {
            Taken taken = ledger.snapshots().take(file, bytes -> {});
            byte[] bytes = Files.readAllBytes(file);
            assertThat(taken.bytes()).isEqualTo(bytes.length);
            assertThat(taken.sha256()).isEqualTo(Sha256.hex(bytes));
            assertThat(taken.store().describe()).isEqualTo("Redis 7.0.15");
            assertThat(taken.store().prefix()).isEqualTo("cg:");
            assertThat(taken.store().modules()).isEmpty();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
        }
        return file;
    }

    private static void assertHolds(Path snapshot) throws IOException {
        try (RunningRedis other = RunningRedis.start(RedisServers.bundled(), List.of("--appendonly", "no"))) {
            other.kill();
            Path ignored = Files.copy(snapshot, other.folder().resolve("dump.rdb"));
            other.restart();
            try (RedisMender mender = RedisMender.open(at(other.url()))) {
                var examined = mender.examine(damage -> {}, looked -> {});
                assertThat(examined.head().seq()).isEqualTo(200);
                assertThat(examined.total()).isZero();
            }
        }
    }

    @Test
    void aSnapshotHoldsTheLedgerWhetherItWentOverTheDiskOrNot() throws IOException {
        assertHolds(taken(at(server.url()), "diskless.rdb"));
        try (Jedis admin = new Jedis(server.url())) {
            assertThat(admin.configSet("repl-diskless-sync", "no")).isEqualTo("OK");
            assertHolds(taken(at(server.url()), "disk.rdb"));
            assertThat(admin.configSet("repl-diskless-sync", "yes")).isEqualTo("OK");
        }
    }

    @Test
    void itGoesThroughTls(@TempDir Path keys) throws IOException {
        Certificates certificates = Certificates.in(keys);
        try (TlsProxy proxy = TlsProxy.asking(server.port(), certificates.loopback(), certificates.authority())) {
            URI url = URI.create("rediss://:" + server.password() + "@localhost:" + proxy.port());
            ClientTls tls = new ClientTls(Optional.of(certificates.authority()), Optional.of(certificates.loopback()));
            assertThat(taken(at(url).withTls(tls), "tls.rdb")).isNotEmptyFile();
        }
    }

    @Test
    void whoMayNotIsToldWhatIsMissing() {
        try (Jedis admin = new Jedis(server.url())) {
            String ignored = admin.aclSetUser("limited", "on", ">secret", "+@all", "-sync", "~*");
            URI url = URI.create("redis://limited:secret@127.0.0.1:" + server.port());
            assertThatThrownBy(() -> taken(at(url), "limited.rdb"))
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining("the user limited may not take a snapshot")
                    .hasMessageContaining("+sync")
                    .hasMessageContaining("redis.backup-login");
        }
    }

    @Test
    void aRedisWithoutTheCommandSaysWhatToDoInstead() {
        try (RunningRedis managed =
                RunningRedis.start(RedisServers.bundled(), List.of("--rename-command", "SYNC", ""))) {
            assertThatThrownBy(() -> taken(at(managed.url()), "managed.rdb"))
                    .isInstanceOf(LedgerException.class)
                    .hasMessageContaining("gives no snapshot away")
                    .hasMessageContaining("contextgraph export");
        }
    }

    @Test
    void aRedisThatWritesNoChecksumGivesASnapshotWithoutOne() throws IOException {
        for (String written : List.of("yes", "no")) {
            try (RunningRedis redis = RunningRedis.start(RedisServers.bundled(), List.of("--rdbchecksum", written));
                    RedisLedger ledger = RedisLedger.connect(at(redis.url()))) {
                Taken taken = ledger.snapshots().take(folder.resolve(written + ".rdb"), bytes -> {});
                assertThat(taken.summed()).as(written).isEqualTo(written.equals("yes"));
            }
        }
    }

    /** The checksum is that of Redis: any byte counts. */
    @Test
    void aByteThatWasChangedShows() throws IOException {
        byte[] bytes = Files.readAllBytes(taken(at(server.url()), "changed.rdb"));
        bytes[bytes.length / 2] ^= 1;
        RdbSink sink = new RdbSink(OutputStream.nullOutputStream());
        sink.write(bytes, bytes.length);
        assertThatThrownBy(sink::requireWhole)
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining("another checksum");
    }
}
