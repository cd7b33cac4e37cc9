// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.archive;

import io.contextgraph.archive.ArchiveFault.Kind;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Sha256;
import io.contextgraph.storage.StorageException;
import io.contextgraph.storage.StorageException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;

/** Files of ids in a local folder: fetched once, and again whenever one is not what its manifest says. */
final class IdCache {
    private final Archive archive;
    private final Path folder;

    IdCache(Archive archive, Path folder) {
        this.archive = archive;
        this.folder = folder;
    }

    /**
     * The rows of a segment, one after another, sorted by id.
     *
     * @throws ArchiveException when they are not what was written
     */
    ByteBuffer rows(Segment segment) {
        Path file = file(segment);
        try {
            byte[] bytes = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
            if (!isOf(segment, bytes)) {
                bytes = fetch(segment, file);
            }
            return ByteBuffer.wrap(bytes, IdTable.HEAD, bytes.length - IdTable.HEAD)
                    .slice();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path file(Segment segment) {
        return folder.resolve(segment.idsName().replace('/', '-'));
    }

    private static boolean isOf(Segment segment, byte[] bytes) {
        return bytes.length == length(segment)
                && Sha256.hex(bytes).equals(segment.hashes().ids());
    }

    private static int length(Segment segment) {
        return Math.toIntExact(IdTable.HEAD + segment.counts().events() * IdTable.ROW);
    }

    private byte[] fetch(Segment segment, Path file) throws IOException {
        byte[] bytes = read(archive, segment);
        Path parent = Files.createDirectories(folder);
        Path fresh = Files.createTempFile(parent, "ids", ".new");
        Path written = Files.write(fresh, bytes);
        Path ignored = Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return bytes;
    }

    /**
     * The file of ids of a segment.
     *
     * @throws ArchiveException when it is not what was written
     */
    static byte[] read(Archive archive, Segment segment) {
        byte[] bytes = download(archive, segment);
        if (!isOf(segment, bytes)) {
            throw new ArchiveException(Kind.EDITED, segment.id().toString(), "the file of ids is not what was written");
        }
        requireForm(segment, bytes);
        return bytes;
    }

    private static byte[] download(Archive archive, Segment segment) {
        try (InputStream in = archive.ids(segment)) {
            return in.readNBytes(length(segment) + 1);
        } catch (IOException e) {
            throw new StorageException(
                    Reason.UNAVAILABLE, "reading the ids of " + segment.id() + " broke off: " + e.getMessage(), e);
        }
    }

    private static void requireForm(Segment segment, byte[] bytes) {
        byte[] head = IdTable.head(segment.ledger().id(), segment.counts().events());
        boolean sorted = Arrays.equals(head, Arrays.copyOf(bytes, IdTable.HEAD));
        for (int at = IdTable.HEAD + IdTable.ROW; sorted && at < bytes.length; at += IdTable.ROW) {
            int before = at - IdTable.ROW;
            sorted = Arrays.compareUnsigned(bytes, before, before + IdTable.ID, bytes, at, at + IdTable.ID) < 0;
        }
        if (!sorted) {
            throw new ArchiveException(
                    Kind.IDS, segment.id().toString(), "the file of ids is of another ledger, or not sorted");
        }
    }

    /** Looks one up, without reading the whole file. */
    Optional<ArchivedEvent> find(Segment segment, EventId id) {
        try (FileChannel channel = FileChannel.open(file(segment), StandardOpenOption.READ)) {
            if (channel.size() == length(segment)) {
                return search(segment, id, channel);
            }
        } catch (NoSuchFileException fetchAgain) {
            // Somebody has tidied up.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ByteBuffer ignored = rows(segment);
        try (FileChannel channel = FileChannel.open(file(segment), StandardOpenOption.READ)) {
            return search(segment, id, channel);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<ArchivedEvent> search(Segment segment, EventId id, FileChannel channel) throws IOException {
        byte[] key = IdTable.key(id);
        byte[] row = new byte[IdTable.ROW];
        long low = 0;
        long high = segment.counts().events() - 1;
        while (low <= high) {
            long middle = (low + high) >>> 1;
            read(channel, IdTable.HEAD + middle * IdTable.ROW, row);
            int order = Arrays.compareUnsigned(row, 0, IdTable.ID, key, 0, IdTable.ID);
            if (order == 0) {
                return Optional.of(IdTable.event(segment, row));
            }
            low = order < 0 ? middle + 1 : low;
            high = order < 0 ? high : middle - 1;
        }
        return Optional.empty();
    }

    private static void read(FileChannel channel, long from, byte[] row) throws IOException {
        ByteBuffer into = ByteBuffer.wrap(row);
        while (into.hasRemaining()) {
            if (channel.read(into, from + into.position()) < 0) {
                throw new IOException("a file of ids became shorter while it was read");
            }
        }
    }
}
