// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** One order of events: a whole ledger, or one of several that lie beside each other. */
@NullMarked
package io.contextgraph.ledger.partition;

import org.jspecify.annotations.NullMarked;
