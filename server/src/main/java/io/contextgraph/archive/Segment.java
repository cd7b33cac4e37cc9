// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.archive;

import io.contextgraph.event.Original;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.ledger.prune.SeqRun;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What the manifest of a segment says: it is written last, so that a segment without one does not exist.
 *
 * @param ledger which ledger the events are of, and its epoch when they were archived
 * @param runs which numbers it has, in their order: what lies between two of them was left out, not lost
 * @param first the first event
 * @param last the last event
 * @param counts how much there is
 * @param hashes what the files and the events must be
 * @param storageFormat of the ledger
 * @param writtenAt when
 * @param product version of the program that wrote it
 * @param attempt see {@link SegmentId}
 */
public record Segment(
        Original.Source ledger,
        List<SeqRun> runs,
        Mark first,
        Mark last,
        Counts counts,
        Hashes hashes,
        String storageFormat,
        Instant writtenAt,
        String product,
        int attempt) {
    /** Most events of a segment. */
    public static final int MAX_EVENTS = 200_000;

    static final String MANIFEST = ".json";
    static final String DATA = ".ndjson.zst";
    static final String IDS = ".ids";
    private static final int HASH_IN_NAME = 16;

    public Segment {
        runs = List.copyOf(runs);
    }

    /** Where an event stands in its ledger. */
    public record Mark(long seq, Position position, Instant recordedAt) {
        static Mark of(RecordedEvent event) {
            return new Mark(event.seq(), event.position(), event.recordedAt());
        }
    }

    /**
     * How much there is.
     *
     * @param payloads events that have one
     * @param plainBytes of the events, before compression
     * @param packedBytes of the file of events
     */
    public record Counts(long events, long sessions, long payloads, long plainBytes, long packedBytes) {}

    /**
     * SHA-256, each as 64 hexadecimal digits.
     *
     * @param data of the file of events
     * @param ids of the file of ids
     * @param contents over the content hashes of the events, 32 bytes each, in their order
     */
    public record Hashes(String data, String ids, String contents) {}

    public SegmentId id() {
        return new SegmentId(first.seq(), last.seq(), ledger.epoch(), attempt);
    }

    /**
     * The last event that it has in common with a ledger, which has other events behind it at the numbers of this one: after an
     * epoch has ended its last numbers are given again.
     *
     * @param now the ledger of which it is, as it stands
     * @return empty where its numbers are those of the same events still
     */
    public Optional<Head> cutOff(LedgerIdentity now) {
        return now.lastCommon(ledger.epoch()).filter(common -> common.seq() < last.seq());
    }

    /** Whether another one has the same events. */
    boolean isLike(Segment other) {
        return other.hashes().contents().equals(hashes.contents())
                && other.hashes().ids().equals(hashes.ids())
                && other.runs().equals(runs);
    }

    /** What the names of all files of a ledger begin with. */
    static String folder(UUID ledger, int partition) {
        return "%s/%05d/".formatted(ledger, partition);
    }

    private String stem() {
        return folder(ledger.id(), ledger.partition()) + id();
    }

    /** Whether a file of a ledger, by its name, is one of a segment, whatever is in it. */
    static boolean isOf(String stem, String name) {
        return name.startsWith(stem)
                && name.substring(stem.length())
                        .matches("-[0-9a-f]{%d}(%s|%s)"
                                .formatted(HASH_IN_NAME, DATA.replace(".", "\\."), IDS.replace(".", "\\.")));
    }

    String manifestName() {
        return stem() + MANIFEST;
    }

    /** The name says what must be in it: what another attempt has left under another one is not taken for it. */
    String dataName() {
        return stem() + "-" + hashes.data().substring(0, HASH_IN_NAME) + DATA;
    }

    String idsName() {
        return stem() + "-" + hashes.ids().substring(0, HASH_IN_NAME) + IDS;
    }
}
