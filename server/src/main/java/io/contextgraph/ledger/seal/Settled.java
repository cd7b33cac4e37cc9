// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.seal;

import io.contextgraph.ledger.Head;
import java.util.Optional;

/**
 * What of a ledger is there to stay.
 *
 * @param through with everything before it
 * @param unconfirmed why the store does not say so itself, so that it takes some time until it can be taken for true; empty where it
 *     does
 * @param history tells the store from what it becomes when it begins anew, or another takes its place
 */
public record Settled(Head through, Optional<String> unconfirmed, String history) {}
