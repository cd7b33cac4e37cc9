// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.personal;

import io.contextgraph.http.problem.Problems;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.privacy.key.KeyServiceException;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What clients are told where keys cannot be had; why stands in the log, as it may name hosts and files. */
public final class KeyCalls {
    private static final Logger LOG = LoggerFactory.getLogger(KeyCalls.class);

    private KeyCalls() {}

    /** What a call answers. */
    public static <T> T of(Supplier<T> call) {
        try {
            return call.get();
        } catch (KeyServiceException away) {
            LOG.warn("privacy: {}", away.getMessage());
            throw Problems.ledger(LedgerException.Reason.KEY_SERVICE_UNAVAILABLE, Optional.empty())
                    .raised();
        }
    }
}
