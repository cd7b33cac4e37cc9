// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What a server remembers of the ledger outside of it, so that a ledger that has become shorter is noticed. */
@NullMarked
package io.contextgraph.checkpoint;

import org.jspecify.annotations.NullMarked;
