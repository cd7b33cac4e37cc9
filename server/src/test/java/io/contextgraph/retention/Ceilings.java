// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import io.contextgraph.graph.GraphSink;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.folder.FolderStorage;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/** Ceilings for tests. */
public final class Ceilings {
    /** Three months, by days. */
    public static final CeilingSettings DAYS = new CeilingSettings(
            RetentionProfile.DEFAULT,
            Duration.ofDays(90),
            Duration.ofDays(30),
            Duration.ZERO,
            Duration.ofDays(30),
            Duration.ofDays(1),
            20,
            true,
            false);

    private Ceilings() {}

    /** Events stay for ever. */
    public static CeilingUpkeep none(Partition ledger, InstantSource clock) {
        return of(
                ledger, DAYS.withCeiling(Duration.ZERO), Optional.empty(), Path.of("nowhere"), Optional.empty(), clock);
    }

    /** @param folder for everything local */
    static CeilingUpkeep of(
            Partition ledger,
            CeilingSettings settings,
            Optional<Storage> archive,
            Path folder,
            Optional<GraphSink> graph,
            InstantSource clock) {
        CeilingUpkeep.Parts parts = new CeilingUpkeep.Parts(
                archive,
                new FolderStorage(folder.resolve("ids")),
                folder.resolve("scratch"),
                new FolderStorage(folder.resolve("scratch/segments")),
                graph,
                Optional.empty(),
                event -> event.type().value());
        return new CeilingUpkeep(ledger, settings, parts, clock);
    }
}
