// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.backup.Backup;
import io.contextgraph.event.Position;
import io.contextgraph.ledger.Epochs;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.ledger.snapshot.Snapshots;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a restore takes for what a backup holds. */
class StoredBackupsTest {
    private static final String LEDGER = "0a1b2c3d-0000-4000-8000-000000000000";

    private static Head head(long seq) {
        return new Head(seq, new Position(1000 + seq, 0));
    }

    /** @param seen where a trial has seen its end; it was 10 before it was taken */
    private static Backup backup(Optional<Head> seen) {
        return new Backup(
                "19700101T000000Z-0a1b2c3d",
                Instant.EPOCH,
                "1",
                LEDGER,
                0,
                1,
                seen.orElse(head(10)),
                new Snapshots.Store("Redis", "8", Map.of(), 0, "cg:"),
                1,
                "",
                true,
                new Backup.Trial(seen.isPresent(), Instant.EPOCH, "", seen));
    }

    private static Epochs.Standing there(String ledger, long epoch, long seq) {
        return new Epochs.Standing(new LedgerIdentity(Optional.of(ledger), 0, epoch, List.of()), head(seq));
    }

    private static void refused(Epochs.Standing there, Backup backup, boolean planted, String why) {
        assertThatThrownBy(() -> StoredBackups.requireRestored(there, backup, planted))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(why)
                .satisfies(told -> assertThat(String.valueOf(told.getMessage()).contains("nothing was changed"))
                        .isEqualTo(!planted));
    }

    private static void taken(Epochs.Standing there, Backup backup, boolean planted) {
        assertThatCode(() -> StoredBackups.requireRestored(there, backup, planted))
                .doesNotThrowAnyException();
    }

    @Test
    void whereATrialHasSeenTheEndItIsThatOne() {
        Backup tried = backup(Optional.of(head(12)));
        for (boolean planted : new boolean[] {true, false}) {
            taken(there(LEDGER, 1, 12), tried, planted);
            refused(there(LEDGER, 1, 13), tried, planted, "ends with 13");
            refused(there(LEDGER, 1, 11), tried, planted, "ends with 11");
            refused(there("ffffffff-0000-4000-8000-000000000000", 1, 12), tried, planted, "is not what the backup");
        }
    }

    /** As an earlier restore leaves it that was interrupted between the new epoch and its record. */
    @Test
    void anEpochThatHasBegunBehindItIsWhatAnEarlierTryHasLeft() {
        Backup tried = backup(Optional.of(head(12)));
        taken(there(LEDGER, 2, 12), tried, false);
        refused(there(LEDGER, 2, 13), tried, false, "ends with 13");
        refused(there(LEDGER, 0, 12), tried, false, "in epoch 0");
        refused(there(LEDGER, 2, 12), tried, true, "in epoch 2");
    }

    /** What was appended while it was taken is in it. */
    @Test
    void whereNobodyHasSeenItTheSnapshotItselfSaysWhereItEnds() {
        Backup untried = backup(Optional.empty());
        taken(there(LEDGER, 1, 10), untried, true);
        taken(there(LEDGER, 1, 12), untried, true);
        refused(there(LEDGER, 1, 9), untried, true, "at least 10");
        refused(there(LEDGER, 1, 10), untried, false, "contextgraph backup verify");
    }
}
