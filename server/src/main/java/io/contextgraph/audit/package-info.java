// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Whether the graph is what the ledger says, and making it so: verify, repair, rebuild. */
@NullMarked
package io.contextgraph.audit;

import org.jspecify.annotations.NullMarked;
