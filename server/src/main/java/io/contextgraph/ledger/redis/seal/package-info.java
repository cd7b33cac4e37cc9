// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What of a ledger in Redis is on the disk. */
@NullMarked
package io.contextgraph.ledger.redis.seal;

import org.jspecify.annotations.NullMarked;
