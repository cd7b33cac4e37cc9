// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import io.contextgraph.ledger.LedgerIdentity;
import java.util.Optional;
import java.util.UUID;

/**
 * Which log: there is one for each part and each epoch of a ledger.
 *
 * @param partition which part of the ledger
 * @param epoch of the ledger
 */
public record LogName(UUID ledger, int partition, long epoch) {
    /** That of a ledger as it is now; empty where it has no event. */
    public static Optional<LogName> of(LedgerIdentity identity) {
        return identity.id().map(id -> new LogName(UUID.fromString(id), identity.partition(), identity.epoch()));
    }

    /** That of another epoch. */
    LogName of(long other) {
        return new LogName(ledger, partition, other);
    }

    /**
     * What its checkpoints begin with.
     *
     * @param name of the deployment
     */
    public String origin(String name) {
        return name + "/" + path();
    }

    /** What the names of its files begin with. */
    String folder() {
        return "proof/" + path() + "/";
    }

    /** What the names of the marks of all logs of this part of the ledger begin with. */
    String marks() {
        return "proof/" + part() + "/logs/";
    }

    private String path() {
        return part() + "/e" + epoch;
    }

    private String part() {
        return ledger + "/p" + partition;
    }
}
