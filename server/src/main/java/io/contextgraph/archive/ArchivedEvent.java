// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.archive;

import io.contextgraph.event.ContentHash;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Position;
import java.time.Instant;

/**
 * Where an event is archived, and what it was.
 *
 * @param archivedAt when its segment was written
 */
public record ArchivedEvent(
        SegmentId segment, Instant archivedAt, EventId id, long seq, Position position, ContentHash contentHash) {}
