// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Signs for what a ledger has, and proves it to others. */
@NullMarked
package io.contextgraph.proof;

import org.jspecify.annotations.NullMarked;
