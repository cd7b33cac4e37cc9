// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.restoring;

import io.contextgraph.archive.Archive;
import io.contextgraph.archive.ArchivedEvent;
import io.contextgraph.event.EventId;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What can be done with the archive of a ledger.
 *
 * @param archive that of the ledger; empty where events are not archived, or there is none yet
 * @param finder where an event is archived; empty where that is not known
 * @param restorer brings events back from it
 */
public record Archiving(
        Supplier<Optional<Archive>> archive,
        Function<EventId, Optional<ArchivedEvent>> finder,
        Function<Archive, Restorer> restorer) {}
