// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.format;

import io.contextgraph.capture.text.TraceContent;
import io.contextgraph.capture.text.TraceRecords;
import io.contextgraph.capture.text.TraceSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Tells by its first bytes what a file is, once it is unpacked. */
public final class Magic {
    private static final String UNPACK = ": unpack it first, e.g. ";
    private static final String INTO = " FILE | contextgraph import -";

    /** What is not read; the first that fits. */
    private static final List<Archive> ARCHIVES = List.of(
            new Archive(Format.ZIP, 0, "PK\003\004", "a zip archive: unpack it first"),
            new Archive(Format.ZIP, 0, "PK\005\006", "a zip archive: unpack it first"),
            new Archive(Format.OTHER_ARCHIVE, 0, "BZh", "compressed by bzip2" + UNPACK + "bzip2 -dc" + INTO),
            new Archive(Format.OTHER_ARCHIVE, 0, "\u00fd7zXZ", "compressed by xz" + UNPACK + "xz -dc" + INTO),
            new Archive(Format.OTHER_ARCHIVE, 257, "ustar", "a tar archive: unpack it first"));

    /** Tags of the first two fields of OTLP messages: length-delimited field 1 and field 2. */
    private static final int FIELD_1 = 0x0a;

    private static final int FIELD_2 = 0x12;

    /** A record of a file whose first byte of its length is at least this would be larger than any that is written. */
    private static final int TOO_LONG = 8;

    private Magic() {}

    private record Archive(Format format, int at, String magic, String reason) {}

    /** What a file is. */
    public sealed interface Content {
        /** Text, of whatever kind. */
        record Text() implements Content {}

        /** One OTLP/protobuf request, which is all of the file. */
        record Request() implements Content {}

        /** Records, each behind its length: see {@link TraceRecords}. */
        record Records() implements Content {}

        /** Nothing that is read, and why. */
        record Other(Format format, String reason) implements Content {}
    }

    /**
     * Looks at the first bytes.
     *
     * @throws IOException when they cannot be read, or are damaged
     */
    public static Content look(TraceSource source) throws IOException {
        byte[] head;
        try (InputStream in = TraceContent.unpacked(source)) {
            head = TraceContent.head(in);
        }
        if (head.length == 0) {
            return new Content.Other(Format.EMPTY, "the file is empty");
        }
        Optional<Content> archive = archive(head);
        if (archive.isPresent()) {
            return archive.get();
        }
        if (isMessage(head, 0)) {
            return new Content.Request();
        }
        if (isRecords(head)) {
            return new Content.Records();
        }
        try (InputStream in = TraceContent.open(source)) {
            byte[] text = TraceContent.head(in);
            return isBinary(text) && !isJson(text)
                    ? new Content.Other(Format.BINARY, "binary data of no known format")
                    : new Content.Text();
        }
    }

    private static Optional<Content> archive(byte[] head) {
        if (TraceContent.isGzip(head, 0) || TraceContent.isZstd(head, 0)) {
            return Optional.of(new Content.Other(
                    Format.OTHER_ARCHIVE,
                    "compressed more than " + TraceContent.MOST_LAYERS + " times over: unpack it first"));
        }
        return ARCHIVES.stream()
                .filter(archive -> begins(head, archive.at(), archive.magic()))
                .findFirst()
                .<Content>map(archive -> new Content.Other(archive.format(), archive.reason()));
    }

    private static boolean begins(byte[] head, int at, String magic) {
        byte[] bytes = magic.getBytes(StandardCharsets.ISO_8859_1);
        return head.length >= at + bytes.length && Arrays.equals(head, at, at + bytes.length, bytes, 0, bytes.length);
    }

    /** Whether one of the first records begins as records do: any of them may be damaged. */
    private static boolean isRecords(byte[] head) {
        int at = 0;
        while (at + TraceRecords.LENGTH_BYTES < head.length) {
            long length = TraceRecords.length(head, at);
            boolean plausible = head[at] >= 0 && head[at] < TOO_LONG;
            int begin = at + TraceRecords.LENGTH_BYTES;
            if (length > 0 && (TraceContent.isZstd(head, begin) || (plausible && isMessage(head, begin)))) {
                return true;
            }
            if (!plausible || length > head.length - begin) {
                return false;
            }
            at = begin + (int) length;
        }
        return false;
    }

    /** A message that begins with field 1: a message that begins with field 1 or 2 itself, which is not longer. */
    private static boolean isMessage(byte[] head, int from) {
        if (from >= head.length || head[from] != FIELD_1) {
            return false;
        }
        int at = behindNumber(head, from + 1);
        if (at >= head.length || (head[at] != FIELD_1 && head[at] != FIELD_2)) {
            return false;
        }
        long length = number(head, from + 1);
        return length > 2 && number(head, at + 1) < length && isBinary(head);
    }

    private static int behindNumber(byte[] head, int from) {
        int at = from;
        while (at < head.length && head[at] < 0) {
            at++;
        }
        return at + 1;
    }

    /** A number of protobuf, as far as it is there. */
    private static long number(byte[] head, int from) {
        long number = 0;
        for (int at = from, shift = 0; at < head.length && shift < Integer.SIZE; at++, shift += 7) {
            number |= (long) (head[at] & 0x7f) << shift;
            if (head[at] >= 0) {
                return number;
            }
        }
        return number;
    }

    private static boolean isJson(byte[] text) {
        for (byte b : text) {
            if (b > ' ') {
                return b == '{' || b == '[';
            }
        }
        return false;
    }

    /** Control characters that no text has; NULs are what a log file has instead of what was taken from it. */
    private static boolean isBinary(byte[] head) {
        for (byte b : head) {
            if (b > 0 && b < 0x20 && b != '\t' && b != '\n' && b != '\r' && b != '\f' && b != 0x1b) {
                return true;
            }
        }
        return false;
    }
}
