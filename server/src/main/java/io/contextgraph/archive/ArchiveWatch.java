// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.archive;

import io.contextgraph.event.EventId;
import io.contextgraph.ledger.Epochs;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ops.BackgroundThread;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.StorageException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps up with what is in the archive of a ledger: looks at its start, and then every minute; one that was not started looks
 * once, when it is first asked.
 *
 * <p><b>Guarantees.</b> Nobody who asks one that was started waits for who looks. What was known stays known while the storage
 * does not answer.
 *
 * <p><b>Threads.</b> Safe for threads; looks on one of its own.
 */
public final class ArchiveWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ArchiveWatch.class);
    private static final Duration INTERVAL = Duration.ofMinutes(1);

    private final Storage storage;
    private final Epochs epochs;
    private final Path folder;
    private final BackgroundThread thread;
    private volatile @Nullable GoneIds ids;
    private volatile long told;
    private volatile boolean looked;
    private volatile Optional<String> failure = Optional.empty();

    /** @param folder for local copies of the files of ids */
    public ArchiveWatch(Storage storage, Epochs epochs, Path folder) {
        this.storage = storage;
        this.epochs = epochs;
        this.folder = folder;
        this.thread = new BackgroundThread("archive", this::run);
    }

    /** Looks once, and again and again from then on. */
    public void start() {
        look();
        looked = true;
        thread.start();
    }

    private void run() {
        while (!thread.stoppedWithin(INTERVAL)) {
            look();
        }
    }

    /** Looks once; never fails. */
    void look() {
        try {
            List<ArchiveFault> faults = refresh();
            tell();
            failed(
                    faults.isEmpty()
                            ? Optional.empty()
                            : Optional.of(faults.size() + " segments cannot be used, the first: " + faults.getFirst()));
        } catch (StorageException | LedgerException | UncheckedIOException away) {
            failed(Optional.of(String.valueOf(away.getMessage())));
        } catch (RuntimeException defect) {
            LOG.error("archive: a defect; trying again", defect);
            failed(Optional.of(defect.toString()));
        }
    }

    private void tell() {
        GoneIds known = ids;
        long events = known == null ? 0 : known.size();
        if (known != null && events != told) {
            LOG.info("archive: {} events, known by {} bytes of memory", events, known.memory());
            told = events;
        }
    }

    private List<ArchiveFault> refresh() {
        GoneIds known = ids;
        if (known == null) {
            // A ledger without events has no name, and nothing in the archive.
            Optional<Archive> archive = Archive.of(storage, epochs);
            if (archive.isEmpty()) {
                return List.of();
            }
            known = new GoneIds(archive.get(), folder);
            List<ArchiveFault> faults = known.refresh();
            ids = known;
            return faults;
        }
        return known.refresh();
    }

    private void failed(Optional<String> why) {
        if (why.isPresent() && !why.equals(failure)) {
            LOG.warn("archive: {}", why.get());
        }
        failure = why;
    }

    /** Why it is not known what is in the archive; empty where it is. */
    Optional<String> failure() {
        return failure;
    }

    /** Why nothing at all is known of what is in the archive; empty where it has answered once. */
    Optional<String> ignorance() {
        return ids == null ? failure : Optional.empty();
    }

    /**
     * Where an event is archived; empty where that is not known.
     *
     * @throws StorageException as {@link GoneIds#find} does
     * @throws LedgerException where it was not started, and could not look
     */
    public Optional<ArchivedEvent> find(EventId id) {
        if (!looked) {
            lookFirst();
        }
        GoneIds known = ids;
        return known == null ? Optional.empty() : known.find(id);
    }

    private synchronized void lookFirst() {
        if (looked) {
            return;
        }
        look();
        Optional<String> why = failure;
        if (ids == null && why.isPresent()) {
            throw new LedgerException(Reason.UNAVAILABLE, "the archive cannot be asked: " + why.get());
        }
        looked = true;
    }

    @Override
    public void close() {
        thread.close();
    }
}
