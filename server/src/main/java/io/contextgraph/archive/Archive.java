// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.archive;

import io.contextgraph.archive.ArchiveFault.Kind;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Epochs;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.storage.FileNames;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.Storage.Deletion;
import io.contextgraph.storage.StorageException;
import io.contextgraph.storage.StorageException.Reason;
import io.contextgraph.storage.StoredFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * The segments of a ledger, or of a part of one, in a storage.
 *
 * <p><b>Shape.</b> Under {@code <ledger id>/<partition>/}: for each segment a manifest, a file of events and a file of ids.
 *
 * <p><b>Errors.</b> {@link StorageException} where the storage does not answer; {@link ArchiveException} where something is
 * wrong with what it holds.
 *
 * <p><b>Threads.</b> Safe.
 */
public final class Archive {
    private final Storage storage;
    private final UUID ledger;
    private final int partition;
    private final String folder;

    public Archive(Storage storage, UUID ledger, int partition) {
        this.storage = storage;
        this.ledger = ledger;
        this.partition = partition;
        this.folder = Segment.folder(ledger, partition);
    }

    /**
     * That of a ledger; empty where it has no event yet, and so no name.
     *
     * @throws io.contextgraph.ledger.LedgerException when the ledger does not answer
     */
    public static Optional<Archive> of(Storage storage, Epochs epochs) {
        LedgerIdentity identity = epochs.now().identity();
        return identity.id().map(id -> new Archive(storage, UUID.fromString(id), identity.partition()));
    }

    /** Everything that is there; each manifest is read. */
    public Catalog list() {
        List<StoredFile> files = storage.list(folder);
        List<Segment> segments = new ArrayList<>();
        List<ArchiveFault> faults = new ArrayList<>();
        Set<String> known = new HashSet<>();
        for (StoredFile file : files) {
            if (file.name().endsWith(Segment.MANIFEST)) {
                known.add(file.name());
                read(file.name(), faults).ifPresent(segment -> {
                    segments.add(segment);
                    known.add(segment.dataName());
                    known.add(segment.idsName());
                });
            }
        }
        segments.sort(Comparator.comparing(Segment::id));
        Overlaps.find(segments, faults);
        // Files of a segment whose manifest cannot be read are evidence.
        List<StoredFile> leftovers = faults.stream().anyMatch(fault -> fault.kind() == Kind.MANIFEST)
                ? List.of()
                : files.stream().filter(file -> !known.contains(file.name())).toList();
        return new Catalog(segments, faults, leftovers);
    }

    private Optional<Segment> read(String name, List<ArchiveFault> faults) {
        try {
            return Optional.of(manifest(name));
        } catch (ArchiveException wrong) {
            if (wrong.fault().kind() != Kind.MISSING) {
                faults.add(wrong.fault());
            }
            return Optional.empty();
        }
    }

    /**
     * One of them.
     *
     * @throws ArchiveException when there is none, or its manifest cannot be read
     */
    public Segment segment(SegmentId id) {
        return manifest(folder + id + Segment.MANIFEST);
    }

    /**
     * One of them; empty where there is none.
     *
     * @throws ArchiveException when its manifest cannot be read
     */
    public Optional<Segment> find(SegmentId id) {
        try {
            return Optional.of(segment(id));
        } catch (ArchiveException wrong) {
            if (wrong.fault().kind() == Kind.MISSING) {
                return Optional.empty();
            }
            throw wrong;
        }
    }

    private Segment manifest(String name) {
        byte[] bytes;
        try (InputStream in = storage.open(FileNames.require(name))) {
            bytes = in.readNBytes(ManifestJson.MAX_BYTES + 1);
        } catch (StorageException e) {
            throw e.reason() == Reason.MISSING
                    ? new ArchiveException(Kind.MISSING, name, "there is no such segment")
                    : e;
        } catch (IOException e) {
            throw brokeOff(name, e);
        }
        if (bytes.length > ManifestJson.MAX_BYTES) {
            throw new ArchiveException(Kind.MANIFEST, name, "the manifest is too long");
        }
        Segment segment = ManifestJson.read(name, bytes);
        if (!segment.ledger().id().equals(ledger) || segment.ledger().partition() != partition) {
            throw new ArchiveException(
                    Kind.FOREIGN,
                    name,
                    "the manifest is of another ledger or partition: "
                            + segment.ledger().id());
        }
        if (!segment.manifestName().equals(name)) {
            throw new ArchiveException(Kind.MIXED_UP, name, "the manifest is of another segment: " + segment.id());
        }
        return segment;
    }

    private static StorageException brokeOff(String name, IOException e) {
        return new StorageException(Reason.UNAVAILABLE, "reading " + name + " broke off: " + e.getMessage(), e);
    }

    /**
     * The events of a segment in their order, with payloads and originals; to be closed by the caller.
     *
     * @throws ArchiveException when its file of events is not there
     */
    public SegmentReader read(Segment segment) {
        return new SegmentReader(segment, open(segment, segment.dataName(), "events"));
    }

    /**
     * Which events a segment has, sorted by their ids.
     *
     * @throws ArchiveException when its file of ids is not what was written
     */
    public List<ArchivedEvent> events(Segment segment) {
        byte[] bytes = IdCache.read(this, segment);
        List<ArchivedEvent> events = new ArrayList<>();
        for (int at = IdTable.HEAD; at < bytes.length; at += IdTable.ROW) {
            events.add(IdTable.event(segment, Arrays.copyOfRange(bytes, at, at + IdTable.ROW)));
        }
        return events;
    }

    /**
     * The sorted file of ids of a segment; to be closed by the caller.
     *
     * @throws ArchiveException when it is not there
     */
    InputStream ids(Segment segment) {
        return open(segment, segment.idsName(), "ids");
    }

    private InputStream open(Segment segment, String name, String what) {
        try {
            return storage.open(name);
        } catch (StorageException e) {
            if (e.reason() == Reason.MISSING) {
                throw new ArchiveException(
                        Kind.MISSING, segment.id().toString(), "its file of " + what + ", " + name + ", is not there");
            }
            throw e;
        }
    }

    /**
     * Reads a segment back, all of it, and says what is wrong with it.
     *
     * @return nothing where every event is there as it was written
     */
    public List<ArchiveFault> verify(SegmentId id) {
        return verify(id, event -> {});
    }

    /**
     * The same.
     *
     * @param told each event that can be read, in the order of the file
     */
    public List<ArchiveFault> verify(SegmentId id, Consumer<RecordedEvent> told) {
        Segment segment;
        try {
            segment = segment(id);
        } catch (ArchiveException wrong) {
            return List.of(wrong.fault());
        }
        SegmentAudit audit = new SegmentAudit(segment, told);
        List<ArchiveFault> missing = new ArrayList<>();
        try (SegmentReader events = read(segment)) {
            audit.readEvents(events);
        } catch (ArchiveException wrong) {
            missing.add(wrong.fault());
        }
        try (InputStream ids = ids(segment)) {
            if (missing.isEmpty()) {
                audit.compare(ids);
            }
        } catch (ArchiveException wrong) {
            missing.add(wrong.fault());
        } catch (IOException e) {
            throw brokeOff(segment.idsName(), e);
        }
        missing.addAll(audit.faults());
        return missing;
    }

    /**
     * Copies what tells which events a segment had, without the events: its file of ids and its manifest, which is last.
     *
     * @param scratch local folder for what is not finished
     * @throws StorageException with {@link Reason#EXISTS} where there is another segment of this id
     * @throws IOException where there is no room for the local files
     */
    public void copyIds(Segment segment, Storage to, Path scratch) throws IOException {
        Path file = Files.createTempFile(Files.createDirectories(scratch), "ids", "");
        try {
            for (String name : List.of(segment.idsName(), segment.manifestName())) {
                try (InputStream in = storage.open(name)) {
                    long ignored = Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
                }
                copy(segment, name, file, to);
            }
        } finally {
            boolean ignored = Files.deleteIfExists(file);
        }
    }

    private void copy(Segment segment, String name, Path file, Storage to) {
        try {
            to.put(name, file);
        } catch (StorageException taken) {
            boolean same = taken.reason() == Reason.EXISTS
                    && (name.equals(segment.idsName())
                            || segment.isLike(new Archive(to, ledger, partition).segment(segment.id())));
            if (!same) {
                throw taken;
            }
        }
    }

    /** Takes a segment away, its manifest first. */
    public Deletion delete(Segment segment) {
        Deletion gone = storage.delete(segment.manifestName());
        if (gone == Deletion.GONE) {
            Deletion ids = storage.delete(segment.idsName());
            Deletion data = storage.delete(segment.dataName());
            gone = ids == Deletion.GONE ? data : ids;
        }
        return gone;
    }

    /** Which segment it is whose manifest is not what was written; empty where a fault is about something else. */
    public static Optional<SegmentId> idOf(ArchiveFault fault) {
        String name = fault.segment().substring(fault.segment().lastIndexOf('/') + 1);
        return name.endsWith(Segment.MANIFEST)
                ? SegmentId.parse(name.substring(0, name.length() - Segment.MANIFEST.length()))
                : Optional.empty();
    }

    /** Takes a segment away of which nobody knows what is in it, its manifest first. */
    public Deletion discard(SegmentId id) {
        Deletion gone = storage.delete(folder + id + Segment.MANIFEST);
        for (StoredFile file : gone == Deletion.GONE ? storage.list(folder + id) : List.<StoredFile>of()) {
            if (Segment.isOf(folder + id, file.name()) && storage.delete(file.name()) == Deletion.RETAINED) {
                gone = Deletion.RETAINED;
            }
        }
        return gone;
    }

    /**
     * Takes away files of no segment, which somebody who was killed has left.
     *
     * @param before when they were written: those of somebody who is writing now are younger
     * @return how many
     */
    public int sweep(Instant before) {
        int swept = 0;
        for (StoredFile file : list().leftovers()) {
            if (file.modified().isBefore(before) && storage.delete(file.name()) == Deletion.GONE) {
                swept++;
            }
        }
        return swept;
    }
}
