// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Trimming of the streams in Redis, and the lease of whoever does it. */
@NullMarked
package io.contextgraph.ledger.redis.trim;

import org.jspecify.annotations.NullMarked;
