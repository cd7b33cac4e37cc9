// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.personal;

import io.contextgraph.event.EventId;

/**
 * An event about a person, of which the ledger has the sealed payload.
 *
 * @param seq its number
 */
public record PersonalEvent(long seq, EventId id) {}
