// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.ledger.LedgerContract;
import io.contextgraph.ledger.PartitionFixture;
import io.contextgraph.ledger.memory.InMemoryFixture;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.projection.ManualClock;
import io.contextgraph.proof.note.SignedNote;
import io.contextgraph.proof.note.VerifierKey;
import io.contextgraph.proof.witness.Witnesses;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.folder.FolderStorage;
import io.contextgraph.testing.Events;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.io.TempDir;

/** What tests of logs with witnesses share: a log of an in-memory ledger. */
abstract class WitnessedLog extends LedgerContract<PartitionFixture> {
    static final String NAME = "logs.example/test";

    final ManualClock clock = new ManualClock();

    @TempDir
    Path folder;

    @Override
    protected PartitionFixture fresh() {
        return new InMemoryFixture();
    }

    Storage storage() {
        return new FolderStorage(folder.resolve("log"));
    }

    ProofKeys keys() {
        return new ProofKeys(folder.resolve("proof.key"));
    }

    LedgerSealer sealer(Witnesses witnesses) {
        return sealer(ledger, storage(), witnesses);
    }

    LedgerSealer sealer(Partition of, Storage where, Witnesses witnesses) {
        return new LedgerSealer(
                new SealerParts(
                        of,
                        where,
                        keys(),
                        new ProofSettings(NAME, Duration.ofSeconds(5), 1000),
                        List::of,
                        folder.resolve("work"),
                        witnesses,
                        clock),
                "test");
    }

    static void drain(LedgerSealer sealer) {
        long ignored = sealer.drain();
        assertThat(sealer.state().waiting()).isZero();
    }

    void given(long from, long to) {
        append(LongStream.rangeClosed(from, to)
                .mapToObj(n -> Events.event(n, "session-" + n % 3))
                .toList());
    }

    LogName name() {
        return LogName.of(ledger.epochs().now().identity()).orElseThrow();
    }

    String origin() {
        return name().origin(NAME);
    }

    /** What verifies the log; made now where there are none. */
    List<VerifierKey> verifiers() {
        if (!keys().exist()) {
            keys().create();
        }
        return ProofKeys.verifiers(origin(), keys().read().shown());
    }

    SignedNote newest() {
        return newest(name());
    }

    SignedNote newest(LogName log) {
        return new StoredLog(storage(), log).newest().orElseThrow();
    }
}
