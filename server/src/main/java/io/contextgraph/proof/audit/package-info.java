// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Holds a ledger, and what is kept of it, against what was signed for it. */
@NullMarked
package io.contextgraph.proof.audit;

import org.jspecify.annotations.NullMarked;
