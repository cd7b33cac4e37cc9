// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.snapshot;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Writes an RDB file down and checks what can be told without reading it: how it begins, how it ends, and its checksum.
 *
 * <p><b>Source.</b> The RDB format: {@code REDIS} and four digits, the parts, {@code 0xFF}, and the CRC-64 of all that, lowest byte
 * first; 0 where {@code rdbchecksum} is off.
 */
final class RdbSink {
    private static final int CHECKSUM = 8;
    private static final int MAGIC = 5;
    private static final int HEADER = 9;
    private static final int END = 0xFF;
    private static final long[] TABLE = table();

    private final OutputStream out;
    private final MessageDigest digest;
    private final byte[] first = new byte[HEADER];

    /** The last bytes, which are not in the sum: the checksum itself. */
    private final byte[] held = new byte[CHECKSUM];

    private long bytes;
    private long sum;
    private int last;

    RdbSink(OutputStream out) {
        this.out = out;
        try {
            this.digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** The table of the polynomial that Redis uses, named after Jones, its bits reversed. */
    private static long[] table() {
        long[] table = new long[256];
        for (int n = 0; n < table.length; n++) {
            long value = n;
            for (int bit = 0; bit < 8; bit++) {
                value = (value & 1) == 0 ? value >>> 1 : (value >>> 1) ^ 0x95ac9329ac4bc9b5L;
            }
            table[n] = value;
        }
        return table;
    }

    /** @throws UncheckedIOException when the local file takes no more */
    void write(byte[] buffer, int length) {
        try {
            out.write(buffer, 0, length);
        } catch (IOException full) {
            throw new UncheckedIOException(full);
        }
        digest.update(buffer, 0, length);
        for (int n = 0; n < length; n++) {
            int place = (int) (bytes % CHECKSUM);
            if (bytes >= CHECKSUM) {
                last = held[place] & 0xFF;
                sum = TABLE[(int) ((sum ^ last) & 0xFF)] ^ (sum >>> 8);
            }
            if (bytes < HEADER) {
                first[(int) bytes] = buffer[n];
            }
            held[place] = buffer[n];
            bytes++;
        }
    }

    long bytes() {
        return bytes;
    }

    String sha256() {
        return HexFormat.of().formatHex(digest.digest());
    }

    /**
     * Refuses what is no whole RDB file.
     *
     * @return whether there is a checksum in it, which is right; with {@code rdbchecksum no} Redis writes none
     * @throws LedgerException when it is none
     */
    boolean requireWhole() {
        String magic = new String(first, 0, MAGIC, StandardCharsets.ISO_8859_1);
        if (bytes <= HEADER + CHECKSUM || !(magic.equals("REDIS") || magic.equals("VALKE"))) {
            throw wrong("is no RDB file");
        }
        if (last != END) {
            throw wrong("does not end as an RDB file does");
        }
        long stored = 0;
        for (int n = 0; n < CHECKSUM; n++) {
            stored |= (held[(int) ((bytes + n) % CHECKSUM)] & 0xFFL) << (CHECKSUM * n);
        }
        if (stored != 0 && stored != sum) {
            throw wrong("has another checksum than it says");
        }
        return stored != 0;
    }

    private static LedgerException wrong(String how) {
        return new LedgerException(Reason.UNAVAILABLE, "what Redis sent as its snapshot " + how + ": take it again");
    }
}
