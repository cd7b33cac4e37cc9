// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** Reading: by id, in commit order, by either index; the directory of sessions. */
@NullMarked
package io.contextgraph.ledger.redis.search;

import org.jspecify.annotations.NullMarked;
