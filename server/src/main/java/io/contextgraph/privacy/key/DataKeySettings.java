// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.key;

import java.time.Duration;

/**
 * How data keys are kept in memory.
 *
 * @param entries most subjects whose keys are remembered
 * @param age after which a key is read anew, however often it is used
 * @param recheck after which the ledger of erasures is looked at again: for so long an erasure by another server may go
 *     unnoticed
 * @param patience most that one caller waits for another who loads the same
 */
public record DataKeySettings(int entries, Duration age, Duration recheck, Duration patience) {
    /** What a server has. */
    public static final DataKeySettings DEFAULT =
            new DataKeySettings(10_000, Duration.ofMinutes(10), Duration.ofSeconds(2), Duration.ofSeconds(15));

    public DataKeySettings {
        if (entries < 1) {
            throw new IllegalArgumentException("at least one key is remembered, not " + entries);
        }
    }
}
