// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
/** Bringing back from the archive what has left the ledger. */
@NullMarked
package io.contextgraph.restoring;

import org.jspecify.annotations.NullMarked;
