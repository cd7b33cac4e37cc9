// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import io.contextgraph.app.ProductSettings;
import io.contextgraph.audit.AuditTrail;
import io.contextgraph.bench.load.Load;
import io.contextgraph.bench.load.PersonalPosts;
import io.contextgraph.bench.load.PersonalWorkload;
import io.contextgraph.bench.load.Workload;
import io.contextgraph.bench.report.Figure;
import io.contextgraph.bench.report.Medians;
import io.contextgraph.bench.report.Report;
import io.contextgraph.bench.report.Setting;
import io.contextgraph.bench.report.Table;
import io.contextgraph.bench.server.Folders;
import io.contextgraph.bench.server.RedisServer;
import io.contextgraph.bench.server.ServerProcess;
import io.contextgraph.config.Settings;
import io.contextgraph.event.Event;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.personal.RedisKeyNews;
import io.contextgraph.ledger.redis.personal.RedisPersistedFiles;
import io.contextgraph.privacy.erasure.Eraser;
import io.contextgraph.privacy.erasure.ErasureOutcome;
import io.contextgraph.privacy.erasure.ErasureParts;
import io.contextgraph.privacy.erasure.FilesPlace;
import io.contextgraph.privacy.erasure.ParkedPlace;
import io.contextgraph.privacy.key.SubjectId;
import io.contextgraph.privacy.sealing.SealingLedger;
import io.contextgraph.privacy.setup.PersonalKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.LongStream;

/** What it costs that events are about persons: in appends, in memory, and to erase one. */
final class PrivacyBenchmark {
    private static final int PERSONS = 10_000;

    /** Whom events are about. */
    private enum About {
        NOBODY("nobody"),
        PERSONS("persons");

        private final String shown;

        About(String shown) {
            this.shown = shown;
        }
    }

    /** What the person is called who is erased. */
    private static final String ERASED = "somebody@example.org";

    private static final int OF_ERASED = 10_000;
    private static final int PLAIN = 100_000;
    private static final int BATCH = 500;
    private static final int BUSY = 64;
    private static final List<Integer> CONNECTIONS = List.of(BUSY, 1);
    private static final Duration TURN = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Engine engine;
    private final int events;
    private final int rounds;
    private final AtomicLong numbers = new AtomicLong();

    /**
     * @param events about persons, in the ledger of which one is erased
     * @param rounds in which single appends about nobody and about persons each have their turn
     */
    PrivacyBenchmark(Engine engine, int events, int rounds) {
        this.engine = engine;
        this.events = events;
        this.rounds = rounds;
    }

    /** What is done in a turn. */
    private record Kind(int connections, About about) {
        static final List<Kind> ALL = CONNECTIONS.stream()
                .flatMap(connections -> Arrays.stream(About.values()).map(about -> new Kind(connections, about)))
                .toList();
    }

    /** One turn; microseconds are processor time for each event. */
    private record Turn(double rate, double p50, double p99, double server, double redis) {}

    /**
     * What was filled and erased.
     *
     * @param plain bytes of an event about nobody
     * @param personal bytes of one about a person
     * @param rate events about persons in a second, through the port, in batches
     * @param erased seconds to erase a person, without the files
     * @param files seconds to write the files anew
     */
    private record Filled(double plain, double personal, double rate, double erased, double files) {}

    Report run() throws Exception {
        Map<String, String> setting = Setting.here();
        Path folder = Files.createTempDirectory("privacy-bench");
        try {
            Path keys = folder.resolve("keys");
            Settings settings =
                    ProductSettings.CATALOG.load(Map.of("privacy.keys", keys.toString()), Map.of(), Optional.empty());
            System.err.println(PersonalKeys.create(settings, keys));
            Map<Kind, List<Turn>> turns = turns(keys, setting);
            Filled filled = filled(settings);
            return new Report(
                    "bench/run privacy",
                    setting,
                    List.of(appends(turns), sizes(filled)),
                    List.of(
                            sealing(turns, "by %d connections".formatted(BUSY), BUSY),
                            sealing(turns, "by one", 1),
                            Figure.atMost(
                                    "erasing a person with 10,000 events, files apart",
                                    30,
                                    filled.erased(),
                                    "%.1f s")));
        } finally {
            Folders.delete(folder);
        }
    }

    private static Figure sealing(Map<Kind, List<Turn>> turns, String by, int connections) {
        return Figure.atMost(
                "what sealing costs of the server's processor time for a single append " + by,
                10,
                share(turns, connections, Turn::server),
                "%.1f%%");
    }

    private Map<Kind, List<Turn>> turns(Path keys, Map<String, String> setting) throws Exception {
        Map<Kind, List<Turn>> measured = new HashMap<>();
        try (RedisServer redis = RedisServer.start();
                ServerProcess server = ServerProcess.startWith(
                        redis.url(), engine, List.of("--access.dev", "true", "--privacy.keys", keys.toString()))) {
            setting.put("redis", redis.describe() + ", engine " + engine.configName());
            for (Kind kind : Kind.ALL) {
                // Each person's key is made, and read, before anything is measured.
                turn(kind, server, redis, Duration.ofSeconds(kind.about() == About.PERSONS ? 30 : 15));
                measured.put(kind, new ArrayList<>());
            }
            for (int round = 0; round < rounds; round++) {
                for (int i = 0; i < Kind.ALL.size(); i++) {
                    Kind kind = Kind.ALL.get((round + i) % Kind.ALL.size());
                    Turn one = turn(kind, server, redis, TURN);
                    System.err.println(kind + ": " + one);
                    Objects.requireNonNull(measured.get(kind)).add(one);
                }
            }
        }
        return measured;
    }

    private Turn turn(Kind kind, ServerProcess server, RedisServer redis, Duration time) throws Exception {
        int persons = kind.about() == About.PERSONS ? PERSONS : 0;
        Usage usage = new Usage(server, redis);
        Load.Result result = Load.closed(
                new Load.Plan(kind.connections(), 1, TURN.dividedBy(4), time),
                writer -> new PersonalPosts(server.address(), persons),
                numbers,
                usage);
        return new Turn(
                result.eventsPerSecond(),
                result.millis(50),
                result.millis(99),
                usage.used().server() / result.events(),
                usage.used().redis() / result.events());
    }

    /** Another ledger, through the port. */
    private Filled filled(Settings settings) throws Exception {
        try (RedisServer redis = RedisServer.start();
                RedisLedger ledger = redis.ledger(engine);
                PersonalKeys keys = PersonalKeys.open(settings).orElseThrow()) {
            EventLog log = new SealingLedger(ledger, Optional.of(keys.sealer())).log();
            long empty = redis.usedMemory();
            fill(log, PLAIN, PersonalWorkload::plain);
            long plain = redis.usedMemory();
            long begun = System.nanoTime();
            fill(log, events, n -> PersonalWorkload.about(n, PersonalWorkload.person(n % PERSONS)));
            double seconds = (System.nanoTime() - begun) / 1e9;
            long personal = redis.usedMemory();
            fill(log, OF_ERASED, n -> PersonalWorkload.about(n, ERASED));
            double erased = erase(ledger, keys, redis);
            begun = System.nanoTime();
            RedisPersistedFiles files =
                    new RedisPersistedFiles(RedisSettings.defaults(redis.url()).withEngine(engine));
            String told = FilesPlace.appendOnly(files, PATIENCE)
                            .sweep(List.of())
                            .done()
                    + "; "
                    + FilesPlace.snapshots(files, PATIENCE).sweep(List.of()).done();
            System.err.println(told);
            return new Filled(
                    (double) (plain - empty) / PLAIN,
                    (double) (personal - plain) / events,
                    events / seconds,
                    erased,
                    (System.nanoTime() - begun) / 1e9);
        }
    }

    private void fill(EventLog log, int count, LongFunction<Event> event) {
        for (int done = 0; done < count; done += BATCH) {
            long first = numbers.getAndAdd(BATCH);
            List<Append> appends = LongStream.range(first, first + Math.min(BATCH, count - done))
                    .mapToObj(number -> Append.of(event.apply(number)))
                    .toList();
            for (AppendOutcome outcome : log.append(appends, Durability.MEMORY).outcomes()) {
                if (!(outcome instanceof AppendOutcome.Appended)) {
                    throw new IllegalStateException("not appended: " + outcome);
                }
            }
        }
    }

    private double erase(RedisLedger ledger, PersonalKeys keys, RedisServer redis) {
        try (RedisKeyNews news =
                RedisKeyNews.of(RedisSettings.defaults(redis.url()).withEngine(engine))) {
            ErasureParts parts = new ErasureParts(
                    keys.dataKeys(),
                    news,
                    List.of(new ParkedPlace(ledger.parking())),
                    new AuditTrail(ledger.log(), Durability.MEMORY, Clock.systemUTC()),
                    keys.receipts());
            Eraser eraser = new Eraser(ledger, keys.store(), parts, Clock.systemUTC());
            long begun = System.nanoTime();
            ErasureOutcome outcome = eraser.erase(keys.pseudonyms().all(new SubjectId(ERASED)));
            double seconds = (System.nanoTime() - begun) / 1e9;
            if (!(outcome instanceof ErasureOutcome.Erased erased)
                    || erased.report().at(Eraser.PAYLOADS).orElseThrow().found() != OF_ERASED) {
                throw new IllegalStateException("not erased: " + outcome);
            }
            return seconds;
        }
    }

    private static List<Turn> of(Map<Kind, List<Turn>> turns, Kind kind) {
        return Objects.requireNonNull(turns.get(kind));
    }

    /** How much more an event about a person takes, in percent; the middle of the rounds, each compared in itself. */
    private static double share(Map<Kind, List<Turn>> turns, int connections, ToDoubleFunction<Turn> value) {
        return Medians.more(
                of(turns, new Kind(connections, About.NOBODY)), of(turns, new Kind(connections, About.PERSONS)), value);
    }

    private Table appends(Map<Kind, List<Turn>> turns) {
        List<List<String>> cells = new ArrayList<>();
        for (Kind kind : Kind.ALL) {
            List<Turn> all = of(turns, kind);
            boolean personal = kind.about() == About.PERSONS;
            cells.add(List.of(
                    kind.about().shown,
                    Integer.toString(kind.connections()),
                    "%,.0f".formatted(Medians.of(all, Turn::rate)),
                    "%.2f".formatted(Medians.of(all, Turn::p50)),
                    "%.2f".formatted(Medians.of(all, Turn::p99)),
                    "%.1f".formatted(Medians.of(all, Turn::server)),
                    personal ? "%.1f%%".formatted(share(turns, kind.connections(), Turn::server)) : "",
                    "%.1f".formatted(Medians.of(all, Turn::redis)),
                    personal ? "%.1f%%".formatted(share(turns, kind.connections(), Turn::redis)) : ""));
        }
        return new Table(
                "Single appends",
                List.of(
                        "the events are about",
                        "connections",
                        "events/s",
                        "p50 ms",
                        "p99 ms",
                        "server, us/event",
                        "more",
                        "Redis, us/event",
                        "more "),
                cells,
                List.of(
                        "The same events with the same payload of %d bytes, the middle of %d rounds in which each kind has a second; shares are of the same round."
                                .formatted(PersonalWorkload.payload(0).length(), rounds),
                        "%,d persons, whose keys the server remembers; keys in a folder on this machine."
                                .formatted(PERSONS),
                        "Microseconds are processor time. Durability `memory`; the server leaves the graph to others, and shares the machine with Redis and the load.",
                        Workload.describe()));
    }

    private Table sizes(Filled filled) {
        return new Table(
                "Memory, and an erasure",
                List.of("what", "measured"),
                List.of(
                        List.of("an event about nobody, bytes of RAM", "%,.0f".formatted(filled.plain())),
                        List.of("an event about a person, bytes of RAM", "%,.0f".formatted(filled.personal())),
                        List.of("events about persons through the port, events/s", "%,.0f".formatted(filled.rate())),
                        List.of(
                                "erasing a person with %,d events, seconds".formatted(OF_ERASED),
                                "%.2f".formatted(filled.erased())),
                        List.of("writing the files of Redis anew, seconds", "%.1f".formatted(filled.files()))),
                List.of(
                        "%,d events of %,d persons, whose keys are made meanwhile, each on disk before it is used; `used_memory` of Redis, payloads included."
                                .formatted(events, PERSONS),
                        "The erasure: intent, fence, key, payloads, parked entries, receipt; without the graph. The files: append-only file and snapshot, with everything in them."));
    }
}
