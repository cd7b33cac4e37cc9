// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
/** Snapshots of a Redis, taken over its replication protocol. */
@NullMarked
package io.contextgraph.ledger.redis.snapshot;

import org.jspecify.annotations.NullMarked;
