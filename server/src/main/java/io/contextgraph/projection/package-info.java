// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Carries events from the ledger into the graph, and proves that they are there. */
@NullMarked
package io.contextgraph.projection;

import org.jspecify.annotations.NullMarked;
