// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.archive;

import io.contextgraph.event.ContentHash;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/**
 * The ids of a segment, as their file has them.
 *
 * <p><b>Shape.</b> A head of {@value #HEAD} bytes (eight that name the form, the id of the ledger, how many rows), then a row
 * of {@value #ROW} bytes for each event, sorted by id: id (16), seq (8), position (8 and 8), content hash (32); numbers with
 * the highest byte first.
 */
final class IdTable {
    static final int HEAD = 32;
    static final int ROW = 72;
    static final int ID = 16;

    /** {@code CGIDS}, and the version of the form. */
    private static final long MAGIC = 0x43_47_49_44_53_00_00_01L;

    private final UUID ledger;
    private final List<byte[]> rows = new ArrayList<>();

    IdTable(UUID ledger) {
        this.ledger = ledger;
    }

    void add(RecordedEvent event) {
        rows.add(ByteBuffer.allocate(ROW)
                .put(key(event.event().id()))
                .putLong(event.seq())
                .putLong(event.position().millis())
                .putLong(event.position().sequence())
                .put(HexFormat.of().parseHex(event.contentHash().hex()))
                .array());
    }

    int size() {
        return rows.size();
    }

    /**
     * The file.
     *
     * @throws IllegalArgumentException when two events have the same id
     */
    byte[] bytes() {
        rows.sort(IdTable::compareIds);
        ByteBuffer bytes = ByteBuffer.allocate(HEAD + rows.size() * ROW).put(head(ledger, rows.size()));
        byte[] before = new byte[0];
        for (byte[] row : rows) {
            if (before.length > 0 && compareIds(before, row) == 0) {
                throw new IllegalArgumentException("two events have the id " + id(row));
            }
            bytes.put(row);
            before = row;
        }
        return bytes.array();
    }

    static byte[] head(UUID ledger, long rows) {
        return ByteBuffer.allocate(HEAD)
                .putLong(MAGIC)
                .putLong(ledger.getMostSignificantBits())
                .putLong(ledger.getLeastSignificantBits())
                .putLong(rows)
                .array();
    }

    static byte[] key(EventId id) {
        return ByteBuffer.allocate(ID)
                .putLong(id.value().getMostSignificantBits())
                .putLong(id.value().getLeastSignificantBits())
                .array();
    }

    private static int compareIds(byte[] row, byte[] other) {
        return Arrays.compareUnsigned(row, 0, ID, other, 0, ID);
    }

    static EventId id(byte[] row) {
        ByteBuffer bytes = ByteBuffer.wrap(row);
        return new EventId(new UUID(bytes.getLong(), bytes.getLong()));
    }

    static ArchivedEvent event(Segment segment, byte[] row) {
        ByteBuffer bytes = ByteBuffer.wrap(row);
        EventId id = new EventId(new UUID(bytes.getLong(), bytes.getLong()));
        long seq = bytes.getLong();
        Position position = new Position(bytes.getLong(), bytes.getLong());
        return new ArchivedEvent(
                segment.id(),
                segment.writtenAt(),
                id,
                seq,
                position,
                new ContentHash(HexFormat.of().formatHex(row, ROW - 32, ROW)));
    }
}
