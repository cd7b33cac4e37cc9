// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** One ledger in front of several partitions: who is asked what, and how their answers become one. */
@NullMarked
package io.contextgraph.ledger.router;

import org.jspecify.annotations.NullMarked;
