// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Finds, in a cluster of Redis, the node that has a ledger, and follows it. */
@NullMarked
package io.contextgraph.ledger.redis.cluster;

import org.jspecify.annotations.NullMarked;
