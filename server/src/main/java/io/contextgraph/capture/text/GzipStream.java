// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.text;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * What gzip has compressed: one member, or several one after the other, with NULs between them and behind. Unlike the
 * JDK's own stream, it says so where something else follows a member.
 *
 * <p>Never says that more can be read at once: a buffer would go on reading into a defect, and lose with the error what it
 * had already read.
 *
 * <p><b>Source.</b> RFC 1952.
 */
final class GzipStream extends InputStream {
    private static final String NAME = "gzip";
    private static final int MAGIC_1 = 0x1f;
    private static final int MAGIC_2 = 0x8b;
    private static final int DEFLATE = 8;
    private static final int CHECKED_HEADER = 0x02;
    private static final int MORE_FIELDS = 0x04;
    private static final int FILE_NAME = 0x08;
    private static final int COMMENT = 0x10;
    private static final int UNKNOWN = 0xe0;

    /** Time, level and system, which are of no interest. */
    private static final int REST_OF_HEADER = 6;

    private final InputStream in;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 sum = new CRC32();
    private final byte[] packed = new byte[64 * 1024];
    private int at;
    private int end;
    private boolean ended;

    /** @throws IOException when {@code in} does not begin with a member */
    GzipStream(InputStream in) throws IOException {
        this.in = in;
        try {
            header();
        } catch (IOException failed) {
            inflater.end();
            throw failed;
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        while (length > 0 && !ended) {
            int read = inflate(into, offset, length);
            if (read > 0) {
                sum.update(into, offset, read);
                return read;
            }
            if (inflater.finished()) {
                endMember();
            } else if (inflater.needsDictionary()) {
                throw PackedException.damaged(NAME, "it needs a dictionary");
            } else {
                feed();
            }
        }
        return length == 0 ? 0 : -1;
    }

    private int inflate(byte[] into, int offset, int length) throws IOException {
        try {
            return inflater.inflate(into, offset, length);
        } catch (DataFormatException damaged) {
            throw PackedException.damaged(NAME, String.valueOf(damaged.getMessage()));
        }
    }

    private void feed() throws IOException {
        if (!fill()) {
            throw PackedException.cut(NAME);
        }
        inflater.setInput(packed, at, end - at);
    }

    /** Holds what was unpacked against its sum, and goes to the next member. */
    private void endMember() throws IOException {
        at = end - inflater.getRemaining();
        boolean sameSum = number() == sum.getValue();
        boolean sameLength = number() == (inflater.getBytesWritten() & 0xffff_ffffL);
        if (!sameSum || !sameLength) {
            throw PackedException.damaged(NAME, "its check sum is that of other content");
        }
        do {
            if (at == end && !fill()) {
                ended = true;
                return;
            }
        } while (packed[at++] == 0);
        at--;
        header();
    }

    private void header() throws IOException {
        if (next() != MAGIC_1 || next() != MAGIC_2) {
            throw PackedException.followed(NAME);
        }
        int method = next();
        int flags = next();
        if (method != DEFLATE || (flags & UNKNOWN) != 0) {
            throw PackedException.damaged(NAME, "its header is none");
        }
        skip(REST_OF_HEADER);
        if ((flags & MORE_FIELDS) != 0) {
            int low = next();
            skip(low + (next() << 8));
        }
        if ((flags & FILE_NAME) != 0) {
            skipText();
        }
        if ((flags & COMMENT) != 0) {
            skipText();
        }
        if ((flags & CHECKED_HEADER) != 0) {
            skip(2);
        }
        inflater.reset();
        sum.reset();
        inflater.setInput(packed, at, end - at);
    }

    private long number() throws IOException {
        long number = 0;
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            number |= (long) next() << shift;
        }
        return number;
    }

    private void skip(int bytes) throws IOException {
        for (int i = 0; i < bytes; i++) {
            int ignored = next();
        }
    }

    private void skipText() throws IOException {
        int next = next();
        while (next != 0) {
            next = next();
        }
    }

    private int next() throws IOException {
        if (at == end && !fill()) {
            throw PackedException.cut(NAME);
        }
        return packed[at++] & 0xff;
    }

    private boolean fill() throws IOException {
        at = 0;
        end = 0;
        end = Math.max(0, in.read(packed));
        return end > 0;
    }

    @Override
    public void close() throws IOException {
        inflater.end();
        in.close();
    }
}
