// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.prune;

/**
 * What is left of the events of a session that are gone.
 *
 * @param events how many
 * @param tally what whoever took them out wanted to be kept in their place; the ledger does not look into it
 */
public record PrunedSession(long events, String tally) {}
