// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.Json;
import io.contextgraph.event.Original;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.ledger.PersonalPayloads;
import io.contextgraph.ledger.epoch.Bookmark;
import io.contextgraph.ledger.epoch.Bookmarks;
import io.contextgraph.ledger.epoch.EpochEndedException;
import io.contextgraph.ledger.partition.Partition;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The file of an export: new and its owner's alone, or one that an export was interrupted in.
 *
 * <p><b>Guarantees.</b> One process at a time writes to it. A file that is no beginning of this export is refused and
 * stays as it is. Where several partitions are in it, it is read back as far as it has lines of all of them, to its beginning
 * where it has none of one.
 */
public final class ExportFile implements Closeable {
    private static final Set<StandardOpenOption> NEW = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    private static final Set<StandardOpenOption> OLD = Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);

    /** What every line begins with. */
    private static final byte[] BEGINNING = "{\"event_id\":\"".getBytes(UTF_8);

    private static final int BLOCK = 64 * 1024;

    /** What is looked at of a line to tell its partition, at least as long as {@link #OF_PARTITION} can be. */
    private static final int TAIL = 64;

    /** What ends each line of a ledger that says which one it is. */
    private static final Pattern OF_PARTITION = Pattern.compile(",\"partition\":(\\d{1,5}),\"epoch\":\\d{1,19}}\n$");

    /** Longer than any line: what a deployment takes at most, as JSON that escapes every character. */
    private static final long LONGEST_LINE = 512L << 20;

    private final FileChannel channel;
    private final List<RecordedEvent> last;
    private final OutputStream out;

    private ExportFile(FileChannel channel, List<RecordedEvent> last) {
        this.channel = channel;
        this.last = last;
        this.out = new BufferedOutputStream(Channels.newOutputStream(channel), BLOCK);
    }

    /**
     * Makes a new file.
     *
     * @throws IllegalArgumentException when there is one already
     */
    public static ExportFile create(Path file) throws IOException {
        FileChannel channel;
        try {
            // Readable by nobody else from its first moment.
            channel = FileChannel.open(
                    file, NEW, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (FileAlreadyExistsException e) {
            throw refusal(file, "is there already: with --resume an interrupted export goes on in it");
        } catch (NoSuchFileException e) {
            throw refusal(file, "cannot be written: there is no such folder");
        } catch (FileSystemException e) {
            throw unwritable(file, e);
        }
        return locked(file, channel, List::of);
    }

    /**
     * Goes on with a file that an interrupted export has left, or makes it: cuts off a line that is not whole.
     *
     * @param ledger the one that the file must come from
     * @param filters what is exported
     * @param skipping whether the last event of a partition may be one that has been pruned since
     * @throws IllegalArgumentException when the file is not the beginning of this very export
     */
    public static ExportFile resume(Path file, Ledger ledger, EventQuery filters, boolean skipping) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(file, OLD);
        } catch (NoSuchFileException e) {
            return create(file);
        } catch (FileSystemException e) {
            throw unwritable(file, e);
        }
        return locked(file, channel, () -> {
            long size = channel.size();
            long whole = endOfLineBefore(channel, size, size);
            if (whole == 0 && !isBeginning(bytes(file, channel, 0, Math.min(size, BEGINNING.length)))) {
                throw refusal(file, "is no export: it does not begin with an event");
            }
            List<RecordedEvent> last = new ArrayList<>();
            for (Map.Entry<Partition, byte[]> line : lastLines(
                            file, channel, whole, ExportRun.partitions(ledger, filters))
                    .entrySet()) {
                RecordedEvent event = event(file, line.getValue(), line.getKey(), skipping);
                if (!filters.matches(event.event())) {
                    throw refusal(
                            file,
                            "is of another selection: its last event, "
                                    + event.event().id() + ", is not among those asked for");
                }
                last.add(event);
            }
            channel.truncate(whole);
            channel.position(whole);
            return last;
        });
    }

    private interface Examination {
        List<RecordedEvent> last() throws IOException;
    }

    private static ExportFile locked(Path file, FileChannel channel, Examination examination) throws IOException {
        try {
            if (!isLocked(channel)) {
                throw refusal(file, "is being written to by another export");
            }
            return new ExportFile(channel, examination.last());
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException byThisProcess) {
            return false;
        }
    }

    /** Where the line before {@code from} ended, behind its line feed; 0 where there is none. */
    private static long endOfLineBefore(FileChannel channel, long from, long lineEnd) throws IOException {
        long end = from;
        while (end > 0 && lineEnd - end < LONGEST_LINE) {
            long begin = Math.max(0, end - BLOCK);
            byte[] block = read(channel, begin, end);
            for (int i = block.length - 1; i >= 0; i--) {
                if (block[i] == '\n') {
                    return begin + i + 1;
                }
            }
            end = begin;
        }
        return end;
    }

    /** The last line of each partition that has one. */
    private static Map<Partition, byte[]> lastLines(
            Path file, FileChannel channel, long whole, List<Partition> partitions) throws IOException {
        Map<Partition, byte[]> lines = new LinkedHashMap<>();
        long end = whole;
        while (end > 0 && lines.size() < partitions.size()) {
            long begin = endOfLineBefore(channel, end - 1, end);
            Partition of = partitions.size() == 1
                    ? partitions.getFirst()
                    : partition(file, read(channel, Math.max(begin, end - TAIL), end), partitions);
            if (!lines.containsKey(of)) {
                lines.put(of, bytes(file, channel, begin, end));
            }
            end = begin;
        }
        return lines;
    }

    /** The one that a line is of, by its end. */
    private static Partition partition(Path file, byte[] tail, List<Partition> partitions) {
        Matcher number = OF_PARTITION.matcher(new String(tail, UTF_8));
        if (!number.find()) {
            throw refusal(
                    file,
                    "is no export of a ledger of several partitions: a line does not end with which one it is of");
        }
        int of = Integer.parseInt(number.group(1));
        if (of >= partitions.size()) {
            throw refusal(file, "is of another ledger: it has a line of partition " + of);
        }
        return partitions.get(of);
    }

    private static byte[] bytes(Path file, FileChannel channel, long from, long to) throws IOException {
        if (to - from > LONGEST_LINE) {
            throw refusal(file, "is no export: its last line is too long");
        }
        return read(channel, from, to);
    }

    private static byte[] read(FileChannel channel, long from, long to) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(to - from));
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, from + bytes.position()) < 0) {
                throw new IOException("the file became shorter while it was read");
            }
        }
        return bytes.array();
    }

    private static boolean isBeginning(byte[] begin) {
        return Arrays.equals(begin, Arrays.copyOf(BEGINNING, begin.length));
    }

    /** The event that a line is of, as the ledger has it. */
    private static RecordedEvent event(Path file, byte[] line, Partition ledger, boolean skipping) {
        JsonNode json = json(line);
        EventId id = Optional.of(json.path(EventFields.EVENT_ID))
                .filter(JsonNode::isString)
                .flatMap(node -> EventId.parse(node.stringValue()))
                .orElseThrow(() -> refusal(file, "is no export: its last line is not an event"));
        Optional<Original.Source> source = source(file, json);
        requirePartition(file, id, source, ledger);
        RecordedEvent event = switch (ledger.log().find(id)) {
            case Lookup.Found found -> found.event();
            case Lookup.Gone gone -> {
                if (!skipping) {
                    throw refusal(
                            file,
                            "ends with event " + id + ", which is gone from this ledger: " + gone.why()
                                    + "; with --skip-pruned the export goes on with what is left");
                }
                yield gone(file, json, line, source, ledger);
            }
            case Lookup.Unknown unknown -> {
                requireHeld(file, json, source, ledger);
                throw refusal(file, "is of another ledger: its last event, " + id + ", is not in this one");
            }
        };
        if (Arrays.equals(line, ExportRun.line(event, source))) {
            return event;
        }
        requireHeld(file, json, source, ledger);
        String here = event.position().toString();
        String there = json.path(EventFields.GLOBAL_POSITION).asString("");
        throw refusal(
                file,
                here.equals(there)
                        ? "differs from this ledger in its last event, " + id
                        : "is of another ledger: its last event, " + id + ", stands at " + there + " there and at "
                                + here + " here");
    }

    /** One that the ledger cannot vouch for any more, as the file has it. */
    private static RecordedEvent gone(
            Path file, JsonNode json, byte[] line, Optional<Original.Source> source, Partition ledger) {
        requireHeld(file, json, source, ledger);
        LedgerIdentity here = ledger.epochs().now().identity();
        boolean same = source.map(known -> known.id().toString()).equals(here.id());
        RecordedEvent event;
        try {
            event = EventJson.recorded(json);
        } catch (RuntimeException broken) {
            throw refusal(file, "is no export: its last line is not an event");
        }
        if (!same || !Arrays.equals(line, ExportRun.line(event, source)) || !PersonalPayloads.isGenuine(event)) {
            throw refusal(
                    file,
                    "is of another ledger, or was changed: its last event, "
                            + event.event().id());
        }
        return event;
    }

    private static Optional<Original.Source> source(Path file, JsonNode line) {
        try {
            return EventJson.source(line);
        } catch (IllegalArgumentException half) {
            throw refusal(file, "is no export: its last line does not say which ledger it is of");
        }
    }

    /** A file of one partition is gone on with for that one. */
    private static void requirePartition(Path file, EventId id, Optional<Original.Source> source, Partition ledger) {
        LedgerIdentity here = ledger.epochs().now().identity();
        source.filter(known -> here.id().equals(Optional.of(known.id().toString())))
                .filter(known -> known.partition() != here.partition())
                .ifPresent(known -> {
                    throw refusal(
                            file,
                            "is of partition " + known.partition() + ", not of " + here.partition()
                                    + ", by its last event, " + id);
                });
    }

    /** What was written before a ledger lost its end may be of what it lost. */
    private static void requireHeld(Path file, JsonNode line, Optional<Original.Source> source, Partition ledger) {
        Optional<Position> position =
                Position.parse(line.path(EventFields.GLOBAL_POSITION).asString(""));
        LedgerIdentity here = ledger.epochs().now().identity();
        boolean same = source.map(known -> known.id().toString()).equals(here.id());
        if (source.isEmpty() || position.isEmpty() || !same) {
            return;
        }
        LedgerIdentity there = new LedgerIdentity(
                here.id(), source.get().partition(), source.get().epoch(), List.of());
        Head seen = new Head(line.path(EventFields.SEQ).asLong(0), position.get());
        try {
            new Bookmarks(ledger).of(0).require(Bookmark.of(there, seen));
        } catch (EpochEndedException ended) {
            throw refusal(file, "cannot be gone on with: " + ended.getMessage() + "; export into a new file");
        }
    }

    private static JsonNode json(byte[] line) {
        try {
            return Json.MAPPER.readTree(line);
        } catch (JacksonException broken) {
            return Json.MAPPER.missingNode();
        }
    }

    private static IllegalArgumentException unwritable(Path file, FileSystemException why) {
        String reason = why instanceof AccessDeniedException ? "permission denied" : why.getReason();
        return refusal(file, "cannot be written: " + reason);
    }

    private static IllegalArgumentException refusal(Path file, String why) {
        return new IllegalArgumentException(file + " " + why);
    }

    /** The last event of each partition that is in the file already. */
    public List<RecordedEvent> last() {
        return last;
    }

    /** Takes the lines that follow. */
    public OutputStream out() {
        return out;
    }

    /** Returns when everything is on the disk. */
    public void sync() throws IOException {
        out.flush();
        channel.force(true);
    }

    /** Lets go of the file; what {@link #out} holds back is lost, a line may be cut. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
