// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.checkpoint;

import io.contextgraph.event.Sha256;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.ops.OwnerFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The checkpoints in a folder: a file for each place where a ledger was.
 *
 * <p><b>Guarantees.</b> A file is replaced in one step, and is on the disk when {@link #write} returns: a crash leaves the
 * old one or the new one. Several servers may share a folder.
 */
final class CheckpointFolder {
    private static final String ENDING = ".json";

    /** Of a checkpoint that a ledger does not reach any more. */
    private static final String LOST = ".lost";

    private static final int LONGEST_NAME = 60;
    private static final int DIGEST_DIGITS = 8;

    private final Path folder;

    CheckpointFolder(Path folder) {
        this.folder = folder.toAbsolutePath().normalize();
    }

    /**
     * A file and what it holds.
     *
     * @param checkpoint empty where the file cannot be understood
     */
    record Stored(Path file, Optional<Checkpoint> checkpoint) {}

    /**
     * The newest checkpoint of a ledger: one with its id, wherever it was written, before one of its place.
     *
     * @throws IOException when a file cannot be read
     */
    Optional<Stored> find(String place, LedgerIdentity identity) throws IOException {
        if (identity.id().isPresent()) {
            Optional<Stored> same = newest(ENDING, identity);
            if (same.isPresent()) {
                return same;
            }
        }
        return read(file(place));
    }

    /**
     * The farthest of the checkpoints that the ledger with this id did not reach any more when it was looked at.
     *
     * @throws IOException when a file cannot be read
     */
    Optional<Stored> lost(LedgerIdentity identity) throws IOException {
        return newest(LOST, identity);
    }

    private Optional<Stored> newest(String ending, LedgerIdentity identity) throws IOException {
        return files(ending).stream()
                .map(this::read)
                .flatMap(Optional::stream)
                .filter(stored ->
                        stored.checkpoint().filter(c -> c.hasId(identity)).isPresent())
                .max(Comparator.comparingLong(
                        stored -> stored.checkpoint().orElseThrow().seq()));
    }

    /** Keeps one that the ledger does not reach any more, so that the next one can be written in its place. */
    void setAside(Stored stored, long epoch) throws IOException {
        String name = stored.file().getFileName().toString();
        Path aside = stored.file()
                .resolveSibling(name.substring(0, name.length() - ENDING.length()) + "-epoch-" + epoch + LOST);
        Path ignored =
                Files.move(stored.file(), aside, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        OwnerFiles.syncNames(folder);
    }

    /** Forgets one: what it told of has come back. */
    void delete(Stored stored) throws IOException {
        boolean ignored = Files.deleteIfExists(stored.file());
    }

    private List<Path> files(String ending) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(file -> file.toString().endsWith(ending)).sorted().toList();
        }
    }

    private Optional<Stored> read(Path file) {
        try {
            return Optional.of(new Stored(file, Checkpoint.parse(Files.readString(file, StandardCharsets.UTF_8))));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (IOException unreadable) {
            return Optional.of(new Stored(file, Optional.empty()));
        }
    }

    /** Writes it in place of the older one of the same place. */
    void write(Checkpoint checkpoint) throws IOException {
        Path made = Files.createDirectories(folder, OwnerFiles.mode("rwx------"));
        Path file = file(checkpoint.place());
        // One of a process that was killed is written over by the next that has its number.
        Path fresh = file.resolveSibling(
                file.getFileName() + "." + ProcessHandle.current().pid() + ".new");
        Files.deleteIfExists(fresh);
        Path created = Files.createFile(fresh, OwnerFiles.mode("rw-------"));
        OwnerFiles.fill(created, checkpoint.toJson().getBytes(StandardCharsets.UTF_8));
        Path ignored = Files.move(created, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        OwnerFiles.syncNames(made);
    }

    /** For people by its beginning, for the machine by its end. */
    Path file(String place) {
        String readable = place.replaceAll("[^A-Za-z0-9.]+", "-");
        String digest = Sha256.hex(place.getBytes(StandardCharsets.UTF_8)).substring(0, DIGEST_DIGITS);
        return folder.resolve(readable.substring(0, Math.min(readable.length(), LONGEST_NAME)) + "-" + digest + ENDING);
    }
}
