// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.archive;

import io.contextgraph.bench.report.Table;
import java.util.List;

/**
 * What an event takes of Redis's memory, in bytes.
 *
 * @param hot while its entries are in the streams
 * @param cold when they are not
 * @param left what one that has gone has left there
 */
public record Sizes(double hot, double cold, double left) {
    private double back() {
        return cold - left;
    }

    /** @param packed bytes that one takes in the archive */
    public Table table(double packed) {
        return new Table(
                "One event in each tier",
                List.of("tier", "bytes of RAM", "bytes in the archive"),
                List.of(
                        List.of("hot", "%,.0f".formatted(hot), ""),
                        List.of("cold", "%,.0f".formatted(cold), ""),
                        List.of("gone", "%,.0f".formatted(left), "%,.0f".formatted(packed)),
                        List.of(
                                "given back when it goes",
                                "%,.0f (%.0f%%)".formatted(back(), 100 * back() / cold),
                                "")),
                List.of(
                        "`used_memory` of Redis, after Search has tidied up; the file of events, compressed, without what is kept besides (see below)."));
    }
}
