// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.access;

import io.contextgraph.ledger.redis.client.Role;
import java.util.List;
import java.util.Optional;

/**
 * Who may do what in Redis, for {@code doctor}.
 *
 * @param accounts one for each role that is in use
 * @param open whether Redis serves this ledger to anybody, without a password
 * @param unasked why rights were not asked for, when they were not
 */
public record AccessCheck(List<Account> accounts, boolean open, Optional<String> unasked) {
    public AccessCheck {
        accounts = List.copyOf(accounts);
    }

    /**
     * The user that does the work of a role.
     *
     * @param role the work
     * @param user its name
     * @param own whether the role has a login of its own
     * @param missing commands that the work needs and the user may not give
     * @param excess dangerous commands that the work does not need and the user may give
     */
    public record Account(Role role, String user, boolean own, List<String> missing, List<String> excess) {
        public Account {
            missing = List.copyOf(missing);
            excess = List.copyOf(excess);
        }
    }
}
