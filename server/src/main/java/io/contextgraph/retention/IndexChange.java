// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.ledger.Head;

/**
 * What a run did to the index, or would do.
 *
 * @param left cold events that left it
 * @param returned cold events that came back to it
 * @param unindexed the last event that it does not have, with everything before it
 */
public record IndexChange(long left, long returned, Head unindexed) {}
