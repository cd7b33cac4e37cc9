// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

import io.contextgraph.event.Position;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.ledger.LedgerIdentity.Cut;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the hash of a ledger says of it from its first event on: which one it is, and which part of it.
 *
 * @param id chosen when its first event comes, or where it is one of several partitions, when the ledger was founded
 * @param partition which part of the ledger, from 0 on
 * @param partitions how many parts there are
 */
public record LedgerHeader(UUID id, int partition, int partitions) {
    /** Fields of the hash of the ledger. */
    public static final String LEDGER_ID = "ledger_id";

    /** Raised when events that were there are not there any more, after a restore or a failover. */
    public static final String EPOCH = "epoch";

    /** Where each epoch but the first began: {@code <epoch>:<seq>:<position>}, with spaces between; absent where there was one. */
    public static final String CUTS = "cuts";

    private static final Pattern EPOCH_NUMBER = Pattern.compile("[1-9]\\d{0,14}");

    public static final String PARTITION = "partition";
    public static final String PARTITIONS = "partitions";

    /** The number of the first event that the ledger still has. */
    public static final String FIRST_SEQ = "first_seq";

    /** The last event whose entry has left the global stream: {@code <seq>:<position>}; absent where none has. */
    public static final String TRIMMED = "trimmed";

    /**
     * The last event that the index does not have, with everything before it: {@code <seq>:<position>}; absent where none was
     * ever taken out.
     */
    public static final String UNINDEXED = "unindexed";

    /** The last event that was pruned: {@code <seq>:<position>}; absent where none was. */
    public static final String PRUNED = "pruned";

    /** How many events were pruned. */
    public static final String PRUNED_EVENTS = "pruned_events";

    /** How many of these are behind {@link #UNINDEXED}. */
    public static final String GONE_INDEXED = "gone_indexed";

    /** How many sealed payloads there are; absent where no event about a person ever came. */
    public static final String PERSONAL = "personal";

    /** When the last pruning was begun, in milliseconds since 1970. */
    public static final String PRUNING = "pruning";

    /** What that pruning takes out; absent where it is at its end. */
    public static final String PRUNING_OF = "pruning_of";

    /**
     * Which part of a ledger something is that may not have begun.
     *
     * @param id of the ledger, where it is known before its first event
     */
    public record Share(int partition, int partitions, Optional<UUID> id) {
        /** A ledger that is one order. */
        public static final Share WHOLE = new Share(0, 1, Optional.empty());

        /** @throws IllegalArgumentException when there is no such part */
        public Share {
            if (partition < 0 || partition >= partitions) {
                throw new IllegalArgumentException("no partition " + partition + " of " + partitions);
            }
        }

        /**
         * Makes sure that what is there is this part.
         *
         * @param known which ledger it is, as its hash has it; null where that says nothing
         * @param partition the same
         * @param partitions the same
         * @throws LedgerException when it is another one
         */
        void require(@Nullable String known, @Nullable String partition, @Nullable String partitions) {
            requireNumber(partition, partitions);
            if (known != null && id.filter(one -> !known.equals(one.toString())).isPresent()) {
                throw RedisErrors.corrupt("the partition there is of ledger " + known + ", not of " + id.get());
            }
        }

        private void requireNumber(@Nullable String number, @Nullable String of) {
            if (number != null
                    && of != null
                    && !(number.equals(Integer.toString(partition)) && of.equals(Integer.toString(partitions)))) {
                throw RedisErrors.corrupt("the ledger there is partition " + number + " of " + of + ", not " + partition
                        + " of " + partitions);
            }
        }
    }

    /** That of a ledger that begins. */
    public static LedgerHeader chosen(Share share) {
        return new LedgerHeader(share.id().orElseGet(UUID::randomUUID), share.partition(), share.partitions());
    }

    /** As the append script takes it. */
    public String argument() {
        return id + " " + partition + " " + partitions;
    }

    /**
     * Which ledger a hash says it is; null for a field that it does not have.
     *
     * @param share which part of a ledger it must be
     * @throws LedgerException when the fields contradict each other, or it is another part
     */
    public static LedgerIdentity identity(
            Share share,
            @Nullable String id,
            @Nullable String partition,
            @Nullable String epoch,
            @Nullable String cuts) {
        if (id == null) {
            return LedgerIdentity.NONE;
        }
        share.requireNumber(partition, Integer.toString(share.partitions()));
        return identity(id, String.valueOf(epoch), cuts == null ? "" : cuts)
                .map(known -> new LedgerIdentity(known.id(), share.partition(), known.epoch(), known.cuts()))
                .orElseThrow(() -> RedisErrors.corrupt(
                        "the ledger does not say where its epochs began: contextgraph ledger mend"));
    }

    /** The same of one that is not a part; empty where the fields contradict each other. */
    public static Optional<LedgerIdentity> identity(String id, String epoch, String cuts) {
        List<Cut> begun = new ArrayList<>();
        try {
            for (String cut : cuts.isEmpty() ? new String[0] : cuts.split(" ", -1)) {
                String[] parts = cut.split(":", -1);
                if (parts.length != 3) {
                    return Optional.empty();
                }
                begun.add(new Cut(Long.parseLong(parts[0]), new Head(Long.parseLong(parts[1]), Position.of(parts[2]))));
            }
        } catch (IllegalArgumentException damaged) {
            return Optional.empty();
        }
        long last = 1;
        for (Cut cut : begun) {
            if (cut.epoch() <= last) {
                return Optional.empty();
            }
            last = cut.epoch();
        }
        boolean fits = EPOCH_NUMBER.matcher(epoch).matches() && Long.parseLong(epoch) == last;
        return fits ? Optional.of(new LedgerIdentity(Optional.of(id), 0, last, begun)) : Optional.empty();
    }

    /**
     * Where a ledger ends, by its hash; null for a field that it does not have.
     *
     * @throws LedgerException when that is damaged
     */
    public static Head head(@Nullable String seq, @Nullable String position) {
        if (seq == null && position == null) {
            return Head.EMPTY;
        }
        try {
            return new Head(Long.parseLong(String.valueOf(seq)), Position.of(String.valueOf(position)));
        } catch (IllegalArgumentException damaged) {
            throw RedisErrors.corrupt("the head of the ledger is damaged");
        }
    }

    /**
     * What {@link #TRIMMED} says.
     *
     * @throws LedgerException when it is damaged
     */
    public static Head trimmed(@Nullable String text) {
        return parsed(text, "how far the streams were trimmed");
    }

    /**
     * What {@link #UNINDEXED} says.
     *
     * @throws LedgerException when it is damaged
     */
    public static Head unindexed(@Nullable String text) {
        return parsed(text, "what the index does not have any more");
    }

    /**
     * What {@link #PRUNED} says.
     *
     * @throws LedgerException when it is damaged
     */
    public static Head pruned(@Nullable String text) {
        return parsed(text, "what was pruned");
    }

    /**
     * What {@link #PRUNED_EVENTS} or {@link #GONE_INDEXED} says; 0 where it says nothing.
     *
     * @throws LedgerException when it is damaged
     */
    public static long count(@Nullable String text) {
        try {
            return text == null ? 0 : Long.parseLong(text);
        } catch (NumberFormatException damaged) {
            throw RedisErrors.corrupt("how many events were pruned is damaged: contextgraph ledger mend", damaged);
        }
    }

    /**
     * What {@link #FIRST_SEQ} says; 1 where it says nothing.
     *
     * @throws LedgerException when it is damaged
     */
    public static long firstSeq(@Nullable String text) {
        try {
            return text == null ? 1 : Long.parseLong(text);
        } catch (NumberFormatException damaged) {
            throw RedisErrors.corrupt("the number of the first event is damaged: contextgraph ledger mend", damaged);
        }
    }

    private static Head parsed(@Nullable String text, String what) {
        if (text == null) {
            return Head.EMPTY;
        }
        try {
            String[] parts = text.split(":", 2);
            return new Head(Long.parseLong(parts[0]), Position.of(parts[1]));
        } catch (IllegalArgumentException | IndexOutOfBoundsException damaged) {
            throw RedisErrors.corrupt(what + " is damaged: contextgraph ledger mend");
        }
    }

    /** A head as {@link #TRIMMED} and {@link #UNINDEXED} have it. */
    public static String text(Head head) {
        return head.seq() + ":" + head.position();
    }

    /** A cut as {@link #CUTS} has it. */
    public static String text(Cut cut) {
        return cut.epoch() + ":" + cut.lastCommon().seq() + ":"
                + cut.lastCommon().position();
    }
}
