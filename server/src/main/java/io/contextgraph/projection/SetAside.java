// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import io.contextgraph.event.Position;
import io.contextgraph.ledger.Failure;
import java.time.Instant;

/**
 * An entry that a worker could not project and will try again: it stays unacknowledged meanwhile, while its neighbours go
 * on.
 *
 * @param position the entry
 * @param failure why, since when, how often
 * @param retryAt when to try it again
 */
public record SetAside(Position position, Failure failure, Instant retryAt) {}
