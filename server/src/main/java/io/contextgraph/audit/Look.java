// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.audit;

/**
 * What one look at a session has found, when graph and ledger could be compared.
 *
 * @param known whether the ledger has the session
 * @param events how many of its events were compared, with those that have gone from the ledger
 * @param onlySum whether nothing but the sum differs
 * @param whole whether the graph has all that has gone from the ledger, as it was
 */
record Look(boolean known, long events, Findings found, boolean onlySum, boolean whole) {}
