// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
/**
 * Events that have left, or may leave, a ledger: segments of them, compressed, each with a manifest and a sorted file of its
 * ids.
 */
@NullMarked
package io.contextgraph.archive;

import org.jspecify.annotations.NullMarked;
