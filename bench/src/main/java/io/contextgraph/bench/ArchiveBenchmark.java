// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import io.contextgraph.archive.Archive;
import io.contextgraph.archive.Segment;
import io.contextgraph.archive.SegmentId;
import io.contextgraph.bench.archive.Bookkeeping;
import io.contextgraph.bench.archive.Costs;
import io.contextgraph.bench.archive.Inquiry;
import io.contextgraph.bench.archive.Passages;
import io.contextgraph.bench.archive.Passages.Passage;
import io.contextgraph.bench.archive.PhaseClock;
import io.contextgraph.bench.archive.Sizes;
import io.contextgraph.bench.load.LedgerFill;
import io.contextgraph.bench.load.Load;
import io.contextgraph.bench.load.Workload;
import io.contextgraph.bench.report.Figure;
import io.contextgraph.bench.report.Report;
import io.contextgraph.bench.report.Setting;
import io.contextgraph.bench.server.Folders;
import io.contextgraph.bench.server.Neo4jServer;
import io.contextgraph.bench.server.RedisServer;
import io.contextgraph.graph.neo4j.Neo4jGraph;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.ledger.trim.Lease;
import io.contextgraph.operation.Watcher;
import io.contextgraph.projection.ProjectionSettings;
import io.contextgraph.projection.ProjectionWorker;
import io.contextgraph.restoring.RestoreReport;
import io.contextgraph.restoring.Restorer;
import io.contextgraph.retention.CeilingReport;
import io.contextgraph.retention.CeilingSettings;
import io.contextgraph.retention.CeilingUpkeep;
import io.contextgraph.retention.CeilingUpkeep.Parts;
import io.contextgraph.retention.Rest;
import io.contextgraph.retention.Retention;
import io.contextgraph.retention.RetentionProfile;
import io.contextgraph.retention.RetentionSettings;
import io.contextgraph.sizing.Prices;
import io.contextgraph.storage.folder.FolderStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;

/**
 * What it takes that events leave the ledger for the archive, what stays of them, and how they come back: a ledger is filled
 * and projected, one half of it leaves while nothing else happens, the other while events come in, and the first half is
 * restored.
 */
final class ArchiveBenchmark {
    private static final int BATCH = 1000;
    private static final int WRITERS = 64;
    private static final int SEGMENT_EVENTS = Integer.parseInt(CeilingSettings.SEGMENT_EVENTS.standard());
    private static final Duration CEILING = Duration.ofDays(90);
    private static final Duration KEEP = Duration.ofDays(7);
    private static final Duration LEASE = Duration.ofMinutes(2);
    /** Longer than anything here. */
    private static final Duration REMEMBERED = Duration.ofDays(1_000);

    private static final Duration BETWEEN_HALVES = Duration.ofSeconds(10);
    private static final String GROUP = "projection";

    /**
     * What to measure.
     *
     * @param events that leave
     * @param rate at which others come in, a second
     * @param alone how long they do so while nothing leaves
     * @param pause between two looks at the memory in use, of which several in a row must agree
     */
    record Options(Engine engine, int events, int rate, Duration alone, Duration pause, Prices prices) {}

    private final Options options;
    private final AtomicLong numbers = new AtomicLong();

    ArchiveBenchmark(Options options) {
        this.options = options;
    }

    /** What is worked with. */
    private record Bed(RedisServer redis, RedisLedger ledger, Neo4jServer neo4j, Path folder) {
        FolderStorage storage() {
            return new FolderStorage(folder.resolve("archive"));
        }

        Archive archive() {
            return new Archive(
                    storage(),
                    UUID.fromString(ledger.epochs().now().identity().id().orElseThrow()),
                    0);
        }
    }

    Report run() throws Exception {
        Map<String, String> setting = Setting.here();
        Path folder = Files.createTempDirectory("contextgraph-bench-archive");
        try (RedisServer redis = RedisServer.start();
                RedisLedger ledger = redis.ledger(options.engine());
                Neo4jServer neo4j = Neo4jServer.start()) {
            setting.put(
                    "redis", redis.describe() + ", engine " + options.engine().configName());
            return measured(setting, new Bed(redis, ledger, neo4j, folder));
        } finally {
            Folders.delete(folder);
        }
    }

    private Report measured(Map<String, String> setting, Bed bed) throws Exception {
        long empty = bed.redis().tidiedMemory(options.pause());
        fill(bed);
        double hot = (double) (bed.redis().tidiedMemory(options.pause()) - empty) / options.events();
        trim(bed);
        long cold = bed.redis().tidiedMemory(options.pause());
        double each = (double) (cold - empty) / options.events();
        long store = bed.neo4j().storeBytes();

        PhaseClock quiet = new PhaseClock();
        long gone = leave(bed, at(bed, options.events() / 2), quiet);
        long after = bed.redis().tidiedMemory(options.pause());
        Sizes sizes = new Sizes(hot, each, each - (double) (cold - after) / gone);
        store = bed.neo4j().storeBytes() - store;
        Bookkeeping kept = Bookkeeping.of(
                bed.redis(),
                LongStream.range(0, gone / Workload.SESSION_LENGTH)
                        .mapToObj(session -> Workload.sessionOf(session * Workload.SESSION_LENGTH)),
                bed.storage(),
                bed.archive(),
                bed.neo4j());
        List<SegmentId> first =
                bed.archive().list().segments().stream().map(Segment::id).toList();

        Load.Result alone = load(bed, options.alone(), new PhaseClock());
        PhaseClock busy = new PhaseClock();
        long others = leaveBeside(bed, busy);

        PhaseClock back = new PhaseClock();
        long restored = restore(bed, first, back);

        forget(bed);
        Inquiry inquiry = new Inquiry(bed.ledger(), numbers);
        inquiry.run(
                bed.storage(),
                bed.archive(),
                bed.folder(),
                Math.max(10, options.events() / 10_000),
                options.events() - Inquiry.BATCH);

        Costs costs = new Costs(
                hot,
                each,
                sizes.left(),
                sizes.left() - kept.idBytes(gone),
                (double) kept.events() / gone + kept.fileBytes(gone),
                options.prices());
        Passages passages =
                new Passages(new Passage(gone, quiet), new Passage(others, busy), new Passage(restored, back));
        List<Figure> figures = new ArrayList<>(passages.figures(alone));
        figures.add(inquiry.figure());
        return new Report(
                "bench/run archive",
                setting,
                List.of(
                        passages.rates(SEGMENT_EVENTS),
                        passages.appends(
                                alone,
                                "Single events through the port of the ledger at a constant rate of %,d a second by %d writers; latency counts from when one should have been sent. Redis, Neo4j, the archive and the writers share the machine."
                                        .formatted(options.rate(), WRITERS)),
                        sizes.table((double) kept.events() / gone),
                        kept.table(gone, sizes.left(), store),
                        inquiry.table(),
                        costs.table()),
                figures);
    }

    /** In halves that are told apart by when they were recorded: far enough for a clock that goes on meanwhile. */
    private void fill(Bed bed) throws IOException {
        append(bed, options.events() / 2);
        Load.await(System.nanoTime() + BETWEEN_HALVES.toNanos());
        append(bed, options.events());
        try (Neo4jGraph graph = bed.neo4j().graph();
                ProjectionWorker worker = new ProjectionWorker(
                        "bench",
                        bed.ledger().feed(GROUP),
                        graph,
                        new ProjectionSettings(BATCH, Duration.ZERO, 5, ProjectionSettings.DEFAULT.retryAfter()),
                        Clock.systemUTC())) {
            graph.prepare();
            while (worker.doWork() > 0) {
                // The next batch.
            }
        }
    }

    private void append(Bed bed, int upTo) throws IOException {
        while (numbers.get() < upTo) {
            int count = (int) Math.min(BATCH, upTo - numbers.get());
            int ignored = LedgerFill.append(
                    bed.ledger().log(), Workload.events(numbers.getAndAdd(count), count), Durability.MEMORY);
        }
    }

    /** When an event was recorded. */
    private static Instant at(Bed bed, long seq) {
        return bed.ledger().order().read(seq - 1, 1).getFirst().recordedAt();
    }

    private Retention retention(Bed bed, Neo4jGraph graph, Duration ceiling, InstantSource clock) {
        CeilingSettings settings = new CeilingSettings(
                RetentionProfile.DEFAULT,
                ceiling,
                ceiling,
                Duration.ZERO,
                REMEMBERED,
                Duration.ofMillis(1),
                SEGMENT_EVENTS,
                true,
                false);
        Path scratch = bed.folder().resolve("scratch");
        Parts parts = new Parts(
                Optional.of(bed.storage()),
                new FolderStorage(bed.folder().resolve("ids")),
                scratch,
                new FolderStorage(scratch.resolve("segments")),
                Optional.of(graph),
                Optional.empty(),
                event -> "");
        CeilingUpkeep upkeep = new CeilingUpkeep(bed.ledger(), settings, parts, clock);
        return new Retention(bed.ledger(), RetentionSettings.DEFAULT, upkeep, clock, "bench");
    }

    /** Nothing stays in the streams. */
    private void trim(Bed bed) throws IOException {
        InstantSource clock = InstantSource.offset(InstantSource.system(), CEILING);
        long entries;
        try (Neo4jGraph graph = bed.neo4j().graph()) {
            entries = retention(bed, graph, Duration.ZERO, clock)
                    .run(Watcher.NONE, Rest::sleeping)
                    .entries();
        }
        if (entries != options.events()) {
            throw new IOException("trimmed " + entries + " of " + options.events());
        }
    }

    /** What was recorded before this leaves; returns how much that is. */
    private long leave(Bed bed, Instant before, PhaseClock clock) throws IOException {
        InstantSource then =
                InstantSource.offset(InstantSource.system(), CEILING.minus(Duration.between(before, Instant.now())));
        CeilingReport report;
        try (Neo4jGraph graph = bed.neo4j().graph()) {
            report = retention(bed, graph, CEILING, then)
                    .run(clock, Rest::sleeping)
                    .ceiling()
                    .orElseThrow();
            clock.end();
        }
        if (report.events() == 0 || report.problem().isPresent()) {
            throw new IOException("nothing, or not everything, has left: " + report);
        }
        return report.events();
    }

    private long leaveBeside(Bed bed, PhaseClock clock) throws Exception {
        Instant last = at(bed, options.events());
        try (ExecutorService beside = Executors.newSingleThreadExecutor()) {
            Future<Long> leaving = beside.submit(() -> leave(bed, last, clock));
            while (!leaving.isDone()) {
                Load.Result ignored = load(bed, Duration.ofSeconds(1), clock);
            }
            return leaving.get();
        }
    }

    private Load.Result load(Bed bed, Duration time, PhaseClock clock) throws Exception {
        Load.Step step = new Load.Step() {
            @Override
            public int run(long first) throws Exception {
                return LedgerFill.append(bed.ledger().log(), Workload.events(first, 1), Durability.MEMORY);
            }

            @Override
            public int run(long first, long due) throws Exception {
                int events = run(first);
                clock.meanwhile(System.nanoTime() - due);
                return events;
            }
        };
        Load.Plan plan = new Load.Plan(WRITERS, 1, Duration.ZERO, time);
        return Load.open(plan, options.rate(), writer -> step, numbers, Load.Watch.NONE);
    }

    private static long restore(Bed bed, List<SegmentId> segments, PhaseClock clock) throws IOException {
        RestoreReport report = new Restorer(bed.ledger(), bed.archive(), "bench", InstantSource.system())
                .run(segments, KEEP, false, clock);
        clock.end();
        if (report.restored() == 0 || report.there() > 0 || !report.faults().isEmpty()) {
            throw new IOException("not everything has come back: " + report);
        }
        return report.restored();
    }

    /** The ledger forgets the ids of what has gone. */
    private static void forget(Bed bed) {
        Lease lease = bed.ledger().trimming().lease();
        Fence fence = lease.take("bench", LEASE).orElseThrow();
        while (bed.ledger().pruning().forget(fence, Instant.now().plus(CEILING), BATCH) > 0) {
            // The next ones.
        }
        lease.release(fence);
    }
}
