// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.archive;

import io.contextgraph.event.EventId;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.apache.commons.collections4.bloomfilter.EnhancedDoubleHasher;
import org.apache.commons.collections4.bloomfilter.Hasher;
import org.apache.commons.collections4.bloomfilter.Shape;
import org.apache.commons.collections4.bloomfilter.SimpleBloomFilter;

/**
 * Says of an id that it is not there, or that it may be: of a thousand that are not there it takes about three for one that
 * may be.
 *
 * <p><b>Units and bounds.</b> {@value #BITS} bits for each id that it has room for.
 *
 * <p><b>Threads.</b> One adds; others ask meanwhile, and see what was added before they learned of it.
 */
final class IdFilter {
    static final int BITS = 12;

    private final Shape shape;
    private final SimpleBloomFilter filter;

    IdFilter(int ids) {
        this.shape = Shape.fromNM(ids, ids * BITS);
        this.filter = new SimpleBloomFilter(shape);
    }

    /** Adds the ids of rows. */
    void add(ByteBuffer rows) {
        for (int at = 0; at < rows.limit(); at += IdTable.ROW) {
            boolean ignored = filter.merge(hasher(rows.getLong(at), rows.getLong(at + Long.BYTES)));
        }
    }

    boolean mayHave(EventId id) {
        UUID value = id.value();
        return filter.contains(hasher(value.getMostSignificantBits(), value.getLeastSignificantBits())
                .indices(shape));
    }

    /** How much memory it takes. */
    long bytes() {
        return shape.getNumberOfBits() / Byte.SIZE;
    }

    private static Hasher hasher(long high, long low) {
        return new EnhancedDoubleHasher(mixed(high ^ mixed(low)), mixed(low + 0x9e3779b97f4a7c15L));
    }

    /** Ids may be alike in most of their bits. Source: the finalizer of SplitMix64. */
    private static long mixed(long bits) {
        long once = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
        long twice = (once ^ (once >>> 27)) * 0x94d049bb133111ebL;
        return twice ^ (twice >>> 31);
    }
}
