// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import io.contextgraph.archive.Archive;
import io.contextgraph.http.ports.HttpPorts;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.mend.Damage;
import io.contextgraph.ledger.mend.Examined;
import io.contextgraph.ledger.mend.LedgerMender;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.proof.audit.AuditParts;
import io.contextgraph.proof.audit.Auditor;
import io.contextgraph.proof.audit.ErasureEvidence;
import io.contextgraph.proof.audit.LedgerProving;
import io.contextgraph.proof.witness.Witnesses;
import io.contextgraph.storage.folder.FolderStorage;
import io.contextgraph.testing.TestFolders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/** A log of a ledger in a folder of its own, which goes with it. */
public final class TestProofs implements AutoCloseable {
    /** Of the deployment. */
    public static final String NAME = "logs.example/test";

    private final Path folder;
    private final Partition ledger;
    private final FolderStorage storage;
    private final ProofKeys keys;
    private final SealerParts parts;
    private final AtomicLong waited = new AtomicLong();
    private final LedgerProving proving;

    public TestProofs(Partition ledger, InstantSource clock) {
        this(ledger, clock, Optional::empty, TestProofs::sound, Optional::empty);
    }

    /**
     * With more to look at.
     *
     * @param mender looks at what the store holds
     * @param erasures finds receipts
     */
    public TestProofs(
            Partition ledger,
            InstantSource clock,
            Supplier<Optional<Archive>> archive,
            Supplier<LedgerMender> mender,
            Supplier<Optional<ErasureEvidence>> erasures) {
        this(folder(), ledger, ledger, clock, archive, mender, erasures);
    }

    /**
     * Of each partition of a ledger, with its log beside those of the others: closing one takes all of them away.
     *
     * @param trail the one that records receipts
     */
    public static List<TestProofs> each(
            List<? extends Partition> partitions,
            Partition trail,
            InstantSource clock,
            Supplier<Optional<ErasureEvidence>> erasures) {
        Path folder = folder();
        return partitions.stream()
                .map(partition ->
                        new TestProofs(folder, partition, trail, clock, Optional::empty, TestProofs::sound, erasures))
                .toList();
    }

    /** Made when something is signed. */
    private static Path folder() {
        return Path.of(System.getProperty("java.io.tmpdir"), "proofs-" + UUID.randomUUID());
    }

    private TestProofs(
            Path folder,
            Partition ledger,
            Partition trail,
            InstantSource clock,
            Supplier<Optional<Archive>> archive,
            Supplier<LedgerMender> mender,
            Supplier<Optional<ErasureEvidence>> erasures) {
        this.folder = folder;
        this.ledger = ledger;
        storage = new FolderStorage(folder.resolve("log"));
        keys = new ProofKeys(folder.resolve("proof.key"));
        parts = new SealerParts(
                ledger,
                storage,
                keys,
                new ProofSettings(NAME, Duration.ofSeconds(5), 1000),
                () -> archive.get().stream().toList(),
                folder.resolve("work"),
                Witnesses.NONE,
                () -> clock.instant().plusSeconds(waited.get()));
        proving = new LedgerProving(
                ledger,
                new Prover(
                        ledger,
                        storage,
                        keys,
                        NAME,
                        List.of(),
                        id -> archive.get().stream()
                                .flatMap(one ->
                                        one.list().segments().stream().flatMap(segment -> one.events(segment).stream()))
                                .filter(event -> event.id().equals(id))
                                .findFirst()),
                new Auditor(new AuditParts(
                        ledger,
                        trail,
                        storage,
                        keys,
                        NAME,
                        archive,
                        List::of,
                        erasures,
                        mender,
                        folder.resolve("work"))));
    }

    /** A store in which nothing is wrong. */
    public static LedgerMender sound() {
        return new Sound();
    }

    private static final class Sound implements LedgerMender {
        @Override
        public Examined examine(Consumer<Damage> told, LongConsumer looked) {
            return new Examined(Head.EMPTY, Map.of(), 0, true, 0);
        }

        @Override
        public Examined mend(Consumer<Damage> told, LongConsumer looked) {
            return examine(told, looked);
        }

        @Override
        public void close() {}
    }

    /** Signs for everything that is there, as a server that has just started. */
    public void seal() {
        try (LedgerSealer sealer = new LedgerSealer(parts, "test")) {
            long ignored = sealer.drain();
            while (sealer.state().waiting() > 0) {
                // A store that cannot say what it has on its disk is given its time.
                ignored = waited.addAndGet(2);
                ignored = sealer.drain();
            }
        }
    }

    public LedgerProving proving() {
        return proving;
    }

    public ProofKeys keys() {
        return keys;
    }

    /** Where the log is. */
    public FolderStorage storage() {
        return storage;
    }

    /** What a server shows of it. */
    public HttpPorts.Proofs ports() {
        return new HttpPorts.Proofs(proving, proving::log);
    }

    /** Of the ledger as it is now. */
    public LogName name() {
        return LogName.of(ledger.epochs().now().identity()).orElseThrow();
    }

    @Override
    public void close() {
        storage.close();
        if (Files.exists(folder)) {
            TestFolders.delete(folder);
        }
    }
}
