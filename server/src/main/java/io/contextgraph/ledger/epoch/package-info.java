// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Going on where somebody stopped reading, as long as what was read then is still what the ledger has. */
@NullMarked
package io.contextgraph.ledger.epoch;

import org.jspecify.annotations.NullMarked;
