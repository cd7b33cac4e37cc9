// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What the graph keeps of events that have gone from the ledger, and for how long. */
@NullMarked
package io.contextgraph.forgetting;

import org.jspecify.annotations.NullMarked;
