// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Sockets to Redis on which an answer is waited for without a timer. */
@NullMarked
package io.contextgraph.ledger.redis.socket;

import org.jspecify.annotations.NullMarked;
