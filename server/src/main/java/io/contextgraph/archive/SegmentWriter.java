// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.archive;

import com.github.luben.zstd.ZstdOutputStream;
import io.contextgraph.archive.Segment.Hashes;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.Json;
import io.contextgraph.event.Original;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.Sha256;
import io.contextgraph.ops.Version;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.StorageException;
import io.contextgraph.storage.StorageException.Reason;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes one segment: to local files while events come, to the storage when it is finished.
 *
 * <p><b>Shape.</b> The file of events is zstd over the lines that an export has: {@code zstdcat} makes a file of it that an
 * import takes.
 *
 * <p><b>Guarantees.</b> The manifest is written last: what a process that was killed has left before is no segment, and the
 * same segment can be written again, by anybody. Where two write the same, both get the one that is there. Of all
 * events but a few only ids, numbers and hashes stay in memory.
 *
 * <p><b>Errors.</b> {@link StorageException}; {@link IOException} where there is no room for the local files.
 *
 * <p><b>Threads.</b> One at a time.
 */
public final class SegmentWriter implements AutoCloseable {
    private static final int LEVEL = 3;
    private static final int BUFFER = 64 << 10;
    private static final int EVENTS_AT_ONCE = 256;
    private static final int CHARS_AT_ONCE = 1 << 20;

    private final Storage storage;
    private final Original.Source ledger;
    private final String storageFormat;
    private final InstantSource clock;
    private final Path data;
    private final Path small;
    private final CountedOutput packed;
    private final OutputStream lines;
    private final SegmentSums sums;
    private final List<RecordedEvent> waiting = new ArrayList<>();
    private int waitingChars;

    /**
     * Begins one.
     *
     * @param ledger which one it is of
     * @param storageFormat of the ledger
     * @param scratch local folder for what is not finished
     */
    public SegmentWriter(
            Storage storage, Original.Source ledger, String storageFormat, Path scratch, InstantSource clock)
            throws IOException {
        this.storage = storage;
        this.ledger = ledger;
        this.storageFormat = storageFormat;
        this.clock = clock;
        this.sums = new SegmentSums(ledger);
        Path folder = Files.createDirectories(scratch);
        // Nobody else's to read.
        this.data = Files.createTempFile(folder, "segment", ".data");
        this.small = Files.createTempFile(folder, "segment", ".small");
        this.packed = new CountedOutput(Files.newOutputStream(data));
        this.lines = new BufferedOutputStream(new ZstdOutputStream(packed, LEVEL).setChecksum(true), BUFFER);
    }

    /**
     * Adds the next event, with its payload and original.
     *
     * @throws IllegalArgumentException when it does not come after the one before
     * @throws IllegalStateException when there are {@link Segment#MAX_EVENTS}
     */
    public void add(RecordedEvent event) throws IOException {
        if (sums.events() == Segment.MAX_EVENTS) {
            throw new IllegalStateException("a segment has at most " + Segment.MAX_EVENTS + " events");
        }
        sums.add(event);
        waiting.add(event);
        waitingChars +=
                event.event().payload().map(payload -> payload.json().length()).orElse(0);
        if (waiting.size() == EVENTS_AT_ONCE || waitingChars > CHARS_AT_ONCE) {
            write();
        }
    }

    /** To make lines is most of the work: on all processors that are free. */
    private void write() throws IOException {
        List<byte[]> made = waiting.parallelStream().map(this::line).toList();
        for (byte[] line : made) {
            lines.write(line);
            lines.write('\n');
            sums.addBytes(line.length + 1L);
        }
        waiting.clear();
        waitingChars = 0;
    }

    private byte[] line(RecordedEvent event) {
        ObjectNode json = EventJson.toJson(event);
        EventJson.source(json, ledger);
        return Json.MAPPER.writeValueAsBytes(json);
    }

    /**
     * Stores what was added; it is not verified yet.
     *
     * @param attempt which attempt at it this is, where the first one would have this id
     * @return the segment as it stands in the storage
     * @throws IllegalStateException when nothing was added
     * @throws StorageException with {@link Reason#EXISTS} where another segment has this id
     */
    public Segment finish(ToIntFunction<SegmentId> attempt) throws IOException {
        var first = sums.first();
        write();
        lines.close();
        byte[] ids = sums.ids();
        Segment segment = new Segment(
                ledger,
                sums.runs(),
                first,
                sums.last(),
                sums.counts(packed.bytes()),
                new Hashes(packed.sha256(), Sha256.hex(ids), sums.contents()),
                storageFormat,
                clock.instant().truncatedTo(ChronoUnit.MILLIS),
                Version.current(),
                attempt.applyAsInt(new SegmentId(first.seq(), sums.last().seq(), ledger.epoch())));
        put(segment.dataName(), data);
        put(segment.idsName(), Files.write(small, ids));
        try {
            storage.put(segment.manifestName(), Files.write(small, ManifestJson.write(segment)));
            return segment;
        } catch (StorageException taken) {
            if (taken.reason() != Reason.EXISTS) {
                throw taken;
            }
            return same(segment, taken);
        }
    }

    /** What is there under a name that says what is in it was left by an attempt like this one. */
    private void put(String name, Path file) {
        try {
            storage.put(name, file);
        } catch (StorageException taken) {
            if (taken.reason() != Reason.EXISTS) {
                throw taken;
            }
        }
    }

    private Segment same(Segment mine, StorageException taken) {
        Segment there = new Archive(storage, ledger.id(), ledger.partition()).segment(mine.id());
        if (!mine.isLike(there)) {
            throw taken;
        }
        return there;
    }

    /** Takes the local files away. */
    @Override
    public void close() throws IOException {
        try (packed) {
            boolean ignored = Files.deleteIfExists(small);
            ignored = Files.deleteIfExists(data);
        }
    }
}
