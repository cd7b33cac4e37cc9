// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Appending: one script, atomic and idempotent, and the wait for durability. */
@NullMarked
package io.contextgraph.ledger.redis.append;

import org.jspecify.annotations.NullMarked;
