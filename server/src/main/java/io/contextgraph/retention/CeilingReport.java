// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What a run took out of the ledger, or would take.
 *
 * @param ceiling how long events stay now
 * @param before what was recorded before this may leave
 * @param segments how many were written to the archive
 * @param events that have left
 * @param held that stay because their sessions are held
 * @param parked that stay because a group has set them aside
 * @param waiting how many numbers, at most, stay because their entries do, or a required group has not finished them, or
 *     because they are the newest
 * @param problem why no more has left than has
 */
public record CeilingReport(
        Duration ceiling,
        Instant before,
        long segments,
        long events,
        long held,
        long parked,
        long waiting,
        Optional<String> problem) {}
