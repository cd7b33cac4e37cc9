// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import io.contextgraph.ledger.LedgerIdentity;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which log: there is one for each part and each epoch of a ledger.
 *
 * @param partition which part of the ledger
 * @param epoch of the ledger
 */
public record LogName(UUID ledger, int partition, long epoch) {
    private static final Pattern EPOCH = Pattern.compile("/e([1-9]\\d{0,14})$");

    /** That of a ledger as it is now; empty where it has no event. */
    public static Optional<LogName> of(LedgerIdentity identity) {
        return identity.id().map(id -> new LogName(UUID.fromString(id), identity.partition(), identity.epoch()));
    }

    /** That of another epoch. */
    public LogName of(long other) {
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

    /**
     * The one of the same part of the ledger, of this epoch or an earlier one, of which checkpoints begin so.
     *
     * @param name of the deployment
     */
    public Optional<LogName> ofOrigin(String name, String origin) {
        Matcher matcher = EPOCH.matcher(origin);
        return matcher.find()
                ? Optional.of(of(Long.parseLong(matcher.group(1))))
                        .filter(log -> log.epoch <= epoch)
                        .filter(log -> log.origin(name).equals(origin))
                : Optional.empty();
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
