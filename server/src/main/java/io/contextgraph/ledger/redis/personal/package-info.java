// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
/** What a ledger in Redis holds about persons. */
@NullMarked
package io.contextgraph.ledger.redis.personal;

import org.jspecify.annotations.NullMarked;
