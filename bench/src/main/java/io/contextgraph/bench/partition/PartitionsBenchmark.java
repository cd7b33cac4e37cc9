// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.partition;

import io.contextgraph.bench.load.LedgerFill;
import io.contextgraph.bench.reading.Question;
import io.contextgraph.bench.report.Report;
import io.contextgraph.bench.report.Setting;
import io.contextgraph.bench.server.RedisServer;
import io.contextgraph.ledger.redis.client.Engine;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The same load on one, two and three partitions, each on a Redis of its own: what an event, a page and an event's memory cost
 * all of them together and each of them, and that none does anything for another.
 */
public final class PartitionsBenchmark {
    private static final int MOST = 3;
    private static final Duration MEMORY_PAUSE = Duration.ofMillis(100);

    /**
     * What to measure.
     *
     * @param engines of the ledgers, each measured by itself
     * @param events that are appended in a round of each kind
     * @param before events that the ledger has at least when it is asked
     * @param samples pages of each kind in a round
     * @param rounds that count; one more comes before
     */
    public record Options(List<Engine> engines, int events, int before, int samples, int rounds) {}

    private final Options options;

    public PartitionsBenchmark(Options options) {
        this.options = options;
    }

    /** Measures. */
    public Report run() throws Exception {
        Map<String, String> setting = Setting.here();
        List<Measured> all = new ArrayList<>();
        for (Engine engine : options.engines()) {
            Deque<Nodes> opened = new ArrayDeque<>();
            try {
                Map<Integer, Nodes> ledgers = new LinkedHashMap<>();
                for (int partitions = 1; partitions <= MOST; partitions++) {
                    Nodes nodes = Nodes.start(partitions, engine);
                    opened.push(nodes);
                    ledgers.put(partitions, nodes);
                }
                setting.put("redis", opened.getFirst().server(0).describe());
                all.add(measure(engine, ledgers));
            } finally {
                while (!opened.isEmpty()) {
                    opened.pop().close();
                }
            }
        }
        return new PartitionsReport(options, all).report(setting);
    }

    /** All ledgers are there at once and take turns, so that a machine that is busy for a while is so for each of them. */
    private Measured measure(Engine engine, Map<Integer, Nodes> ledgers) throws Exception {
        Measured measured = new Measured(engine);
        Map<Integer, List<Long>> empty = new LinkedHashMap<>();
        for (Nodes nodes : ledgers.values()) {
            empty.put(nodes.count(), nodes.memory(MEMORY_PAUSE));
        }
        for (int round = 0; round <= options.rounds(); round++) {
            for (Way way : Way.values()) {
                for (Nodes nodes : inTurn(ledgers, round)) {
                    Slice slice = Appends.append(nodes, way, way.share(options.events()));
                    measured.appended(round, way, nodes.count(), slice);
                }
            }
        }
        for (Nodes nodes : ledgers.values()) {
            int missing = options.before() - Math.toIntExact(nodes.numbers().get());
            if (missing > 0) {
                LedgerFill.fill(nodes.ledger().log(), Way.BATCHES.share(missing), nodes.numbers());
            }
            nodes.servers().forEach(RedisServer::awaitRewrite);
            measured.stored(nodes, empty.getOrDefault(nodes.count(), List.of()), nodes.memory(MEMORY_PAUSE));
        }
        for (int round = 0; round <= options.rounds(); round++) {
            for (Question question : PartitionsReport.QUESTIONS) {
                for (Nodes nodes : inTurn(ledgers, round)) {
                    measured.asked(
                            round, question, nodes.count(), Pages.ask(nodes, question, options.samples(), round));
                }
            }
        }
        apart(measured, ledgers.getOrDefault(MOST, ledgers.values().iterator().next()));
        return measured;
    }

    /** Each round begins with another one. */
    private static List<Nodes> inTurn(Map<Integer, Nodes> ledgers, int round) {
        List<Nodes> turn = new ArrayList<>(ledgers.values());
        Collections.rotate(turn, round);
        return turn;
    }

    /** With all nodes, and while the last one stands still. */
    private void apart(Measured measured, Nodes nodes) throws Exception {
        int events = Way.SINGLE.share(options.events());
        for (int round : IntStream.rangeClosed(0, options.rounds()).toArray()) {
            Apart whole = Apart.append(nodes, events);
            Apart still = StoodStill.during(nodes.server(nodes.count() - 1), () -> Apart.append(nodes, events));
            measured.apart(round, whole, still);
        }
    }
}
