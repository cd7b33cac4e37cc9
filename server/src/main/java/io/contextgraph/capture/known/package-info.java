// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0

/** What a ledger knows of records from before, and what became of those that were offered to it. */
@NullMarked
package io.contextgraph.capture.known;

import org.jspecify.annotations.NullMarked;
