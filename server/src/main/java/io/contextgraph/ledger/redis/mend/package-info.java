// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Examines and mends a ledger, in whatever state it is. */
@NullMarked
package io.contextgraph.ledger.redis.mend;

import org.jspecify.annotations.NullMarked;
