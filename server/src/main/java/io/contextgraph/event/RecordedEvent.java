// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

import java.time.Instant;

/**
 * An event as the ledger holds it, with what the store assigned.
 *
 * @param event the envelope; its payload is present only where the method that returned it says so
 * @param position place in the total order, opaque
 * @param seq gap-free number in the ledger, from 1
 * @param sessionSeq gap-free number in the session, from 1
 * @param recordedAt when the store took it, to the millisecond
 * @param contentHash hash of envelope and payload, see {@link ContentHash}
 */
public record RecordedEvent(
        Event event, Position position, long seq, long sessionSeq, Instant recordedAt, ContentHash contentHash) {}
