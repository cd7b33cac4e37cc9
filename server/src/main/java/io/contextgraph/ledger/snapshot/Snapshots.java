// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.snapshot;

import io.contextgraph.ledger.LedgerException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.LongConsumer;

/** Copies of the store of a ledger, as the store makes them itself: everything in it, at one moment. */
public interface Snapshots {
    /**
     * Writes a copy to a local file, with bounded memory. Writers go on meanwhile.
     *
     * @param into made, readable by its owner alone; must not be there
     * @param told how many bytes there are so far; what it throws ends the copy
     * @throws LedgerException when the store gives no copy away, or breaks off
     * @throws IOException when the file cannot be written; part of it may be there then
     */
    Taken take(Path into, LongConsumer told) throws IOException;

    /**
     * A copy.
     *
     * @param bytes how long it is
     * @param sha256 of its bytes, in hex
     * @param summed whether the store has written a checksum into it, which was right; it may be set to write none
     * @param store what it was taken of
     */
    record Taken(long bytes, String sha256, boolean summed, Store store) {}

    /**
     * The program that made a copy, which decides what can read it.
     *
     * @param product as {@code Redis}
     * @param version as the server tells it; {@code unknown} where it does not
     * @param modules those that were loaded, with their versions
     * @param database the number of the database that the ledger is in
     * @param prefix of the keys of the ledger
     */
    record Store(String product, String version, Map<String, String> modules, int database, String prefix) {
        public Store {
            modules = Map.copyOf(modules);
        }

        /** For people, as {@code Redis 8.2.9}. */
        public String describe() {
            return product + " " + version;
        }
    }
}
