// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.audit.AuditTrail;
import io.contextgraph.audit.Verifier;
import io.contextgraph.backup.Backup;
import io.contextgraph.backup.BackupSettings;
import io.contextgraph.cli.Workspace;
import io.contextgraph.cli.Workspace.Needs;
import io.contextgraph.cli.Workspace.Restored;
import io.contextgraph.config.Settings;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Durability;
import io.contextgraph.operation.Watcher;
import io.contextgraph.standalone.EmbeddedBackends;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.Neo4jServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The drill: a ledger is lost, comes back from a backup, says what is missing, and the graph is made equal to it. */
class BackupDrillE2eIT {
    private static final AuditTrail.Request REQUEST =
            new AuditTrail.Request("operator:drill", "drill", "backup restore", Map.of());

    private final EmbeddedBackends backends = new EmbeddedBackends(Neo4jServers.settings());

    @TempDir
    private Path folder;

    private Settings settings() {
        return ProductSettings.CATALOG.load(
                Map.of(
                        BackendSettings.DATA_DIR.key(),
                        folder.resolve("data").toString(),
                        BackupSettings.LOCATION.key(),
                        folder.resolve("backups").toString()),
                Map.of(),
                Optional.empty());
    }

    private LocalWorkspace open(Needs needs) throws IOException {
        return LocalWorkspace.open(settings(), needs, backends, Clock.systemUTC(), said -> {});
    }

    private static void append(LocalWorkspace workspace, long first, long last) {
        List<Append> events = LongStream.rangeClosed(first, last)
                .mapToObj(n -> Append.of(Events.full(n, "session-" + n % 3)))
                .toList();
        assertThat(workspace.ledger().log().append(events, Durability.MEMORY).outcomes())
                .hasSize(events.size());
        assertThat(workspace.catchUp(left -> {})).isZero();
    }

    private Backup backupAndMore() throws IOException {
        try (LocalWorkspace workspace = open(Needs.DEMO_ONCE)) {
            append(workspace, 1, 50);
            Backup backup = workspace.backUp(Watcher.NONE);
            assertThat(backup.trial().verified()).as(backup.trial().detail()).isTrue();
            assertThat(backup.head()).isEqualTo(workspace.ledger().log().head());
            append(workspace, 51, 70);
            assertThat(workspace.checkpoints().keep()).isEmpty();
            return backup;
        }
    }

    private void loseRedis() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("data").resolve("redis"))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void aLostLedgerComesBackSaysWhatIsMissingAndTheGraphIsMadeEqual() throws IOException {
        Backup backup = backupAndMore();
        try (Workspace.BackupDesk desk = new StoredBackups(settings(), backends, Clock.systemUTC())) {
            assertThat(desk.list()).containsExactly(backup);
            assertThatThrownBy(() -> desk.restore(backup, REQUEST, 100, said -> {}, Watcher.NONE))
                    .hasMessageContaining("holds data, which a restore never takes the place of");
            loseRedis();
            Restored restored = desk.restore(backup, REQUEST, 100, said -> {}, Watcher.NONE);
            assertThat(restored.head()).isEqualTo(backup.head());
            assertThat(restored.epoch()).isEqualTo(2);
            assertThat(restored.missing())
                    .hasValueSatisfying(told -> assertThat(told)
                            .contains("20 events are missing of the 70", "the last that is there has number 50"));
            assertThat(restored.foreign()).hasValue(20L);
            assertThat(restored.named().stream().map(event -> event.node()).sorted())
                    .containsExactlyElementsOf(LongStream.rangeClosed(51, 70)
                            .mapToObj(n -> Events.id(n).toString())
                            .sorted()
                            .toList());
        }
        try (LocalWorkspace workspace = open(Needs.DEMO_ONCE)) {
            assertThat(workspace.ledger().epochs().now().identity().lastCommon(1))
                    .hasValue(backup.head());
            assertThat(workspace.catchUp(left -> {})).isZero();
            Workspace.Audited<?> ignored = workspace.repair(Verifier.Depth.EXACT, 100, Watcher.NONE);
            assertThat(workspace
                            .verify(Verifier.Depth.EXACT, 100, Watcher.NONE)
                            .result()
                            .equal())
                    .isTrue();
        }
    }
}
