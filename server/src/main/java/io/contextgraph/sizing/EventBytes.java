// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.sizing;

/**
 * Bytes that one event takes in each tier.
 *
 * @param hot of memory while its entries are in the streams
 * @param cold of memory when they are not
 * @param remembered of memory while Redis has the id of an event that has gone
 * @param gone of memory when only the archive has it
 * @param archived in the archive
 */
public record EventBytes(double hot, double cold, double remembered, double gone, double archived) {
    /** With a payload, which goes when its event leaves Redis. */
    public EventBytes withPayload(double inMemory, double inArchive) {
        return new EventBytes(hot + inMemory, cold + inMemory, remembered, gone, archived + inArchive);
    }

    /** Bytes of memory for the events of so many days, {@code perDay} each. */
    public double inMemory(double perDay, Stay.Days days) {
        return perDay * (days.hot() * hot + days.cold() * cold + days.remembered() * remembered + days.gone() * gone);
    }

    /** Bytes of the archive. */
    public double inArchive(double perDay, Stay.Days days) {
        return perDay * days.left() * archived;
    }
}
