// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What it takes that a ledger can be proven. */
@NullMarked
package io.contextgraph.bench.proof;

import org.jspecify.annotations.NullMarked;
