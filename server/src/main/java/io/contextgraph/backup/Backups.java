// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.backup;

import io.contextgraph.backup.Backup.Trial;
import io.contextgraph.ledger.Epochs;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.ledger.snapshot.Snapshots;
import io.contextgraph.operation.Watcher;
import io.contextgraph.operation.WorkFailedException;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.StorageException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes backups of a deployment, lists them and tries them out.
 *
 * <p><b>Guarantees.</b> What is listed is whole: its manifest was written last, after its snapshot was read back. Of one
 * that was interrupted nothing counts, and the next one takes away what it has left.
 *
 * <p><b>Errors.</b> {@link WorkFailedException} with the reason.
 *
 * <p><b>Threads.</b> One at a time of {@link #create} and {@link #verify} on a ledger, whatever process it runs in.
 */
public final class Backups implements BackupStore {
    private static final Logger LOG = LoggerFactory.getLogger(Backups.class);

    /** What of them one runs at a time of. */
    public static final String LOCK = "backup";

    private final BackupShelf shelf;
    private final Path work;
    private final Optional<SnapshotTrial> rehearsal;
    private final int keep;
    private final InstantSource clock;
    private volatile Optional<String> unforgotten = Optional.empty();

    /**
     * Backups in a storage.
     *
     * @param work where files are put while they are worked on; made when that is needed
     * @param rehearsal tries each out when it is taken; empty where that is not wanted
     * @param keep how many of a ledger are kept
     */
    public Backups(Storage storage, Path work, Optional<SnapshotTrial> rehearsal, int keep, InstantSource clock) {
        this.shelf = new BackupShelf(storage);
        this.work = work;
        this.rehearsal = rehearsal;
        this.keep = keep;
        this.clock = clock;
    }

    /** What is being done. */
    public enum Phase implements Watcher.Phase {
        TAKING("taking"),
        TRYING_OUT("trying_out"),
        STORING("storing");

        private final String wireName;

        Phase(String wireName) {
            this.wireName = wireName;
        }

        @Override
        public String wireName() {
            return wireName;
        }
    }

    /** Work that may fail for reasons that people can do something about. */
    private interface Fallible<T> {
        T run(Path folder) throws IOException;
    }

    private <T> T working(Fallible<T> task) {
        try (WorkFolder folder = WorkFolder.fresh(work)) {
            return task.run(folder.path());
        } catch (IOException | LedgerException | StorageException failed) {
            throw new WorkFailedException(String.valueOf(failed.getMessage()), failed);
        }
    }

    @Override
    public List<Backup> list() {
        try {
            return shelf.list();
        } catch (StorageException away) {
            throw new WorkFailedException(String.valueOf(away.getMessage()), away);
        }
    }

    @Override
    public Optional<Backup> find(String id) {
        return list().stream().filter(backup -> backup.id().equals(id)).findFirst();
    }

    /** Those of a ledger, newest first. */
    public List<Backup> of(String ledger) {
        return list().stream().filter(backup -> backup.ledger().equals(ledger)).toList();
    }

    /** Takes one of a ledger. */
    public Backup create(Snapshots snapshots, Epochs epochs, String version, Watcher watcher) {
        return working(folder -> {
            Epochs.Standing before = epochs.now();
            String ledger = before.identity()
                    .id()
                    .orElseThrow(
                            () -> new WorkFailedException("the ledger has no event yet: there is nothing to back up"));
            Optional<String> unclean = tidied(() -> shelf.clean(ledger));
            Instant at = now();
            Path file = folder.resolve(BackupShelf.SNAPSHOT);
            Snapshots.Taken taken = snapshots.take(file, bytes -> watcher.at(Phase.TAKING, bytes, bytes));
            watcher.at(Phase.TRYING_OUT, 0, taken.bytes());
            Trial trial = tried(file, taken.store(), taken.summed(), before, folder);
            watcher.at(Phase.STORING, 0, taken.bytes());
            Backup backup = new Backup(
                    BackupShelf.id(at, ledger),
                    at,
                    version,
                    ledger,
                    before.identity().partition(),
                    before.identity().epoch(),
                    trial.head().orElse(before.head()),
                    taken.store(),
                    taken.bytes(),
                    taken.sha256(),
                    taken.summed(),
                    trial);
            shelf.putSnapshot(backup.id(), file);
            Optional<String> wrong = shelf.fetch(backup, OutputStream.nullOutputStream());
            if (wrong.isPresent()) {
                throw new WorkFailedException(
                        "what was stored in " + shelf.describe() + " is not what was taken: " + wrong.get());
            }
            shelf.putManifest(backup, folder);
            unforgotten = tidied(() -> forgetOldest(ledger)).or(() -> unclean);
            return backup;
        });
    }

    /** @param least what must be in it at least */
    private Trial tried(Path snapshot, Snapshots.Store store, boolean summed, Epochs.Standing least, Path folder) {
        if (rehearsal.isEmpty()) {
            return unseen("it was not tried out: backup.verify is false");
        }
        try {
            SnapshotTrial.Seen seen =
                    rehearsal.get().tryOut(snapshot, store, Files.createDirectory(folder.resolve("trial")));
            return judged(seen, summed, least);
        } catch (IOException | LedgerException failed) {
            return unseen("it could not be tried out: " + failed.getMessage());
        }
    }

    private Trial judged(SnapshotTrial.Seen seen, boolean summed, Epochs.Standing least) {
        Epochs.Standing there = seen.standing();
        if (!there.identity().id().equals(least.identity().id())) {
            return unseen("another ledger is in it");
        }
        String what = "%,d events up to %s on %s"
                .formatted(there.head().seq(), there.head().position(), seen.store());
        if (there.head().seq() < least.head().seq()
                || there.identity().epoch() != least.identity().epoch()) {
            String wanted = ": there must be %d, in epoch %d"
                    .formatted(least.head().seq(), least.identity().epoch());
            return new Trial(false, now(), what + wanted, Optional.of(there.head()));
        }
        String unsummed = summed
                ? ""
                : "; Redis writes no checksum into its snapshots (rdbchecksum no), so that none was compared";
        String found = seen.damages() == 0
                ? ", whole" + unsummed
                : ", and " + seen.damages()
                        + " damages: contextgraph ledger examine names those of the ledger it is of";
        return new Trial(seen.damages() == 0, now(), what + found, Optional.of(there.head()));
    }

    /** As exact as what is written down. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private Trial unseen(String why) {
        return new Trial(false, now(), why, Optional.empty());
    }

    /** Takes something away that is not needed any more; says why where that cannot be, which harms nothing else. */
    private Optional<String> tidied(Runnable task) {
        try {
            task.run();
            return Optional.empty();
        } catch (StorageException stays) {
            String why = "what is not needed any more stays in " + shelf.describe() + ": " + stays.getMessage();
            LOG.warn("backups: {}", why);
            return Optional.of(why);
        }
    }

    /** Why the last that was taken here has left there what should have gone with it; empty where it has not. */
    Optional<String> unforgotten() {
        return unforgotten;
    }

    private void forgetOldest(String ledger) {
        List<Backup> own = of(ledger);
        Optional<Backup> verified =
                own.stream().filter(backup -> backup.trial().verified()).findFirst();
        own.stream()
                .skip(keep)
                .filter(old -> !Optional.of(old).equals(verified))
                .forEach(old -> shelf.delete(old.id()));
    }

    @Override
    public Backup verify(Backup backup, Watcher watcher) {
        return working(folder -> {
            watcher.at(Phase.TRYING_OUT, 0, backup.bytes());
            Path file = folder.resolve(BackupShelf.SNAPSHOT);
            Optional<String> wrong = read(backup, file);
            Trial trial = wrong.map(this::unseen)
                    .orElseGet(() -> tried(file, backup.store(), backup.summed(), standing(backup), folder));
            shelf.putTrial(backup.id(), trial, folder);
            return backup.with(trial);
        });
    }

    private static Epochs.Standing standing(Backup backup) {
        return new Epochs.Standing(
                new LedgerIdentity(Optional.of(backup.ledger()), backup.partition(), backup.epoch(), List.of()),
                backup.head());
    }

    private Optional<String> read(Backup backup, Path file) throws IOException {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            return shelf.fetch(backup, out);
        }
    }

    /** What somebody does with the snapshot of a backup. */
    public interface Use<T> {
        /** @param snapshot goes when this returns */
        T with(Path snapshot) throws IOException;
    }

    /** Reads the snapshot of one back, for as long as somebody uses it; it is what its manifest says. */
    public <T> T using(Backup backup, Use<T> use) {
        return working(folder -> {
            Path file = folder.resolve(BackupShelf.SNAPSHOT);
            Optional<String> wrong = read(backup, file);
            if (wrong.isPresent()) {
                throw new WorkFailedException("the backup " + backup.id() + " cannot be used: " + wrong.get());
            }
            return use.with(file);
        });
    }
}
