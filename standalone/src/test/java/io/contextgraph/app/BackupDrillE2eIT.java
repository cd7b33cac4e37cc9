// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.audit.AuditTrail;
import io.contextgraph.audit.Verifier;
import io.contextgraph.backup.Backup;
import io.contextgraph.backup.BackupSettings;
import io.contextgraph.cli.workspace.Workspace;
import io.contextgraph.cli.workspace.Workspace.Needs;
import io.contextgraph.cli.workspace.Workspace.Restored;
import io.contextgraph.config.Settings;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.Head;
import io.contextgraph.operation.Watcher;
import io.contextgraph.standalone.EmbeddedBackends;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.Neo4jServers;
import io.contextgraph.testing.TestFolders;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
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
        return settings("data");
    }

    private Settings settings(String data) {
        return ProductSettings.CATALOG.load(
                Map.of(
                        BackendSettings.DATA_DIR.key(),
                        folder.resolve(data).toString(),
                        BackupSettings.LOCATION.key(),
                        folder.resolve("backups").toString()),
                Map.of(),
                Optional.empty());
    }

    private LocalWorkspace open(Needs needs) throws IOException {
        return LocalWorkspace.open(settings(), needs, backends, Clock.systemUTC(), said -> {});
    }

    private static void append(LocalWorkspace workspace, long first, long last) {
        List<Append> events = Events.appends(first, last);
        assertThat(workspace.ledger().log().append(events, Durability.MEMORY).outcomes())
                .hasSize(events.size());
        assertThat(workspace.catchUp(left -> {})).isZero();
    }

    private Backup backupAndMore() throws IOException {
        try (LocalWorkspace workspace = open(Needs.DEMO_ONCE)) {
            append(workspace, 1, 50);
            Backup backup = workspace.parts().getFirst().backUp(Watcher.NONE);
            assertThat(backup.trial().verified()).as(backup.trial().detail()).isTrue();
            assertThat(backup.head())
                    .isEqualTo(
                            workspace.parts().getFirst().remembering().order().head());
            append(workspace, 51, 70);
            assertThat(workspace
                            .parts()
                            .getFirst()
                            .stored()
                            .checkpoints(settings(), Clock.systemUTC())
                            .keep())
                    .isEmpty();
            return backup;
        }
    }

    private void loseRedis() {
        TestFolders.delete(folder.resolve("data").resolve("redis"));
    }

    /** Of events alone: no graph is started. */
    private Backup backupOfALedger() throws IOException {
        try (LocalWorkspace workspace = open(Needs.LEDGER_TO_FILL)) {
            List<Append> events = LongStream.rangeClosed(1, 20)
                    .mapToObj(n -> Append.of(Events.full(n, "session")))
                    .toList();
            assertThat(workspace
                            .ledger()
                            .log()
                            .append(events, Durability.MEMORY)
                            .outcomes())
                    .hasSize(20);
            return workspace.parts().getFirst().backUp(Watcher.NONE);
        }
    }

    /** Between any two of its steps. */
    @Test
    void aRestoreThatWasInterruptedCanBeDoneAgain() throws IOException {
        Backup backup = backupOfALedger();
        Path data = settings("new").get(BackendSettings.DATA_DIR);
        Path snapshot = folder.resolve("fetched.rdb");
        try (Workspace.BackupDesk desk = new StoredBackups(settings("new"), count -> 0, backends, Clock.systemUTC())) {
            desk.fetch(backup, snapshot);
            backends.plant(data, snapshot, backup.store());
            long epoch = 7;
            try (LocalWorkspace begun =
                    LocalWorkspace.open(settings("new"), Needs.LEDGER, backends, Clock.systemUTC(), said -> {})) {
                assertThat(begun.parts().getFirst().remembering().epochs().begin(1, epoch, backup.head()))
                        .isTrue();
            }
            Restored restored = desk.restore(backup, REQUEST, 100, said -> {}, Watcher.NONE);
            assertThat(restored.head()).isEqualTo(backup.head());
            assertThat(restored.epoch()).isEqualTo(epoch);
            // Its record stands behind the end now.
            assertThatThrownBy(() -> desk.restore(backup, REQUEST, 100, said -> {}, Watcher.NONE))
                    .hasMessageContaining("holds data, which a restore never takes the place of");
        }
    }

    @Test
    void oneBackupRestoredInTwoPlacesIsNotInTheSameEpochInBoth() throws IOException {
        Backup backup = backupOfALedger();
        List<Long> epochs = new ArrayList<>();
        for (String data : List.of("one", "two")) {
            try (Workspace.BackupDesk desk =
                    new StoredBackups(settings(data), count -> 0, backends, Clock.systemUTC())) {
                epochs.add(desk.restore(backup, REQUEST, 100, said -> {}, Watcher.NONE)
                        .epoch());
            }
        }
        assertThat(epochs).doesNotHaveDuplicates().allMatch(epoch -> epoch > backup.epoch());
    }

    /** What its manifest says of it is known only when a Redis runs on it. */
    @Test
    void whatTurnsOutNotToBeWhatItSaysIsNamedWithWhereItIsNow() throws IOException {
        Backup backup = backupOfALedger();
        Head other = new Head(19, backup.head().position());
        Backup mixedUp = new Backup(
                backup.id(),
                backup.at(),
                backup.version(),
                backup.ledger(),
                backup.partition(),
                backup.epoch(),
                other,
                backup.store(),
                backup.bytes(),
                backup.sha256(),
                backup.summed(),
                new Backup.Trial(true, backup.at(), "", Optional.of(other)));
        try (Workspace.BackupDesk desk = new StoredBackups(settings("new"), count -> 0, backends, Clock.systemUTC())) {
            assertThatThrownBy(() -> desk.restore(mixedUp, REQUEST, 100, said -> {}, Watcher.NONE))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("it ends with 20")
                    .hasMessageContaining(
                            folder.resolve("new").resolve("redis") + ", where no data was, and stays there")
                    .satisfies(told -> assertThat(told.getMessage()).doesNotContain("nothing was changed"));
            // The epoch has not begun: the one that it is, can be restored where it is.
            Restored restored = desk.restore(backup, REQUEST, 100, said -> {}, Watcher.NONE);
            assertThat(restored.head()).isEqualTo(backup.head());
        }
    }

    @Test
    void aLostLedgerComesBackSaysWhatIsMissingAndTheGraphIsMadeEqual() throws IOException {
        Backup backup = backupAndMore();
        try (Workspace.BackupDesk desk = new StoredBackups(settings(), count -> 0, backends, Clock.systemUTC())) {
            assertThat(desk.list()).containsExactly(backup);
            assertThatThrownBy(() -> desk.restore(backup, REQUEST, 100, said -> {}, Watcher.NONE))
                    .hasMessageContaining("holds data, which a restore never takes the place of");
            loseRedis();
            Restored restored = desk.restore(backup, REQUEST, 100, said -> {}, Watcher.NONE);
            assertThat(restored.head()).isEqualTo(backup.head());
            // The time, to be another one wherever it is restored.
            assertThat(restored.epoch())
                    .isBetween(backup.at().toEpochMilli(), Clock.systemUTC().millis());
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
            assertThat(workspace
                            .parts()
                            .getFirst()
                            .remembering()
                            .epochs()
                            .now()
                            .identity()
                            .lastCommon(1))
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
