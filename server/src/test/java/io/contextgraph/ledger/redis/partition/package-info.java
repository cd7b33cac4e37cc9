// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

@NullMarked
package io.contextgraph.ledger.redis.partition;

import org.jspecify.annotations.NullMarked;
