// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.archive.Archive;
import io.contextgraph.graph.GraphSink;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.operation.Watcher;
import io.contextgraph.restoring.Restorer;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.folder.FolderStorage;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;

/** What every process has that runs retention in {@link CeilingDays}. */
final class CeilingParts {
    /** Shorter than a turn, so that each turn has some of its own. */
    private static final int SEGMENT_EVENTS = 7;

    private CeilingParts() {}

    static RetentionSettings how(Duration hotWindow) {
        return new RetentionSettings(
                hotWindow,
                hotWindow.dividedBy(8),
                Set.of("projection", "audit"),
                true,
                RetentionDays.TURN,
                200,
                Duration.ZERO);
    }

    /** Ids are remembered for as long again. */
    static CeilingSettings settings(Duration ceiling) {
        return new CeilingSettings(
                RetentionProfile.DEFAULT,
                ceiling,
                ceiling,
                Duration.ZERO,
                ceiling,
                RetentionDays.TURN,
                SEGMENT_EVENTS,
                true,
                false);
    }

    static CeilingUpkeep ceiling(
            Partition ledger,
            CeilingSettings settings,
            PlaceBreaker places,
            Path archive,
            Path scratch,
            GraphSink graph,
            InstantSource clock) {
        Storage storage = places.archive(new FolderStorage(archive), archive);
        return Ceilings.of(ledger, settings, Optional.of(storage), scratch, Optional.of(places.graph(graph)), clock);
    }

    /** One that brings back what has left. */
    static Restorer restorer(Partition ledger, PlaceBreaker places, Path archive, String owner, InstantSource clock) {
        Storage storage = places.archive(new FolderStorage(archive), archive);
        return new Restorer(ledger, Archive.of(storage, ledger.epochs()).orElseThrow(), owner, clock);
    }

    /** Each step of a restore is a place. */
    static Watcher watching(PlaceBreaker places) {
        return (phase, done, total) -> {
            boolean ignored = places.rest(Duration.ZERO);
        };
    }
}
