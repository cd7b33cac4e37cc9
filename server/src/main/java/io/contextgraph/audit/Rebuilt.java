// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.audit;

/**
 * What a rebuild did.
 *
 * @param resumedAfter the number of the last event that an interrupted rebuild had replayed before; 0: it began anew
 * @param replayed events that went into the graph again
 * @param repaired what was left to put right afterwards
 */
public record Rebuilt(long resumedAfter, long replayed, Repaired repaired) {}
