// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.SessionId;
import java.util.Optional;

/** What the names of keys say. */
final class KeyNames {
    private KeyNames() {}

    static Optional<SessionId> session(String name) {
        try {
            return Optional.of(new SessionId(name));
        } catch (IllegalArgumentException | InvalidInputException foreign) {
            return Optional.empty();
        }
    }

    /** What follows {@code beginning} in a name that begins so. */
    static Optional<String> after(String beginning, String name) {
        return name.startsWith(beginning) ? Optional.of(name.substring(beginning.length())) : Optional.empty();
    }
}
