// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.backup;

import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.snapshot.Snapshots.Store;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A backup as its manifest tells of it.
 *
 * @param id by which it is asked for: when it was taken, and the first digits of its ledger's id
 * @param at when the snapshot was begun: everything that was acknowledged by then is in it
 * @param version of the product that took it
 * @param ledger id of the ledger
 * @param epoch of the ledger
 * @param head the end of the ledger in it; where no trial has seen it, the end before it was taken, which it reaches at least
 * @param store what the snapshot was taken of
 * @param bytes of the snapshot
 * @param sha256 of the snapshot, in hex
 * @param summed whether Redis has written a checksum into it, which was right; it may be set to write none
 * @param trial what came of trying it out
 */
public record Backup(
        String id,
        Instant at,
        String version,
        String ledger,
        int partition,
        long epoch,
        Head head,
        Store store,
        long bytes,
        String sha256,
        boolean summed,
        Trial trial) {
    static final Pattern ID = Pattern.compile("\\d{8}T\\d{6}Z-[0-9a-f]{8}");

    /**
     * What came of trying a backup out.
     *
     * @param verified whether it loads, is of this ledger, and nothing in it is damaged
     * @param at when
     * @param detail what was seen, or why it is not verified
     * @param head the end of the ledger that was seen in it; empty where none was
     */
    public record Trial(boolean verified, Instant at, String detail, Optional<Head> head) {}

    /** What is recorded of one that was taken, by name. */
    public Map<String, String> recorded() {
        return Map.of("backup", id, "verified", Boolean.toString(trial.verified()));
    }

    /** The same, tried out again. */
    Backup with(Trial later) {
        return new Backup(
                id,
                at,
                version,
                ledger,
                partition,
                epoch,
                later.head().orElse(head),
                store,
                bytes,
                sha256,
                summed,
                later);
    }
}
