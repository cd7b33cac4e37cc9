// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.proof;

import io.contextgraph.bench.load.LedgerFill;
import io.contextgraph.bench.load.Load;
import io.contextgraph.bench.load.Workload;
import io.contextgraph.bench.report.Figure;
import io.contextgraph.bench.report.Report;
import io.contextgraph.bench.report.Setting;
import io.contextgraph.bench.report.Table;
import io.contextgraph.bench.server.Folders;
import io.contextgraph.bench.server.RedisServer;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.mend.RedisMender;
import io.contextgraph.operation.Watcher;
import io.contextgraph.proof.LedgerSealer;
import io.contextgraph.proof.ProofKeys;
import io.contextgraph.proof.ProofSettings;
import io.contextgraph.proof.Prover;
import io.contextgraph.proof.SealerParts;
import io.contextgraph.proof.SealerRunner;
import io.contextgraph.proof.audit.AuditParts;
import io.contextgraph.proof.audit.AuditReport;
import io.contextgraph.proof.audit.Auditor;
import io.contextgraph.proof.witness.Witnesses;
import io.contextgraph.storage.StoredFile;
import io.contextgraph.storage.folder.FolderStorage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/** What it takes to sign for a ledger, to prove an event of it, and to audit all of it; and what it costs those who append. */
public final class ProofBenchmark {
    private static final String NAME = "bench.example/log";
    private static final int WRITERS = 8;
    private static final int BATCH = 100;
    private static final int PROOFS = 2000;

    private final Engine engine;
    private final int events;
    private final int rounds;
    private final Duration time;
    private final AtomicLong numbers = new AtomicLong();

    /**
     * @param events that are signed for, proven and audited
     * @param rounds of appending, with and without somebody who signs
     * @param time of each
     */
    public ProofBenchmark(Engine engine, int events, int rounds, Duration time) {
        this.engine = engine;
        this.events = events;
        this.rounds = rounds;
        this.time = time;
    }

    /** What is worked with. */
    private record Bed(RedisServer redis, RedisLedger ledger, FolderStorage storage, Path folder, Engine engine) {
        ProofKeys keys() {
            return new ProofKeys(folder.resolve("proof.key"));
        }

        LedgerSealer sealer() {
            ProofSettings settings = new ProofSettings(NAME, Duration.ofSeconds(5), 10_000);
            return new LedgerSealer(
                    new SealerParts(
                            ledger,
                            storage,
                            keys(),
                            settings,
                            List::of,
                            folder.resolve("work"),
                            Witnesses.NONE,
                            Clock.systemUTC()),
                    "bench");
        }

        Auditor auditor() {
            RedisSettings settings = RedisSettings.defaults(redis.url()).withEngine(engine);
            return new Auditor(new AuditParts(
                    ledger,
                    storage,
                    keys(),
                    NAME,
                    Optional::empty,
                    List::of,
                    Optional::empty,
                    () -> RedisMender.open(settings),
                    folder.resolve("work")));
        }
    }

    /** Measures. */
    public Report run() throws Exception {
        Map<String, String> setting = Setting.here();
        Path folder = Files.createTempDirectory("contextgraph-bench-proof");
        try (RedisServer redis = RedisServer.start();
                RedisLedger ledger = redis.ledger(engine);
                FolderStorage storage = new FolderStorage(folder.resolve("log"))) {
            setting.put("redis", redis.describe() + ", engine " + engine.configName());
            return measured(setting, new Bed(redis, ledger, storage, folder, engine));
        } finally {
            Folders.delete(folder);
        }
    }

    private Report measured(Map<String, String> setting, Bed bed) throws Exception {
        LedgerFill.fill(bed.ledger().log(), events, numbers);
        double sealing = seal(bed);
        List<StoredFile> files = bed.storage().list("");
        long bytes = files.stream().mapToLong(StoredFile::bytes).sum();
        Histogram proofs = prove(bed);
        long begun = System.nanoTime();
        AuditReport report = bed.auditor().run(new Auditor.Request(Optional.empty(), List.of(), 10), Watcher.NONE);
        double audit = (System.nanoTime() - begun) / 1e9;
        if (report.verdict() != AuditReport.Verdict.WHOLE || report.counts().sealed() != events) {
            throw new IllegalStateException("the audit of what nobody has touched has found something: " + report);
        }
        Appends appends = appends(bed);
        double rate = events / sealing;
        double p95 = proofs.getValueAtPercentile(95) / 1e6;
        Table table = new Table(
                "Proofs",
                List.of(
                        "events",
                        "signed for, events/s",
                        "a proof p50 ms",
                        "p95 ms",
                        "longest ms",
                        "audit s",
                        "bytes an event",
                        "files"),
                List.of(List.of(
                        "%,d".formatted(events),
                        "%,.0f".formatted(rate),
                        "%.2f".formatted(proofs.getValueAtPercentile(50) / 1e6),
                        "%.2f".formatted(p95),
                        "%.2f".formatted(proofs.getMaxValue() / 1e6),
                        "%.1f".formatted(audit),
                        "%.1f".formatted((double) bytes / events),
                        "%,d".formatted(files.size()))),
                List.of(
                        "Signed for at once, from the first event on, each file on the disk before the checkpoint that covers it. A proof is that of any of them, read anew from the files. The audit looks at everything that Redis holds.",
                        Workload.describe()));
        return new Report(
                "bench/run proof",
                setting,
                List.of(table, appends.table()),
                List.of(
                        Figure.atLeast("Signing for %,d events: events/s".formatted(events), 20_000, rate, "%,.0f"),
                        Figure.atMost("A proof, p95 ms", 20, p95, "%.2f"),
                        Figure.atMost("Audit of %,d events, s".formatted(events), 60, audit, "%.1f"),
                        Figure.atLeast(
                                "Appending while somebody signs, beside appending alone",
                                90,
                                100 * appends.share(),
                                "%.0f%%")));
    }

    /** @return how many seconds it took */
    private double seal(Bed bed) {
        long begun = System.nanoTime();
        try (LedgerSealer sealer = bed.sealer()) {
            while (sealer.state().sealed() < events) {
                long ignored = sealer.drain();
            }
        }
        return (System.nanoTime() - begun) / 1e9;
    }

    private Histogram prove(Bed bed) {
        Histogram times = new Histogram(Duration.ofMinutes(1).toNanos(), 3);
        Prover prover = new Prover(bed.ledger(), bed.storage(), bed.keys(), NAME, List.of(), id -> Optional.empty());
        Random random = new Random(1);
        for (int i = 0; i < PROOFS; i++) {
            var event = bed.ledger()
                    .order()
                    .read(random.nextInt(events), 1)
                    .getFirst()
                    .event()
                    .id();
            long begun = System.nanoTime();
            Prover.Answer answer = prover.prove(event);
            times.recordValue(System.nanoTime() - begun);
            if (!(answer instanceof Prover.Answer.Proven)) {
                throw new IllegalStateException("no proof of " + event + ": " + answer);
            }
        }
        return times;
    }

    /**
     * Rates of appending.
     *
     * @param alone without anybody who signs, a round each
     * @param beside with somebody
     */
    private record Appends(List<Double> alone, List<Double> beside) {
        private static double middle(List<Double> rates) {
            return rates.stream().sorted().toList().get(rates.size() / 2);
        }

        double share() {
            return middle(beside) / middle(alone);
        }

        Table table() {
            return new Table(
                    "Appends while somebody signs",
                    List.of("meanwhile", "events/s"),
                    List.of(
                            List.of("nothing", "%,.0f".formatted(middle(alone))),
                            List.of("signing", "%,.0f".formatted(middle(beside)))),
                    List.of(
                            "Batches of %d by %d writers through the port of the ledger, in turns of both; the middle of %d. Whoever signs, the writers and Redis share the machine."
                                    .formatted(BATCH, WRITERS, alone.size())));
        }
    }

    private Appends appends(Bed bed) throws Exception {
        List<Double> alone = new ArrayList<>();
        List<Double> beside = new ArrayList<>();
        double warm = rate(bed);
        for (int round = 0; round < rounds && warm > 0; round++) {
            alone.add(rate(bed));
            try (SealerRunner runner = new SealerRunner(bed.sealer())) {
                runner.start();
                // What came meanwhile is no part of the measurement.
                while (runner.state().waiting() > 0 || runner.state().head() == 0) {
                    Load.await(System.nanoTime() + Duration.ofMillis(100).toNanos());
                }
                beside.add(rate(bed));
            }
        }
        return new Appends(alone, beside);
    }

    private double rate(Bed bed) throws Exception {
        Load.Step step =
                first -> LedgerFill.append(bed.ledger().log(), Workload.events(first, BATCH), Durability.MEMORY);
        Load.Result result = Load.closed(
                new Load.Plan(WRITERS, BATCH, Duration.ofSeconds(1), time), writer -> step, numbers, Load.Watch.NONE);
        return result.events() / result.seconds();
    }
}
