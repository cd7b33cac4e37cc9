// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.router;

import io.contextgraph.event.SessionId;
import io.contextgraph.event.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Which partition a session is in: a hash of its id tells one of {@value #SLOTS} slots, and each partition has as many of them
 * as the others, or one more.
 *
 * <p><b>Guarantees.</b> The same for ever: a session never changes its partition. Of many sessions each partition gets the
 * same share, within some percent.
 *
 * @param partitions how many there are, 1 to {@value #MAX_PARTITIONS}
 */
public record Partitioning(int partitions) {
    /** What sessions are told apart by. */
    public static final int SLOTS = 4096;

    /** Most partitions of a ledger: a query that names no session asks all of them. */
    public static final int MAX_PARTITIONS = 32;

    /** How a slot is told: the first eight bytes of the SHA-256 of the id in UTF-8, as a number, modulo {@value #SLOTS}. */
    public static final String HASH = "sha256-64";

    /** @throws IllegalArgumentException when that is no number of partitions */
    public Partitioning {
        if (partitions < 1 || partitions > MAX_PARTITIONS) {
            throw new IllegalArgumentException("a ledger has 1 to " + MAX_PARTITIONS + " partitions: " + partitions);
        }
    }

    /** The slot of a session, from 0 on. */
    public static int slot(SessionId session) {
        byte[] hash = Sha256.of(session.value().getBytes(StandardCharsets.UTF_8));
        return (int) Long.remainderUnsigned(ByteBuffer.wrap(hash).getLong(), SLOTS);
    }

    /** The partition of a slot, from 0 on: each has a run of slots. */
    public int ofSlot(int slot) {
        return (int) ((long) slot * partitions / SLOTS);
    }

    /** The partition of a session, from 0 on. */
    public int of(SessionId session) {
        return partitions == 1 ? 0 : ofSlot(slot(session));
    }
}
