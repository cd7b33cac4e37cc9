// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** A damaged ledger: what is wrong with it, and who sets it right. */
@NullMarked
package io.contextgraph.ledger.mend;

import org.jspecify.annotations.NullMarked;
