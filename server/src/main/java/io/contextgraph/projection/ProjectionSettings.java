// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.projection;

import java.time.Duration;

/**
 * How a worker works.
 *
 * @param batchSize most events in one transaction, at least 1
 * @param pollTimeout how long to wait for new events; bounds how long a worker takes to stop
 * @param maxAttempts how often an entry is tried on its own before it is parked, at least 1
 * @param retryAfter how long to leave it alone between two tries; doubles with each
 */
public record ProjectionSettings(int batchSize, Duration pollTimeout, int maxAttempts, Duration retryAfter) {
    public static final ProjectionSettings DEFAULT =
            new ProjectionSettings(500, Duration.ofMillis(500), 5, Duration.ofSeconds(1));

    /** @throws IllegalArgumentException when a bound is out of range */
    public ProjectionSettings {
        if (batchSize < 1 || maxAttempts < 1) {
            throw new IllegalArgumentException(
                    "batchSize and maxAttempts must be at least 1: " + batchSize + ", " + maxAttempts);
        }
    }
}
