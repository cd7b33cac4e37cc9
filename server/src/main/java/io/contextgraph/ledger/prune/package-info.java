// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
/** Taking events out of a ledger for good, and remembering that they were there. */
@NullMarked
package io.contextgraph.ledger.prune;

import org.jspecify.annotations.NullMarked;
