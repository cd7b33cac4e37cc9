// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What a ledger needs so that what it has can be proven: who may, and what is there to stay. */
@NullMarked
package io.contextgraph.ledger.seal;

import org.jspecify.annotations.NullMarked;
