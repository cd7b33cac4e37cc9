// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.event;

import java.time.Duration;

/**
 * What a deployment accepts.
 *
 * @param maxEventBytes largest event, in bytes of its JSON without white space
 * @param maxPayloadDepth deepest nesting of a payload; the payload object itself is depth 1
 * @param maxClockLead how far ahead of the server's clock {@code occurred_at} may be
 */
public record EventLimits(int maxEventBytes, int maxPayloadDepth, Duration maxClockLead) {
    /** 256 KiB, depth 32, 5 minutes. */
    public static final EventLimits DEFAULTS = new EventLimits(256 * 1024, 32, Duration.ofMinutes(5));

    /** What no deployment goes beyond: for events that some ledger has taken already. */
    public static final EventLimits WIDEST = new EventLimits(64 << 20, 400, Duration.ofDays(10_000 * 366L));
}
