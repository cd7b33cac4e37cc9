// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.search;

import io.contextgraph.event.RecordedEvent;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * How the events of a session are kept that the index does not have.
 *
 * <p><b>Shape.</b> One string for each session: groups of {@value #GROUP} events, each group preceded by the earliest and the
 * latest {@code occurred_at} in it, or wider ones; of each event its {@code seq} and {@code occurred_at}, at the place that
 * its {@code session_seq} gives. All numbers have 8 bytes, big-endian; times are milliseconds since 1970.
 *
 * <p><b>Guarantees.</b> What is written of an event is always the same, so that it can be written again; it may be there still
 * when the index has the event again.
 */
public final class ColdLayout {
    /** Events of a group: its bytes and what Redis adds fill a block of its allocator. */
    static final int GROUP = 1000;

    /** Bytes of an event, and of the times of a group. */
    public static final int RECORD = 2 * Long.BYTES;

    static final int GROUP_BYTES = RECORD + GROUP * RECORD;

    private ColdLayout() {}

    /** The group of an event. */
    public static long group(RecordedEvent event) {
        return (event.sessionSeq() - 1) / GROUP;
    }

    /** Where a group begins: its times. */
    public static long start(long group) {
        return group * GROUP_BYTES;
    }

    /** Where the last byte of a group's times is. */
    public static long endOfTimes(long group) {
        return start(group) + RECORD - 1;
    }

    /** Where an event stands. */
    public static long place(RecordedEvent event) {
        return start(group(event)) + RECORD + (event.sessionSeq() - 1) % GROUP * RECORD;
    }

    /** Events of one session that follow each other in one group. */
    public static byte[] records(List<RecordedEvent> events) {
        ByteBuffer bytes = ByteBuffer.allocate(events.size() * RECORD);
        events.forEach(event -> bytes.putLong(event.seq()).putLong(millis(event)));
        return bytes.array();
    }

    /**
     * The times of a group that has these events, too.
     *
     * @param known what its times were; empty where there was no group
     */
    public static byte[] times(byte[] known, List<RecordedEvent> events) {
        long earliest = events.stream().mapToLong(ColdLayout::millis).min().orElseThrow();
        long latest = events.stream().mapToLong(ColdLayout::millis).max().orElseThrow();
        if (known.length == RECORD) {
            ByteBuffer bytes = ByteBuffer.wrap(known);
            earliest = Math.min(earliest, bytes.getLong());
            latest = Math.max(latest, bytes.getLong());
        }
        return ByteBuffer.allocate(RECORD).putLong(earliest).putLong(latest).array();
    }

    /** How many events are in so many bytes. */
    static long count(long length) {
        long groups = (length + GROUP_BYTES - 1) / GROUP_BYTES;
        return (length - groups * RECORD) / RECORD;
    }

    private static long millis(RecordedEvent event) {
        return event.event().occurredAt().toEpochMilli();
    }
}
