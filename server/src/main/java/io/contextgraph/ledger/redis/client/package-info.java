// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What every part of the ledger in Redis builds on: connections of each role, names of keys, scripts, forms of what is stored, and what the server is. */
@NullMarked
package io.contextgraph.ledger.redis.client;

import org.jspecify.annotations.NullMarked;
