// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** The ledger's ports: append and read ({@link io.contextgraph.ledger.EventLog}), query, feed, session directory. */
@NullMarked
package io.contextgraph.ledger;

import org.jspecify.annotations.NullMarked;
