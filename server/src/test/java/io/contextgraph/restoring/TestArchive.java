// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.restoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.archive.Archive;
import io.contextgraph.archive.GoneIds;
import io.contextgraph.archive.Segment;
import io.contextgraph.archive.SegmentWriter;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Original;
import io.contextgraph.event.Payload;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.SessionTally;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.prune.Pruned;
import io.contextgraph.ledger.prune.Pruning;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.ledger.trim.Lease;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.folder.FolderStorage;
import io.contextgraph.testing.TestFolders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/** An archive in a folder of its own, which goes with it. */
public final class TestArchive implements AutoCloseable {
    private final Path folder;
    private final FolderStorage storage;

    /** Whether anything is archived at all. */
    public volatile boolean wanted = true;

    public TestArchive() {
        try {
            folder = Files.createTempDirectory("archive");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        storage = new FolderStorage(folder.resolve("archive"));
    }

    /** What can be done with it, for a ledger. */
    public Archiving of(Partition ledger, InstantSource clock) {
        return new Archiving(
                () -> wanted ? Archive.of(storage, ledger.epochs()) : Optional.empty(),
                id -> {
                    GoneIds ids =
                            new GoneIds(Archive.of(storage, ledger.epochs()).orElseThrow(), folder.resolve("ids"));
                    return ids.refresh().isEmpty() ? ids.find(id) : Optional.empty();
                },
                archive -> new Restorer(ledger, archive, "test", clock));
    }

    /** The first file with such an end. */
    Path file(String end) throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("archive"))) {
            return files.filter(file -> file.toString().endsWith(end))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
        }
    }

    public Storage storage() {
        return storage;
    }

    /** Takes the events of a segment out of a ledger that is trimmed. */
    public static void prune(Partition ledger, Segment segment) {
        Pruning pruning = ledger.pruning();
        Lease lease = ledger.trimming().lease();
        Fence fence = lease.take("prunes", Duration.ofMinutes(1)).orElseThrow();
        Pruned begun = pruning.begin(fence, new Pruning.Plan(segment.id().toString(), "old", segment.runs(), true));
        List<RecordedEvent> events =
                ledger.order().read(0, (int) segment.counts().events());
        Map<SessionId, SessionTally> tallies = new HashMap<>();
        events.forEach(event -> tallies.computeIfAbsent(event.event().sessionId(), id -> new SessionTally())
                .add(event));
        Map<SessionId, String> texts = new HashMap<>();
        tallies.forEach((session, tally) -> texts.put(session, tally.toString()));
        assertThat(pruning.step(fence, begun, events, texts, segment.last().seq() + 1))
                .isEmpty();
        lease.release(fence);
    }

    /** Writes what a ledger has now, up to a number. */
    public Segment write(Partition ledger, int events) {
        return write(ledger, ledger.order().read(0, events));
    }

    /** Writes some of what a ledger has. */
    public Segment write(Partition ledger, List<RecordedEvent> events) {
        LedgerIdentity identity = ledger.epochs().now().identity();
        Original.Source source = new Original.Source(
                UUID.fromString(identity.id().orElseThrow()), identity.partition(), identity.epoch());
        List<RecordedEvent> all = ledger.log().withOriginals(events);
        Map<EventId, Payload> payloads = ledger.log()
                .payloads(all.stream().map(event -> event.event().id()).toList());
        try (SegmentWriter writer = new SegmentWriter(
                storage,
                source,
                "3",
                folder.resolve("scratch"),
                () -> all.getLast().recordedAt())) {
            for (RecordedEvent event : all) {
                writer.add(event.withPayload(
                        Optional.ofNullable(payloads.get(event.event().id()))));
            }
            return writer.finish(id -> 1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        storage.close();
        TestFolders.delete(folder);
    }
}
