// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import io.contextgraph.archive.Archive;
import io.contextgraph.archive.ArchiveException;
import io.contextgraph.archive.ArchivedEvent;
import io.contextgraph.archive.Segment;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.proof.tree.Hash;
import io.contextgraph.proof.tree.TreeHasher;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The leaves of events that are not in the ledger any more, by what the archive's files of ids tell: all of them are read once.
 *
 * <p><b>Units and bounds.</b> 32 bytes of a temporary file and a bit of memory for each number.
 *
 * <p><b>Errors.</b> {@link io.contextgraph.storage.StorageException}, {@link io.contextgraph.archive.ArchiveException};
 * {@link UncheckedIOException} where there is no room for the temporary file.
 *
 * <p><b>Threads.</b> One at a time.
 */
public final class GoneLeaves implements AutoCloseable {
    private final FileChannel hashes;
    private final BitSet known = new BitSet();

    private GoneLeaves(FileChannel hashes) {
        this.hashes = hashes;
    }

    /**
     * Reads what archives have.
     *
     * @param scratch local folder for the temporary file
     * @param identity of the ledger: what an epoch lost that has ended is no part of it
     * @param broken told what is wrong with a segment, which is passed over then; what it throws ends the reading
     */
    public static GoneLeaves read(
            List<Archive> archives, Path scratch, LedgerIdentity identity, Consumer<ArchiveException> broken) {
        GoneLeaves leaves = new GoneLeaves(temporary(scratch));
        try {
            TreeHasher hasher = new TreeHasher();
            for (Archive archive : archives) {
                for (Segment segment : archive.list().segments()) {
                    leaves.put(archive, segment, identity, hasher, broken);
                }
            }
            return leaves;
        } catch (RuntimeException e) {
            leaves.close();
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

    private void put(
            Archive archive,
            Segment segment,
            LedgerIdentity identity,
            TreeHasher hasher,
            Consumer<ArchiveException> broken) {
        long last = segment.cutOff(identity).map(Head::seq).orElse(Long.MAX_VALUE);
        try {
            for (ArchivedEvent event : archive.events(segment)) {
                if (event.seq() <= last) {
                    put(Leaf.of(event), hasher);
                }
            }
        } catch (ArchiveException wrong) {
            broken.accept(wrong);
        }
    }

    private void put(Leaf leaf, TreeHasher hasher) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(hasher.leaf(leaf.entry()).bytes());
            while (bytes.hasRemaining()) {
                int ignored = hashes.write(bytes, leaf.index() * Hash.BYTES + bytes.position());
            }
            known.set(Math.toIntExact(leaf.index()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** That of an event; empty where nothing is known of it. */
    public Optional<Hash> find(long seq) {
        int index = Math.toIntExact(seq - 1);
        if (!known.get(index)) {
            return Optional.empty();
        }
        try {
            ByteBuffer bytes = ByteBuffer.allocate(Hash.BYTES);
            while (bytes.hasRemaining() && hashes.read(bytes, (long) index * Hash.BYTES + bytes.position()) >= 0) {
                // As much as there is at once.
            }
            return Optional.of(Hash.of(bytes.array()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            hashes.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
