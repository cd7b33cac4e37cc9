// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

import io.contextgraph.ledger.LedgerException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the hash of a ledger says of it from its first event on: which one it is, and which part of it.
 *
 * @param id chosen when its first event comes
 * @param partition which part of a ledger that lies on several servers; today the only one
 * @param partitions how many parts there are
 */
public record LedgerHeader(UUID id, int partition, int partitions) {
    /** Fields of the hash of the ledger. */
    public static final String LEDGER_ID = "ledger_id";

    /** Raised when events that were there are not there any more, after a restore or a failover. */
    public static final String EPOCH = "epoch";

    public static final String PARTITION = "partition";
    public static final String PARTITIONS = "partitions";

    /** The number of the first event that the ledger still has. */
    public static final String FIRST_SEQ = "first_seq";

    /** That of a ledger that begins. */
    public static LedgerHeader chosen() {
        return new LedgerHeader(UUID.randomUUID(), 0, 1);
    }

    /** As the append script takes it. */
    public String argument() {
        return id + " " + partition + " " + partitions;
    }

    /**
     * Whether a ledger is one that this version serves.
     *
     * @param partition as its hash has it; null where that says nothing
     * @param partitions the same
     * @throws LedgerException when it is a part of a larger one
     */
    static void requireWhole(@Nullable String partition, @Nullable String partitions) {
        if (partition != null && partitions != null && !(partition.equals("0") && partitions.equals("1"))) {
            throw RedisErrors.corrupt("the ledger is partition " + partition + " of " + partitions
                    + ", this version serves ledgers of one partition");
        }
    }
}
