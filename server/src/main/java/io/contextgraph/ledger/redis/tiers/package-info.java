// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What the tiers of a ledger in Redis hold, and what retention remembers there. */
@NullMarked
package io.contextgraph.ledger.redis.tiers;

import org.jspecify.annotations.NullMarked;
