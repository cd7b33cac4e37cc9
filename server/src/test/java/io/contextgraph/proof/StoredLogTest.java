// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.contextgraph.proof.ProofException.Reason;
import io.contextgraph.proof.note.LogCheckpoint;
import io.contextgraph.proof.note.SignedNote;
import io.contextgraph.proof.tree.Hash;
import io.contextgraph.signing.SigningKey;
import io.contextgraph.storage.ForwardingStorage;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.StorageException;
import io.contextgraph.storage.folder.FolderStorage;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a log makes of files that are not what it has written. */
class StoredLogTest {
    private static final LogName NAME = new LogName(UUID.randomUUID(), 0, 1);
    private static final String ORIGIN = NAME.origin("logs.example/test");
    private static final SigningKey KEY = SigningKey.generate();

    @TempDir
    private Path folder;

    private Storage storage = new FolderStorage(Path.of("unused"));
    private StoredLog log = new StoredLog(storage, NAME);

    @BeforeEach
    void begin() {
        storage = new FolderStorage(folder.resolve("log"));
        log = new StoredLog(storage, NAME);
    }

    private static SignedNote signed(String text) {
        return SignedNote.of(text, ORIGIN, List.of(KEY));
    }

    private static SignedNote checkpoint(long size) {
        return signed(new LogCheckpoint(ORIGIN, size, Hash.of(new byte[Hash.BYTES])).text());
    }

    private void put(String file, String content) {
        storage.put(NAME.folder() + file, content.getBytes(UTF_8));
    }

    @Test
    void whereNobodyCanBeTheOnlyOneNothingIsClaimed() {
        StorageException none = new StorageException(StorageException.Reason.REFUSED, "no links");
        StoredLog refused = new StoredLog(
                new ForwardingStorage(storage) {
                    @Override
                    public void claim(String name, byte[] content) {
                        throw none;
                    }
                },
                NAME);
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> refused.claim(0, checkpoint(5)))
                .isEqualTo(none);
        assertThat(storage.list("")).isEmpty();
    }

    @Test
    void whatIsNoMarkOfALogIsPassedOver() {
        log.mark();
        new StoredLog(storage, NAME.of(12)).mark();
        for (String stray : List.of("README", "000000000000000013.bak", "14", "1-5", "9".repeat(30), "below/1")) {
            storage.put(NAME.marks() + stray, new byte[0]);
        }
        assertThat(StoredLog.epochs(storage, NAME)).containsExactly(12L, 1L);
    }

    @Test
    void whatIsNoCheckpointIsPassedOver() {
        for (long size = 1; size <= 9; size++) {
            log.publish(size, checkpoint(size));
        }
        put("checkpoints/000000000000000009.bak", "x");
        put("checkpoints/README", "x");
        put("checkpoints/z", "x");
        assertThat(log.newest()).contains(checkpoint(9));
        log.publishWitnessed(9, signed(checkpoint(9).text()));
        log.publish(10, checkpoint(10));
        assertThat(log.newest()).contains(checkpoint(10));
        // Nobody else's files are counted, or taken away.
        assertThat(storage.list(NAME.folder() + "checkpoints/")).hasSize(8 + 3);
    }

    private void assertDamaged(String file, ThrowingCallable reading) {
        assertThatExceptionOfType(ProofException.class)
                .isThrownBy(reading)
                .withMessageContaining(NAME.folder() + file + " in " + storage.describe() + " is not what was written")
                .withMessageContaining("bring it back from a copy")
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.DAMAGED));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "half of", "no checkpoint\n\n\u2014 name AAAAAAAAAAA=\n"})
    void aClaimThatIsDamagedIsNamedWithAWayOut(String content) {
        String file = "claims/000000000000000000";
        put(file, content);
        for (ThrowingCallable reading :
                List.<ThrowingCallable>of(() -> log.claimed(0), log::settle, () -> log.claim(0, checkpoint(5)))) {
            assertDamaged(file, reading);
            assertThatExceptionOfType(ProofException.class)
                    .isThrownBy(reading)
                    .withMessageContaining("stop all servers of the ledger, take it away, and start them");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "half of", "no checkpoint\n\n\u2014 name AAAAAAAAAAA=\n"})
    void aCheckpointThatIsDamagedIsNamed(String content) {
        put("checkpoints/000000000000000005", content);
        assertDamaged("checkpoints/000000000000000005", log::newest);
    }

    @Test
    void aPredecessorThatIsDamagedIsNamed() {
        put("predecessor", "half of");
        assertDamaged("predecessor", log::predecessor);
    }
}
