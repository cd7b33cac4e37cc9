// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import java.util.List;

/** Why a ledger does not take an event, alone or as a whole. */
public final class Refusals {
    private Refusals() {}

    public static Reason of(EventLog log, Append append) {
        AppendOutcome outcome;
        try {
            outcome = log.append(List.of(append), Durability.MEMORY).outcomes().getFirst();
        } catch (LedgerException asAWhole) {
            return asAWhole.reason();
        }
        if (outcome instanceof AppendOutcome.Refused alone) {
            return alone.reason();
        }
        throw new AssertionError("not refused, but " + outcome);
    }
}
