// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.archive;

import io.contextgraph.event.EventId;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which events are archived, by their ids: asked before an id that the ledger does not know is taken for a new one.
 *
 * <p><b>Units and bounds.</b> Memory: {@value IdFilter#BITS} bits for each archived event, in pieces for {@value #PIECE} of
 * them, and the manifests. An id that is not there is answered from memory, but for three of a thousand; for those, and for
 * one that is there, local files of ids are searched.
 *
 * <p><b>Guarantees.</b> An event is found from when {@link #add} or {@link #refresh} has returned. It may still be in the
 * ledger: whoever archives does so before the ledger lets go.
 *
 * <p><b>Errors.</b> {@link io.contextgraph.storage.StorageException} where a file of ids must be fetched and the storage does
 * not answer: then it is not known whether an id is there.
 *
 * <p><b>Threads.</b> Safe; nobody who asks waits for who adds.
 */
public final class GoneIds {
    private static final int PIECE = 1 << 20;

    private final Archive archive;
    private final IdCache cache;
    private final int pieceSize;
    private volatile List<Piece> pieces = List.of();

    /** @param folder for local copies of the files of ids */
    public GoneIds(Archive archive, Path folder) {
        this(archive, folder, PIECE);
    }

    GoneIds(Archive archive, Path folder, int pieceSize) {
        this.archive = archive;
        this.cache = new IdCache(archive, folder);
        this.pieceSize = pieceSize;
    }

    /**
     * Some segments and a filter over all their ids.
     *
     * @param room of the filter
     * @param ids that are in it
     */
    private record Piece(IdFilter filter, List<Segment> segments, long room, long ids) {
        Piece with(Segment segment) {
            List<Segment> more = new ArrayList<>(segments);
            more.add(segment);
            return new Piece(
                    filter, List.copyOf(more), room, ids + segment.counts().events());
        }
    }

    /**
     * Learns of what is in the archive now, and forgets what is there no more.
     *
     * @return what it cannot know of: the ids of these segments are not found
     */
    public synchronized List<ArchiveFault> refresh() {
        Catalog catalog = archive.list();
        List<ArchiveFault> faults = new ArrayList<>(catalog.faults());
        Set<Segment> known = known();
        if (!new HashSet<>(catalog.segments()).containsAll(known)) {
            List<Piece> anew = List.of();
            for (Segment segment : catalog.segments()) {
                anew = tried(anew, segment, faults);
            }
            pieces = anew;
            return faults;
        }
        for (Segment segment : catalog.segments()) {
            if (!known.contains(segment)) {
                pieces = tried(pieces, segment, faults);
            }
        }
        return faults;
    }

    private List<Piece> tried(List<Piece> before, Segment segment, List<ArchiveFault> faults) {
        try {
            return with(before, segment);
        } catch (ArchiveException wrong) {
            faults.add(wrong.fault());
            return before;
        }
    }

    private Set<Segment> known() {
        Set<Segment> known = new HashSet<>();
        pieces.forEach(piece -> known.addAll(piece.segments()));
        return known;
    }

    /**
     * Learns of a segment that was written just now.
     *
     * @throws ArchiveException when something is wrong with its file of ids
     */
    public synchronized void add(Segment segment) {
        if (!known().contains(segment)) {
            pieces = with(pieces, segment);
        }
    }

    private List<Piece> with(List<Piece> before, Segment segment) {
        ByteBuffer rows = cache.rows(segment);
        long events = segment.counts().events();
        List<Piece> after = new ArrayList<>(before);
        Piece last = after.isEmpty() ? null : after.removeLast();
        if (last != null && last.ids() + events > last.room()) {
            after.add(last);
            last = null;
        }
        if (last == null) {
            int room = (int) Math.max(pieceSize, events);
            last = new Piece(new IdFilter(room), List.of(), room, 0);
        }
        last.filter().add(rows);
        after.add(last.with(segment));
        return List.copyOf(after);
    }

    /** Where an event is archived; empty where it is not. */
    public Optional<ArchivedEvent> find(EventId id) {
        for (Piece piece : pieces) {
            if (piece.filter().mayHave(id)) {
                for (Segment segment : piece.segments()) {
                    Optional<ArchivedEvent> found = cache.find(segment, id);
                    if (found.isPresent()) {
                        return found;
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** How many events are known to be archived. */
    public long size() {
        return pieces.stream().mapToLong(Piece::ids).sum();
    }

    /** Bytes of memory that the filters take. */
    public long memory() {
        return pieces.stream().mapToLong(piece -> piece.filter().bytes()).sum();
    }
}
