// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.archive.Archive;
import io.contextgraph.archive.ArchiveSettings;
import io.contextgraph.archive.ArchiveWatch;
import io.contextgraph.archive.ArchivedEvent;
import io.contextgraph.archive.RememberingLedger;
import io.contextgraph.config.Settings;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.forgetting.GraphForgetting;
import io.contextgraph.graph.GraphSink;
import io.contextgraph.ledger.Epochs;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.retention.CeilingUpkeep;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.folder.FolderStorage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;

/** Where what has left the ledger is kept: the events themselves, or which ones they were. */
final class ArchivePlaces implements AutoCloseable {
    private final Settings settings;
    private final Path folder;
    private final Optional<Storage> archive;
    private final Storage ids;

    /** @param folder where what is of the ledger alone is kept beside it */
    ArchivePlaces(Settings settings, Path folder) {
        this.settings = settings;
        this.folder = folder;
        this.archive = settings.get(ArchiveSettings.LOCATION).map(place -> Storages.open(place, settings));
        this.ids = new FolderStorage(data("pruned-ids"));
    }

    private Path data(String name) {
        return folder.resolve(name);
    }

    /** Where events are archived, where that is set. */
    Optional<Storage> archive() {
        return archive;
    }

    /** The archive of a ledger; empty where it has no event, or there is no archive. */
    Optional<Archive> archive(Epochs epochs) {
        return archive.flatMap(storage -> Archive.of(storage, epochs));
    }

    /** The archive of any ledger. */
    Archive archive(UUID ledger, int partition) {
        return new Archive(archive.orElseThrow(), ledger, partition);
    }

    /** The folder for copies of what the archive has of ids. */
    Path archivedIds() {
        return data("archived-ids");
    }

    /** Where it stands which events have gone for good, where any have. */
    Optional<Storage> prunedIds() {
        boolean goForGood = archive.isEmpty() && !settings.get(ArchiveSettings.REQUIRED);
        return goForGood || Files.isDirectory(data("pruned-ids")) ? Optional.of(ids) : Optional.empty();
    }

    /** The folder for copies of that. */
    Path prunedIdsCache() {
        return data("pruned-ids-cache");
    }

    /** Finds what is known of events that have gone; looks once, when it is first asked. */
    Function<EventId, Optional<ArchivedEvent>> finder(Epochs epochs) {
        List<ArchiveWatch> watches = Stream.of(
                        archive.map(storage -> new ArchiveWatch(storage, epochs, archivedIds())),
                        prunedIds().map(storage -> new ArchiveWatch(storage, epochs, prunedIdsCache())))
                .flatMap(Optional::stream)
                .toList();
        return id -> watches.stream().flatMap(watch -> watch.find(id).stream()).findFirst();
    }

    /** A ledger that knows what only the archive has, each time it is asked. */
    Partition remembering(Partition ledger) {
        Optional<Storage> forGood = prunedIds();
        Partition known = forGood.isPresent()
                ? new RememberingLedger(
                        ledger, new ArchiveWatch(forGood.get(), ledger.epochs(), prunedIdsCache()), false)
                : ledger;
        return archive.isPresent()
                ? new RememberingLedger(known, new ArchiveWatch(archive.get(), ledger.epochs(), archivedIds()), true)
                : known;
    }

    /**
     * What the ceiling works with.
     *
     * @param graph keeps the structure of what goes, where there is one
     * @param forgetting takes out of it what has gone for long
     * @param said what summaries quote of an event
     */
    CeilingUpkeep.Parts upkeep(
            Optional<GraphSink> graph, Optional<GraphForgetting> forgetting, Function<Event, String> said) {
        Path scratch = data("archiving");
        return new CeilingUpkeep.Parts(
                archive, ids, scratch, new FolderStorage(scratch.resolve("segments")), graph, forgetting, said);
    }

    @Override
    public void close() {
        ids.close();
        archive.ifPresent(Storage::close);
    }
}
