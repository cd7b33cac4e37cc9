// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
/** What the ledger holds about persons: sealed payloads, under pseudonyms. */
@NullMarked
package io.contextgraph.ledger.personal;

import org.jspecify.annotations.NullMarked;
