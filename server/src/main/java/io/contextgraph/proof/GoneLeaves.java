// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import io.contextgraph.archive.Archive;
import io.contextgraph.archive.ArchiveException;
import io.contextgraph.archive.ArchivedEvent;
import io.contextgraph.archive.Catalog;
import io.contextgraph.archive.Segment;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.proof.tree.Hash;
import io.contextgraph.proof.tree.TreeHasher;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The leaves of events that are not in the ledger any more, by what the archive's files of ids tell: all of them are read
 * once, and again where events have gone since.
 *
 * <p><b>Units and bounds.</b> 32 bytes of a temporary file for each number.
 *
 * <p><b>Errors.</b> {@link io.contextgraph.storage.StorageException}, {@link io.contextgraph.archive.ArchiveException};
 * {@link UncheckedIOException} where there is no room for the temporary file.
 *
 * <p><b>Threads.</b> One at a time.
 */
public final class GoneLeaves implements AutoCloseable {
    /** What the file has of numbers that nothing was written of. */
    private static final byte[] NOTHING = new byte[Hash.BYTES];

    private final Supplier<List<Archive>> archives;
    private final Path scratch;
    private final Partition ledger;
    private final Reading reading;
    private final TreeHasher hasher = new TreeHasher();
    private @Nullable FileChannel hashes;

    /** Up to where events had gone when the archives were read. */
    private long through;

    /**
     * Reads what archives have when it is first asked.
     *
     * @param scratch local folder for the temporary file
     * @param ledger of which they have events: what an epoch lost that has ended is no part of it
     * @param reading told how it goes
     */
    public GoneLeaves(Supplier<List<Archive>> archives, Path scratch, Partition ledger, Reading reading) {
        this.archives = archives;
        this.scratch = scratch;
        this.ledger = ledger;
        this.reading = reading;
    }

    /** Told how the reading of archives goes; what it throws ends it. */
    @FunctionalInterface
    public interface Reading {
        /** The next segment is read. */
        default void segment() {}

        /** Something is wrong with an archive, of which the rest is read. */
        void broken(ArchiveException wrong);
    }

    private FileChannel read() {
        close();
        // In this order: what goes from now on is not taken for something that nobody has archived.
        through = ledger.pruning().extent().through().seq();
        LedgerIdentity identity = ledger.epochs().now().identity();
        FileChannel read = temporary(scratch);
        hashes = read;
        try {
            for (Archive archive : archives.get()) {
                Catalog catalog = archive.list();
                catalog.faults().forEach(fault -> reading.broken(new ArchiveException(fault)));
                catalog.segments().forEach(segment -> put(read, archive, segment, identity));
            }
            return read;
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private static FileChannel temporary(Path scratch) {
        try {
            Path file = Files.createTempFile(Files.createDirectories(scratch), "leaves", "");
            return FileChannel.open(
                    file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        } catch (IOException e) {
            throw new UncheckedIOException("no temporary file can be made in " + scratch + ": " + e.getMessage(), e);
        }
    }

    private void put(FileChannel file, Archive archive, Segment segment, LedgerIdentity identity) {
        reading.segment();
        long last = segment.cutOff(identity).map(Head::seq).orElse(Long.MAX_VALUE);
        try {
            for (ArchivedEvent event : archive.events(segment)) {
                if (event.seq() <= last) {
                    put(file, Leaf.of(event));
                }
            }
        } catch (ArchiveException wrong) {
            reading.broken(wrong);
        }
    }

    private void put(FileChannel file, Leaf leaf) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(hasher.leaf(leaf.entry()).bytes());
            while (bytes.hasRemaining()) {
                int ignored = file.write(bytes, leaf.index() * Hash.BYTES + bytes.position());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** That of an event; empty where nothing is known of it. */
    public Optional<Hash> find(long seq) {
        FileChannel file = hashes == null ? read() : hashes;
        Optional<Hash> found = find(file, seq);
        boolean gone = found.isEmpty()
                && seq > through
                && seq <= ledger.pruning().extent().through().seq();
        // What has gone since is in an archive by now.
        return gone ? find(read(), seq) : found;
    }

    private Optional<Hash> find(FileChannel file, long seq) {
        try {
            ByteBuffer bytes = ByteBuffer.allocate(Hash.BYTES);
            while (bytes.hasRemaining() && file.read(bytes, (seq - 1) * Hash.BYTES + bytes.position()) >= 0) {
                // As much as there is at once.
            }
            return Arrays.equals(bytes.array(), NOTHING) ? Optional.empty() : Optional.of(Hash.of(bytes.array()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        FileChannel read = hashes;
        hashes = null;
        try {
            if (read != null) {
                read.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
