// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.format;

import io.contextgraph.capture.text.TraceContent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Recognizes what is no text by its first bytes. */
public final class Magic {
    private static final byte[] ZIP = {'P', 'K', 3, 4};
    private static final byte[] ZIP_EMPTY = {'P', 'K', 5, 6};
    private static final byte[] ZSTD = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd};
    private static final byte[] BZIP2 = {'B', 'Z', 'h'};
    private static final byte[] XZ = {(byte) 0xfd, '7', 'z', 'X', 'Z'};

    /** Tags of the first two fields of OTLP messages: length-delimited field 1 and field 2. */
    private static final int FIELD_1 = 0x0a;

    private static final int FIELD_2 = 0x12;

    /** The Collector's file exporter writes the length of a record before it, when it is not JSON as it is. */
    private static final int LENGTH_BYTES = 4;

    private Magic() {}

    /** What a file is, and why it is not read. */
    public record Finding(Format format, String reason) {}

    /**
     * Looks at the first bytes of {@code file}.
     *
     * @return empty for text
     * @throws IOException when it cannot be opened, or is damaged in its first bytes
     */
    public static Optional<Finding> look(Path file) throws IOException {
        byte[] packed;
        try (InputStream in = TraceContent.unpacked(file)) {
            packed = TraceContent.head(in);
        }
        if (packed.length == 0) {
            return Optional.of(new Finding(Format.EMPTY, "the file is empty"));
        }
        Optional<Finding> known = known(packed);
        if (known.isPresent()) {
            return known;
        }
        try (InputStream in = TraceContent.open(file)) {
            byte[] text = TraceContent.head(in);
            return binary(text) && !isJson(text)
                    ? Optional.of(new Finding(Format.BINARY, "binary data of no known format"))
                    : Optional.empty();
        }
    }

    private static Optional<Finding> known(byte[] head) {
        if (begins(head, 0, ZIP) || begins(head, 0, ZIP_EMPTY)) {
            return Optional.of(new Finding(Format.ZIP, "a zip archive: unpack it first"));
        }
        if (begins(head, 0, ZSTD) || begins(head, 0, BZIP2) || begins(head, 0, XZ)) {
            return Optional.of(
                    new Finding(Format.OTHER_ARCHIVE, "compressed with something other than gzip: unpack it first"));
        }
        if (begins(head, LENGTH_BYTES, ZSTD)) {
            return Optional.of(new Finding(
                    Format.OTHER_ARCHIVE,
                    "records compressed one by one, as the OpenTelemetry Collector's file exporter does: "
                            + "export them without compression"));
        }
        if (protobuf(head) || (head.length > LENGTH_BYTES && head[0] == 0 && protobuf(tail(head)))) {
            return Optional.of(new Finding(
                    Format.OTLP_PROTOBUF, "OTLP/protobuf: recognized, not supported yet; export it as OTLP/JSON"));
        }
        return Optional.empty();
    }

    private static byte[] tail(byte[] head) {
        return Arrays.copyOfRange(head, LENGTH_BYTES, head.length);
    }

    /** A message that begins with field 1, a message of plausible length that begins with field 1 or 2 itself. */
    private static boolean protobuf(byte[] head) {
        if (head.length < 4 || head[0] != FIELD_1) {
            return false;
        }
        int at = 1;
        long length = 0;
        for (int shift = 0; at < head.length && shift < 35; shift += 7) {
            byte part = head[at++];
            length |= (long) (part & 0x7f) << shift;
            if (part >= 0) {
                break;
            }
        }
        boolean fits = head.length >= TraceContent.HEAD_BYTES - LENGTH_BYTES || length <= head.length - at;
        return length > 2 && fits && at < head.length && (head[at] == FIELD_1 || head[at] == FIELD_2) && binary(head);
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
    private static boolean binary(byte[] head) {
        for (byte b : head) {
            if (b > 0 && b < 0x20 && b != '\t' && b != '\n' && b != '\r' && b != '\f' && b != 0x1b) {
                return true;
            }
        }
        return false;
    }

    private static boolean begins(byte[] head, int at, byte[] magic) {
        return head.length >= at + magic.length && Arrays.equals(head, at, at + magic.length, magic, 0, magic.length);
    }
}
