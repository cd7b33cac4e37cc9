// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

import io.contextgraph.event.EventId;
import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * Which event, as the indexes hold it.
 *
 * @param seq its number
 * @param id its id
 * @param timeMillis its {@code occurred_at}; 0 where the index is not ordered by time
 */
public record Ref(long seq, EventId id, long timeMillis) {
    private static final int MEMBER_BYTES = Long.BYTES + Keys.ID_BYTES;

    /** The member of every sorted set by time: the number, big-endian, so that ties of time order by it; the id. */
    public static Ref ofMember(byte[] member, long timeMillis) {
        if (member.length != MEMBER_BYTES) {
            throw RedisErrors.corrupt("an index holds a member of " + member.length + " bytes");
        }
        ByteBuffer bytes = ByteBuffer.wrap(member);
        return new Ref(bytes.getLong(), id(bytes), timeMillis);
    }

    /** The id at the buffer's position. */
    public static EventId id(ByteBuffer bytes) {
        return new EventId(new UUID(bytes.getLong(), bytes.getLong()));
    }

    public byte[] member() {
        UUID uuid = id.value();
        return ByteBuffer.allocate(MEMBER_BYTES)
                .putLong(seq)
                .putLong(uuid.getMostSignificantBits())
                .putLong(uuid.getLeastSignificantBits())
                .array();
    }
}
