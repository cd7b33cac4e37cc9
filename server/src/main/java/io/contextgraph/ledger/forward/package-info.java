// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Ledgers in front of others: what they have in common that add something of their own to one. */
@NullMarked
package io.contextgraph.ledger.forward;

import org.jspecify.annotations.NullMarked;
