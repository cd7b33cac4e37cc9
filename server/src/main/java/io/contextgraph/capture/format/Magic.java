// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.format;

import java.util.Optional;

/** Recognizes what is not text by its first bytes. */
final class Magic {
    private static final int[] ZIP = {'P', 'K', 3, 4};
    private static final int[] ZIP_EMPTY = {'P', 'K', 5, 6};
    private static final int[] ZSTD = {0x28, 0xb5, 0x2f, 0xfd};
    private static final int[] BZIP2 = {'B', 'Z', 'h'};
    private static final int[] XZ = {0xfd, '7', 'z', 'X', 'Z'};

    /** Tags of the first two fields of OTLP messages: length-delimited field 1 and field 2. */
    private static final int FIELD_1 = 0x0a;

    private static final int FIELD_2 = 0x12;

    private Magic() {}

    static Optional<FormatDetector.Finding> look(byte[] head) {
        if (begins(head, ZIP) || begins(head, ZIP_EMPTY)) {
            return refused(Format.ZIP, "a zip archive: unpack it first");
        }
        if (begins(head, ZSTD) || begins(head, BZIP2) || begins(head, XZ)) {
            return refused(Format.OTHER_ARCHIVE, "compressed with something other than gzip: unpack it first");
        }
        if (protobuf(head)) {
            return refused(
                    Format.OTLP_PROTOBUF, "OTLP/protobuf: recognized, not supported yet; export it as OTLP/JSON");
        }
        if (binary(head)) {
            return refused(Format.BINARY, "binary data of no known format");
        }
        return Optional.empty();
    }

    private static Optional<FormatDetector.Finding> refused(Format format, String reason) {
        return Optional.of(FormatDetector.Finding.refused(format, reason));
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
        boolean fits = head.length == TraceContent.HEAD_BYTES || length <= head.length - at;
        return length > 2 && fits && at < head.length && (head[at] == FIELD_1 || head[at] == FIELD_2) && binary(head);
    }

    /** Control characters that no text has. */
    private static boolean binary(byte[] head) {
        for (byte b : head) {
            if (b >= 0 && b < 0x20 && b != '\t' && b != '\n' && b != '\r' && b != '\f' && b != 0x1b) {
                return true;
            }
        }
        return head.length > 0 && (head[0] & 0xc0) == 0x80;
    }

    private static boolean begins(byte[] head, int[] magic) {
        if (head.length < magic.length) {
            return false;
        }
        for (int i = 0; i < magic.length; i++) {
            if ((head[i] & 0xff) != magic[i]) {
                return false;
            }
        }
        return true;
    }
}
