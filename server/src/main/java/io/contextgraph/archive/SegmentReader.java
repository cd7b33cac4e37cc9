// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.archive;

import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStream;
import io.contextgraph.archive.ArchiveFault.Kind;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.Json;
import io.contextgraph.event.Original;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.storage.StorageException;
import io.contextgraph.storage.StorageException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Reads the events of a segment, one after another, from its file.
 *
 * <p><b>Units and bounds.</b> Whatever the file holds, no more is read out of it than the manifest says that it has, but for one block of
 * 64 KiB, and no line is longer than {@value #LONGEST_LINE} bytes.
 *
 * <p><b>Errors.</b> {@link ArchiveException} where something is wrong with what the file holds, {@link StorageException} where
 * it cannot be read.
 */
public final class SegmentReader implements AutoCloseable {
    /** Longer than any line: what a deployment takes at most, as JSON that escapes every character. */
    private static final int LONGEST_LINE = 512 << 20;

    /** Window of what is written is much smaller; one that a hostile file asks for is memory. */
    private static final int LARGEST_WINDOW = 23;

    private static final int BLOCK = 64 << 10;
    private static final int LINES_AT_ONCE = 256;
    private static final int BYTES_AT_ONCE = 1 << 20;

    private final Segment segment;
    private final Raw raw;
    private final InputStream plain;
    private final byte[] block = new byte[BLOCK];
    private int from;
    private int to;
    private long plainBytes;
    private long events;
    private @Nullable ArchiveException broken;

    SegmentReader(Segment segment, InputStream file) {
        this.segment = segment;
        this.raw = new Raw(file);
        try {
            this.plain = new ZstdInputStream(raw).setLongMax(LARGEST_WINDOW);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /**
     * The next event, with its payload and original; empty behind the last.
     *
     * @throws ArchiveException where there is no event of this ledger, or more of them than there should be
     */
    public Optional<RecordedEvent> next() {
        return nextLine().map(this::event);
    }

    /** A line with an event, by its number from 1. */
    static final class Line {
        private final byte[] text;
        private final long number;

        private Line(byte[] text, long number) {
            this.text = text;
            this.number = number;
        }

        /** In the file, with its end. */
        int bytes() {
            return text.length + 1;
        }
    }

    /** Some that follow, to be read by several threads; none behind the last. */
    List<Line> nextLines() {
        if (broken != null) {
            throw broken;
        }
        List<Line> lines = new ArrayList<>();
        try {
            int bytes = 0;
            Optional<Line> next = nextLine();
            while (next.isPresent()) {
                lines.add(next.get());
                bytes += next.get().bytes();
                next = lines.size() < LINES_AT_ONCE && bytes < BYTES_AT_ONCE ? nextLine() : Optional.empty();
            }
        } catch (ArchiveException behind) {
            // What stands before it can be read.
            if (lines.isEmpty()) {
                throw behind;
            }
            broken = behind;
        }
        return lines;
    }

    private Optional<Line> nextLine() {
        byte[] text = line();
        if (text.length == 0) {
            return Optional.empty();
        }
        events++;
        if (events > segment.counts().events()) {
            throw fault(
                    Kind.SUMS,
                    "there are more events than the " + segment.counts().events() + " of the manifest");
        }
        return Optional.of(new Line(text, events));
    }

    /**
     * The event of a line; for any thread.
     *
     * @throws ArchiveException where there is none of this ledger
     */
    RecordedEvent event(Line line) {
        try {
            JsonNode json = Json.MAPPER.readTree(line.text);
            Optional<Original.Source> source = EventJson.source(json);
            if (!source.equals(Optional.of(segment.ledger()))) {
                throw fault(
                        Kind.FOREIGN,
                        "event " + line.number + " is of another ledger, partition or epoch: "
                                + source.map(SegmentReader::name).orElse("none"));
            }
            return EventJson.recorded(json);
        } catch (JacksonException | IllegalArgumentException wrong) {
            throw fault(Kind.EDITED, "line " + line.number + " of the events is no event");
        }
    }

    private static String name(Original.Source source) {
        return source.id() + ", partition " + source.partition() + ", epoch " + source.epoch();
    }

    /** Without its end; empty behind the last. */
    private byte[] line() {
        ByteArrayOutputStream line = new ByteArrayOutputStream(1024);
        while (true) {
            if (from == to && !fill()) {
                if (line.size() > 0) {
                    throw fault(Kind.CUT, "the last line of the events is not whole");
                }
                return new byte[0];
            }
            int end = from;
            while (end < to && block[end] != '\n') {
                end++;
            }
            line.write(block, from, end - from);
            boolean whole = end < to;
            from = whole ? end + 1 : end;
            if (line.size() > LONGEST_LINE || (whole && line.size() == 0)) {
                throw fault(Kind.EDITED, "line " + (events + 1) + " of the events is empty, or too long");
            }
            if (whole) {
                return line.toByteArray();
            }
        }
    }

    private boolean fill() {
        if (plainBytes > segment.counts().plainBytes()) {
            throw fault(Kind.SUMS, "there is more in the file than the manifest says");
        }
        try {
            int read = plain.read(block, 0, block.length);
            from = 0;
            to = Math.max(0, read);
            plainBytes += to;
        } catch (IOException e) {
            throw failed(e);
        }
        return to > 0;
    }

    private RuntimeException failed(IOException e) {
        if (e instanceof ZstdIOException) {
            return raw.bytes < segment.counts().packedBytes()
                    ? fault(
                            Kind.CUT,
                            "the file of events ends after " + raw.bytes + " of "
                                    + segment.counts().packedBytes() + " bytes, or was edited before")
                    : fault(Kind.EDITED, "the file of events cannot be unpacked");
        }
        return new StorageException(
                Reason.UNAVAILABLE, "reading segment " + segment.id() + " broke off: " + e.getMessage(), e);
    }

    private ArchiveException cut() {
        return fault(
                Kind.CUT,
                "the file of events ends after " + raw.bytes + " of "
                        + segment.counts().packedBytes() + " bytes, or was edited there");
    }

    private ArchiveException fault(Kind kind, String message) {
        return new ArchiveException(kind, segment.id().toString(), message);
    }

    /**
     * What the file itself is, to its very end.
     *
     * @throws ArchiveException when it is longer or shorter than it should be
     */
    String sha256() {
        byte[] rest = new byte[BLOCK];
        try {
            while (raw.read(rest, 0, rest.length) > 0) {
                if (raw.bytes > segment.counts().packedBytes()) {
                    throw fault(Kind.EDITED, "the file of events is longer than it was");
                }
            }
        } catch (IOException e) {
            throw failed(e);
        }
        if (raw.bytes < segment.counts().packedBytes()) {
            throw cut();
        }
        return HexFormat.of().formatHex(raw.digest.digest());
    }

    /** Counts and sums up what the file holds. */
    private static final class Raw extends FilterInputStream {
        private final MessageDigest digest = Sums.sha256();
        private long bytes;

        private Raw(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int read = in.read(into, offset, length);
            if (read > 0) {
                digest.update(into, offset, read);
                bytes += read;
            }
            return read;
        }
    }

    @Override
    public void close() {
        try (raw) {
            plain.close();
        } catch (IOException e) {
            throw failed(e);
        }
    }
}
