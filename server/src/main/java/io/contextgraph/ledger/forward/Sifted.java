// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.forward;

import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;

/** What becomes of a wish to append before the log is asked. */
public sealed interface Sifted {
    /** The log is not asked: this is what came of it. */
    record Known(AppendOutcome outcome) implements Sifted {}

    /** The log is asked for this, which may be another form of what was wished. */
    record Passed(Append append) implements Sifted {}
}
