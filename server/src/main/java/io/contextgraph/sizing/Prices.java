// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.sizing;

/**
 * Dollars for a gigabyte (1,000,000,000 bytes) and a month. Assumptions, not measurements: nobody's price list.
 *
 * @param memory of a machine whose memory is what one pays for
 * @param archive of an object storage
 */
public record Prices(double memory, double archive) {
    /** As the benchmarks have them. */
    public static final Prices ASSUMED = new Prices(4.5, 0.023);

    private static final double GIGABYTE = 1e9;

    /** Dollars a month for bytes of memory and of the archive. */
    public double month(double memoryBytes, double archiveBytes) {
        return (memoryBytes * memory + archiveBytes * archive) / GIGABYTE;
    }
}
