// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import io.contextgraph.proof.ProofException.Reason;
import io.contextgraph.proof.note.LogCheckpoint;
import io.contextgraph.proof.note.SignedNote;
import io.contextgraph.proof.tree.Tile;
import io.contextgraph.proof.tree.TileException;
import io.contextgraph.proof.tree.Tiles;
import io.contextgraph.proof.tree.TreeGrowth;
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
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * The files of a log.
 *
 * <p><b>Shape.</b> Under the folder of its {@link LogName}: {@code tile/...} as {@link Tile#path} has it, {@code checkpoints/} with a
 * signed note for each of the last sizes, one more with {@code .w} behind its name where witnesses came late, {@code claims/} with
 * what somebody has undertaken to sign next, by the size that it goes on from, or with a {@link Closing}, and {@code predecessor}, a signed note, where another log came before.
 *
 * <p><b>Guarantees.</b> Of several who would go on from a checkpoint one can claim to, and only what was claimed is stored and
 * published: all checkpoints of a log are of one history, whoever holds which lease. A tile that a checkpoint covers is never written
 * over.
 *
 * <p><b>Errors.</b> {@link StorageException}; {@link ProofException} and {@link TileException} where a file is not what it must be.
 *
 * <p><b>Threads.</b> Safe.
 */
public final class StoredLog implements Tiles {
    private static final String CHECKPOINTS = "checkpoints/";
    private static final String PREDECESSOR = "predecessor";
    private static final String CLAIMS = "claims/";
    private static final String WITNESSED = ".w";
    private static final Pattern NUMBER = Pattern.compile("\\d{18}");
    private static final Pattern CHECKPOINT = Pattern.compile(NUMBER + "(" + Pattern.quote(WITNESSED) + ")?");

    /** Whoever reads the newest one has some time to read its tiles. */
    private static final int KEPT = 8;

    private final Storage storage;
    private final LogName name;

    public StoredLog(Storage storage, LogName name) {
        this.storage = storage;
        this.name = name;
    }

    /** Of which epochs there are logs of this part of a ledger, the newest first; each has left a mark. */
    public static List<Long> epochs(Storage storage, LogName any) {
        String marks = any.marks();
        return storage.list(marks).stream()
                .map(mark -> mark.name().substring(marks.length()))
                .filter(mark -> NUMBER.matcher(mark).matches())
                .map(Long::parseLong)
                .sorted(Comparator.reverseOrder())
                .toList();
    }

    /** Leaves the mark of a log that begins; can be repeated. */
    void mark() {
        boolean ignored = isNew(() -> storage.put(name.marks() + "%018d".formatted(name.epoch()), new byte[0]));
    }

    /** Its newest checkpoint. */
    public Optional<SignedNote> newest() {
        List<StoredFile> files = checkpoints();
        return files.isEmpty()
                ? Optional.empty()
                : Optional.of(checkpoint(files.getLast().name()));
    }

    private List<StoredFile> checkpoints() {
        String folder = name.folder() + CHECKPOINTS;
        return storage.list(folder).stream()
                .filter(file -> CHECKPOINT
                        .matcher(file.name().substring(folder.length()))
                        .matches())
                .toList();
    }

    /** What says which log it goes on with; empty where it is the first of its ledger. */
    public Optional<SignedNote> predecessor() {
        return found(() -> note(name.folder() + PREDECESSOR));
    }

    private static Optional<SignedNote> found(Supplier<SignedNote> read) {
        try {
            return Optional.of(read.get());
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
            throw damaged(file, other);
        }
    }

    /** What was claimed, or published. */
    private SignedNote checkpoint(String file) {
        SignedNote note = note(file);
        try {
            LogCheckpoint ignored = LogCheckpoint.parse(note.text());
            return note;
        } catch (IllegalArgumentException other) {
            throw damaged(file, other);
        }
    }

    private ProofException damaged(String file, Exception why) {
        // A claim is of whoever may still go on with it.
        String otherwise = file.startsWith(name.folder() + CLAIMS)
                ? "; where there is none, stop all servers of the ledger, take it away, and start them"
                : "";
        return new ProofException(
                Reason.DAMAGED,
                file + " in " + storage.describe() + " is not what was written (" + why.getMessage()
                        + "): bring it back from a copy" + otherwise,
                why);
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

    /** Writes a tile of what was claimed; can be repeated. */
    void write(Tile tile, byte[] hashes) {
        if (!isWritten(tile, hashes)) {
            throw other(tile);
        }
    }

    private ProofException other(Tile tile) {
        return new ProofException(
                Reason.DAMAGED,
                name.folder() + tile.path() + " in " + storage.describe()
                        + " is not what the ledger has: it was altered, or copied from another log; bring the files of the"
                        + " log back from a copy, or take this one away");
    }

    /** Writes a tile of what was signed before: what somebody has left who has claimed nothing gives way. */
    void rewrite(Tile tile, byte[] hashes) {
        if (!isWritten(tile, hashes)) {
            if (claimed(size()).isPresent()) {
                throw other(tile);
            }
            String file = name.folder() + tile.path();
            Storage.Deletion ignored = storage.delete(file);
            storage.put(file, hashes);
        }
    }

    /** Whether it is there now as it should be; not where another one was there before. */
    private boolean isWritten(Tile tile, byte[] hashes) {
        String file = name.folder() + tile.path();
        return isNew(() -> storage.put(file, hashes)) || Arrays.equals(bytes(file, tile.bytes() + 1), hashes);
    }

    /** Takes away what was there of a tile before it was full. */
    void forgetPartials(Tile full) {
        for (StoredFile file : storage.list(name.folder() + full.partials())) {
            Storage.Deletion ignored = storage.delete(file.name());
        }
    }

    /** Writes down which log it goes on with; what was written before nothing was claimed gives way. */
    void follow(SignedNote note) {
        String file = name.folder() + PREDECESSOR;
        Optional<SignedNote> other = predecessor().filter(there -> !there.text().equals(note.text()));
        if (other.isPresent() && claimed(0).isEmpty()) {
            Storage.Deletion ignored = storage.delete(file);
        }
        put(PREDECESSOR, note);
    }

    /** What somebody has undertaken to sign next behind a checkpoint; empty where nobody has. */
    Optional<SignedNote> claimed(long after) {
        return placed(after).filter(note -> !Closing.isOne(note.text()));
    }

    /** What has closed it behind a checkpoint; empty where it may go on. */
    public Optional<SignedNote> closed(long after) {
        return placed(after).filter(note -> Closing.isOne(note.text()));
    }

    /** Whether nobody goes on with it. */
    boolean isClosed() {
        return closed(size()).isPresent();
    }

    /**
     * Has nobody go on from a checkpoint; can be repeated.
     *
     * @return false where somebody has claimed to
     */
    boolean close(long after, SignedNote note) {
        return isNew(() -> storage.claim(claimFile(after), encoded(note)))
                || closed(after).isPresent();
    }

    /** What stands in the place of a claim. */
    private Optional<SignedNote> placed(long after) {
        String file = claimFile(after);
        return found(() -> {
            SignedNote note = note(file);
            return Closing.isOne(note.text()) ? note : checkpoint(file);
        });
    }

    /** That a claim is nobody's who could have made it. */
    ProofException foreignClaim(long after, String why) {
        return damaged(claimFile(after), new IllegalArgumentException(why));
    }

    /** Writes a file; false where it is there. */
    private static boolean isNew(Runnable write) {
        try {
            write.run();
            return true;
        } catch (StorageException taken) {
            if (taken.reason() != StorageException.Reason.EXISTS) {
                throw taken;
            }
            return false;
        }
    }

    /** Where that stands. */
    String claimFile(long after) {
        return name.folder() + file(CLAIMS, after);
    }

    /**
     * Undertakes to sign something next.
     *
     * @param after size of the checkpoint that it goes on from; 0 where it is the first
     * @return false where something else was claimed, or the log has gone on since
     */
    boolean claim(long after, SignedNote note) {
        if (!isNew(() -> storage.claim(claimFile(after), encoded(note)))) {
            return claimed(after)
                    .filter(there -> there.text().equals(note.text()))
                    .isPresent();
        }
        // A claim is taken away only when others have followed.
        boolean free = size() == after;
        if (!free) {
            Storage.Deletion ignored = storage.delete(claimFile(after));
        }
        return free;
    }

    private long size() {
        return newest().map(note -> LogCheckpoint.parse(note.text()).size()).orElse(0L);
    }

    /** Publishes what somebody has claimed and stored, who was killed then. */
    void settle() {
        claimed(size()).ifPresent(note -> {
            LogCheckpoint checkpoint = LogCheckpoint.parse(note.text());
            if (isStored(checkpoint)) {
                publish(checkpoint.size(), note);
            }
        });
    }

    /** Whether all its tiles are there: the last of them is the last that is written. */
    private boolean isStored(LogCheckpoint checkpoint) {
        try {
            return new TreeGrowth(this, checkpoint.size()).root().equals(checkpoint.root());
        } catch (TileException missing) {
            return false;
        }
    }

    /** Makes a checkpoint the newest one. */
    void publish(long size, SignedNote note) {
        put(file(CHECKPOINTS, size), note);
        forgetCheckpoints();
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
            if (!old.name().endsWith(WITNESSED)) {
                ignored = storage.delete(old.name().replace(CHECKPOINTS, CLAIMS));
            }
        }
    }

    private static byte[] encoded(SignedNote note) {
        return note.encoded().getBytes(StandardCharsets.UTF_8);
    }

    private void put(String file, SignedNote note) {
        if (!isNew(() -> storage.put(name.folder() + file, encoded(note)))) {
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
