// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.text;

import java.io.IOException;
import java.io.InputStream;

/**
 * The records of a stream, one at a time, each behind its length: four bytes, the highest first. A record that is too long
 * is passed over without being held.
 *
 * <p><b>Source.</b> What the file exporter of the OpenTelemetry Collector writes for {@code format: proto}, and for every
 * format when it compresses each record for itself.
 */
public final class TraceRecords {
    /** How many bytes say how long a record is. */
    public static final int LENGTH_BYTES = 4;

    private final InputStream in;
    private final int maxBytes;
    private long number;
    private long offset;
    private long behind;
    private byte[] bytes = new byte[0];
    private String fault = "";

    public TraceRecords(InputStream in, int maxBytes) {
        this.in = in;
        this.maxBytes = maxBytes;
    }

    /** The number of the record that was read last, from 1. */
    public long number() {
        return number;
    }

    /** Where its length begins, in bytes from the beginning of the stream. */
    public long offset() {
        return offset;
    }

    /** What it holds; nothing when it has a fault. */
    public byte[] bytes() {
        return bytes;
    }

    /** Whether its length is none. */
    public boolean empty() {
        return fault.isEmpty() && bytes.length == 0;
    }

    /** Why it cannot be had, as what is true of it; empty when it is whole. */
    public String fault() {
        return fault;
    }

    /** Reads the next record; false at the end. One that is cut counts. */
    public boolean next() throws IOException {
        offset = behind;
        bytes = new byte[0];
        fault = "";
        byte[] prefix = in.readNBytes(LENGTH_BYTES);
        behind += prefix.length;
        if (prefix.length == 0) {
            return false;
        }
        number++;
        if (prefix.length < LENGTH_BYTES) {
            fault = "is cut: of the " + LENGTH_BYTES + " bytes of its length the file has " + prefix.length;
            return true;
        }
        long length = length(prefix, 0);
        if (length > maxBytes) {
            long passed = pass(length);
            fault = "is said to have " + length + " bytes, and must not have more than " + maxBytes
                    + (passed < length ? "; the file ends after " + passed : "");
            behind += passed;
            return true;
        }
        byte[] read = in.readNBytes((int) length);
        behind += read.length;
        if (read.length < length) {
            fault = "is cut: of its " + length + " bytes the file has " + read.length;
        } else {
            bytes = read;
        }
        return true;
    }

    /** The length that stands at {@code at}. */
    public static long length(byte[] bytes, int at) {
        long length = 0;
        for (int i = 0; i < LENGTH_BYTES; i++) {
            length = (length << Byte.SIZE) | (bytes[at + i] & 0xff);
        }
        return length;
    }

    private long pass(long length) throws IOException {
        byte[] some = new byte[64 * 1024];
        long left = length;
        while (left > 0) {
            int read = in.read(some, 0, (int) Math.min(some.length, left));
            if (read < 0) {
                return length - left;
            }
            left -= read;
        }
        return length;
    }
}
