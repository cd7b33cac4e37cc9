// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

/**
 * The module Search of a server.
 *
 * @param version its own version, which need not be that of Redis; {@code unknown} where the server hides it
 */
public record SearchModule(String version, SearchGeneration generation) {
    /** The number of version 8.0.0. Those before are 2. */
    static final long EIGHT = 80_000;

    /** From the number that {@code INFO} shows: two digits each for the last two parts. */
    static String version(long number) {
        return number / 10_000 + "." + number / 100 % 100 + "." + number % 100;
    }

    @Override
    public String toString() {
        return "Search " + version;
    }
}
