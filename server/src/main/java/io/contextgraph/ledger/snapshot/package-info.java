// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
/** A copy of everything that a ledger's store holds, as the store itself makes it. */
@NullMarked
package io.contextgraph.ledger.snapshot;

import org.jspecify.annotations.NullMarked;
