// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** A ledger that lies in several Redis servers, or in several slots of a cluster. */
@NullMarked
package io.contextgraph.ledger.redis.partition;

import org.jspecify.annotations.NullMarked;
