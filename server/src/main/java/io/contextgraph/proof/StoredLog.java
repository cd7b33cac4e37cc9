// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import io.contextgraph.proof.ProofException.Reason;
import io.contextgraph.proof.note.LogCheckpoint;
import io.contextgraph.proof.note.SignedNote;
import io.contextgraph.proof.tree.Tile;
import io.contextgraph.proof.tree.TileException;
import io.contextgraph.proof.tree.Tiles;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.StorageException;
import io.contextgraph.storage.StoredFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The files of a log.
 *
 * <p><b>Shape.</b> Under the folder of its {@link LogName}: {@code tile/...} as {@link Tile#path} has it, {@code checkpoints/} with a
 * signed note for each of the last sizes, one more with {@code .w} behind its name where witnesses came late, {@code announced/} with
 * what witnesses are asked for now, and {@code predecessor}, a signed note, where another log came before.
 *
 * <p><b>Guarantees.</b> A tile that a checkpoint covers is never written over.
 *
 * <p><b>Errors.</b> {@link StorageException}; {@link ProofException} and {@link TileException} where a file is not what it must be.
 *
 * <p><b>Threads.</b> Safe.
 */
public final class StoredLog implements Tiles {
    private static final String CHECKPOINTS = "checkpoints/";
    private static final String PREDECESSOR = "predecessor";
    private static final String ANNOUNCED = "announced/";
    private static final String WITNESSED = ".w";

    /** Whoever reads the newest one has some time to read its tiles. */
    private static final int KEPT = 8;

    private final Storage storage;
    private final LogName name;

    public StoredLog(Storage storage, LogName name) {
        this.storage = storage;
        this.name = name;
    }

    /** Of which epochs there are logs of this part of a ledger, the newest first; each has left a mark. */
    static List<Long> epochs(Storage storage, LogName any) {
        String marks = any.marks();
        return storage.list(marks).stream()
                .map(mark -> Long.parseLong(mark.name().substring(marks.length())))
                .sorted(Comparator.reverseOrder())
                .toList();
    }

    /** Leaves the mark of a log that begins; can be repeated. */
    void mark() {
        try {
            storage.put(name.marks() + "%018d".formatted(name.epoch()), new byte[0]);
        } catch (StorageException taken) {
            if (taken.reason() != StorageException.Reason.EXISTS) {
                throw taken;
            }
        }
    }

    /** Its newest checkpoint. */
    public Optional<SignedNote> newest() {
        List<StoredFile> files = checkpoints();
        return files.isEmpty()
                ? Optional.empty()
                : Optional.of(note(files.getLast().name()));
    }

    private List<StoredFile> checkpoints() {
        return storage.list(name.folder() + CHECKPOINTS);
    }

    /** What says which log it goes on with; empty where it is the first of its ledger. */
    public Optional<SignedNote> predecessor() {
        try {
            return Optional.of(note(name.folder() + PREDECESSOR));
        } catch (StorageException none) {
            if (none.reason() == StorageException.Reason.MISSING) {
                return Optional.empty();
            }
            throw none;
        }
    }

    private SignedNote note(String file) {
        byte[] bytes = bytes(file, SignedNote.MOST_CHARACTERS + 1);
        try {
            return SignedNote.parse(new String(bytes, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException other) {
            throw new ProofException(
                    Reason.DAMAGED,
                    file + " in " + storage.describe() + " is not what was written: " + other.getMessage(),
                    other);
        }
    }

    private byte[] bytes(String file, int most) {
        try (InputStream in = storage.open(file)) {
            return in.readNBytes(most);
        } catch (IOException e) {
            throw new StorageException(
                    StorageException.Reason.UNAVAILABLE, "reading " + file + " broke off: " + e.getMessage(), e);
        }
    }

    @Override
    public byte[] read(Tile tile) {
        return find(tile)
                .or(() -> tile.isFull() ? Optional.empty() : find(tile.full()))
                .map(found -> Arrays.copyOf(found, tile.bytes()))
                .orElseThrow(() -> new TileException(tile.path() + " of the log " + name + " is not in "
                        + storage.describe() + ": bring its files back from a copy, or let the log be built anew"));
    }

    /** A tile as it is stored; empty where it is not. */
    public Optional<byte[]> find(Tile tile) {
        try {
            byte[] found = bytes(name.folder() + tile.path(), tile.bytes() + 1);
            if (found.length != tile.bytes()) {
                throw new TileException(tile.path() + " of the log " + name + " in " + storage.describe()
                        + " has not the " + tile.bytes() + " bytes that it must have");
            }
            return Optional.of(found);
        } catch (StorageException missing) {
            if (missing.reason() == StorageException.Reason.MISSING) {
                return Optional.empty();
            }
            throw missing;
        }
    }

    /** Writes a tile that no checkpoint covers yet. */
    void write(Tile tile, byte[] hashes) {
        String file = name.folder() + tile.path();
        try {
            storage.put(file, hashes);
        } catch (StorageException taken) {
            if (taken.reason() != StorageException.Reason.EXISTS) {
                throw taken;
            }
            // Whoever was killed before it signed has left it; or left another one, of what the ledger has lost since.
            if (!Arrays.equals(bytes(file, tile.bytes() + 1), hashes)) {
                Storage.Deletion ignored = storage.delete(file);
                storage.put(file, hashes);
            }
        }
    }

    /** Takes away what was there of a tile before it was full. */
    void forgetPartials(Tile full) {
        for (StoredFile file : storage.list(name.folder() + full.partials())) {
            Storage.Deletion ignored = storage.delete(file.name());
        }
    }

    /** Writes down which log it goes on with. */
    void follow(SignedNote note) {
        put(PREDECESSOR, note);
    }

    /** Keeps a checkpoint that others are to see before it is published: whoever goes on must go on with it. */
    void announce(long size, SignedNote note) {
        put(file(ANNOUNCED, size), note);
    }

    /** Publishes what was announced by somebody who was killed then. */
    void settle() {
        List<StoredFile> announced = storage.list(name.folder() + ANNOUNCED);
        if (!announced.isEmpty()) {
            SignedNote note = note(announced.getLast().name());
            long size = LogCheckpoint.parse(note.text()).size();
            if (newest().filter(newest -> LogCheckpoint.parse(newest.text()).size() >= size)
                    .isEmpty()) {
                publish(size, note);
            }
        }
        for (StoredFile file : announced) {
            Storage.Deletion ignored = storage.delete(file.name());
        }
    }

    /** Makes a checkpoint the newest one. */
    void publish(long size, SignedNote note) {
        put(file(CHECKPOINTS, size), note);
        forgetCheckpoints();
    }

    /** The same for what was announced. */
    void publishAnnounced(long size, SignedNote note) {
        publish(size, note);
        Storage.Deletion ignored = storage.delete(name.folder() + file(ANNOUNCED, size));
    }

    /** Has the newest checkpoint with cosignatures that came late. */
    void publishWitnessed(long size, SignedNote note) {
        put(file(CHECKPOINTS, size) + WITNESSED, note);
        forgetCheckpoints();
    }

    private static String file(String folder, long size) {
        return folder + "%018d".formatted(size);
    }

    private void forgetCheckpoints() {
        List<StoredFile> all = checkpoints();
        for (StoredFile old : all.subList(0, Math.max(0, all.size() - KEPT))) {
            Storage.Deletion ignored = storage.delete(old.name());
        }
    }

    private void put(String file, SignedNote note) {
        try {
            storage.put(name.folder() + file, note.encoded().getBytes(StandardCharsets.UTF_8));
        } catch (StorageException taken) {
            if (taken.reason() != StorageException.Reason.EXISTS) {
                throw taken;
            }
            SignedNote there = note(name.folder() + file);
            if (!there.text().equals(note.text())) {
                throw new ProofException(
                        Reason.DAMAGED,
                        name.folder() + file + " in " + storage.describe()
                                + " says something else than what was to be signed: two servers have signed for different"
                                + " ledgers under one name; contextgraph audit says more");
            }
        }
    }

    @Override
    public String toString() {
        return name.folder() + " in " + storage.describe();
    }
}
