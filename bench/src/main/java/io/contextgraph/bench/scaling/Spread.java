// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.scaling;

import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.router.Partitioning;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.UUID;

/** What part of all events falls to each slot of the product's own hash. Pure. */
final class Spread {
    private final double[] slots;
    private final double largest;

    private Spread(double[] slots, double largest) {
        this.slots = slots;
        this.largest = largest;
    }

    /**
     * What sessions make of it.
     *
     * @param shares of the sessions
     * @param slots of the sessions, as {@link #slots(int, long)} has drawn them; there may be more of them
     */
    static Spread of(double[] shares, short[] slots) {
        double[] full = new double[Partitioning.SLOTS];
        for (int session = 0; session < shares.length; session++) {
            full[slots[session]] += shares[session];
        }
        return new Spread(full, Arrays.stream(shares).max().orElse(0));
    }

    /** The slots of sessions whose ids are random UUIDs, the same for the same seed. */
    static short[] slots(int sessions, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        short[] slots = new short[sessions];
        for (int session = 0; session < sessions; session++) {
            UUID id = new UUID(random.nextLong(), random.nextLong());
            slots[session] = (short) Partitioning.slot(new SessionId(id.toString()));
        }
        return slots;
    }

    /** The share of a slot. */
    double slot(int slot) {
        return slots[slot];
    }

    /** The share of the largest session. */
    double largest() {
        return largest;
    }

    /** The share of each of so many partitions. */
    double[] partitions(int count) {
        Partitioning partitioning = new Partitioning(count);
        double[] partitions = new double[count];
        for (int slot = 0; slot < slots.length; slot++) {
            partitions[partitioning.ofSlot(slot)] += slots[slot];
        }
        return partitions;
    }

    /** How many times what one partition carries so many carry: until the fullest is full. */
    double carries(int count) {
        return 1 / Arrays.stream(partitions(count)).max().orElse(1);
    }
}
