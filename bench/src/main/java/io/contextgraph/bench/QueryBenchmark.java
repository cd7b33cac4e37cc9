// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import io.contextgraph.bench.load.Workload;
import io.contextgraph.bench.reading.PageClock;
import io.contextgraph.bench.reading.PostgresReadings;
import io.contextgraph.bench.reading.Question;
import io.contextgraph.bench.reading.Readings;
import io.contextgraph.bench.reading.RedisReadings;
import io.contextgraph.bench.report.Figure;
import io.contextgraph.bench.report.Report;
import io.contextgraph.bench.report.Setting;
import io.contextgraph.bench.report.Table;
import io.contextgraph.event.EventQuery.Order;
import io.contextgraph.ledger.redis.client.Engine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** How fast a large ledger is read: first pages, a deep page, everything. */
final class QueryBenchmark {
    private static final int REPLAY_AT_ONCE = 1000;

    /**
     * What to measure.
     *
     * @param engines of the ledger
     * @param postgres whether PostgreSQL is asked the same
     * @param events in the ledger
     * @param samples of each question
     */
    record Options(List<Engine> engines, boolean postgres, int events, int samples) {}

    private final Options options;
    private final List<List<String>> loads = new ArrayList<>();
    private final List<List<String>> pages = new ArrayList<>();
    private final List<List<String>> deep = new ArrayList<>();
    private final List<List<String>> replays = new ArrayList<>();
    private final List<Figure> figures = new ArrayList<>();

    QueryBenchmark(Options options) {
        this.options = options;
    }

    Report run() throws Exception {
        Map<String, String> setting = Setting.here();
        for (Engine engine : options.engines()) {
            try (RedisReadings redis = RedisReadings.start(engine)) {
                setting.put("redis", redis.server().describe());
                measure(redis, engine == Engine.SEARCH);
            }
        }
        if (options.postgres()) {
            try (PostgresReadings postgres = PostgresReadings.start()) {
                setting.put("postgresql", postgres.version());
                measure(postgres, false);
            }
        }
        return new Report(
                "bench/run query", setting, List.of(loadTable(), pageTable(), deepTable(), replayTable()), figures);
    }

    private void measure(Readings store, boolean judged) throws Exception {
        long begun = System.nanoTime();
        store.load(options.events());
        double seconds = (System.nanoTime() - begun) / 1e9;
        note(
                loads,
                store.name(),
                "%,.0f".formatted(options.events() / seconds),
                "%,.0f".formatted(seconds),
                store.size(options.events()));
        Map<Question, Histogram> asked = new HashMap<>();
        PageClock clock = new PageClock(store::page, options.events(), options.samples());
        for (Question question : Question.all()) {
            asked.put(question, ask(store, clock, question, pages));
        }
        double ratio = deepPages(store, clock);
        double replayed = replay(store);
        if (judged) {
            judge(asked, ratio, replayed);
        }
    }

    private static Histogram ask(Readings store, PageClock clock, Question question, List<List<String>> pages)
            throws Exception {
        PageClock.Asked asked = clock.ask(question);
        note(
                pages,
                question.shown(),
                store.name(),
                millis(asked.latency(), 50),
                millis(asked.latency(), 95),
                millis(asked.latency(), 99),
                "%.0f".formatted(asked.found()));
        return asked.latency();
    }

    /** @return how much slower the deep page is than the first, in the order of a query that says nothing */
    private double deepPages(Readings store, PageClock clock) throws Exception {
        double ratio = 0;
        for (Order order : List.of(Order.POSITION_ASC, Order.TIME_ASC)) {
            PageClock.Deep pair = clock.deep(order);
            ratio = Math.max(ratio, pair.ratio());
            String shown = order.byTime() ? "by time" : "in commit order";
            note(
                    deep,
                    shown,
                    store.name(),
                    millis(pair.first(), 50),
                    millis(pair.first(), 95),
                    "%,d".formatted(pair.page()),
                    millis(pair.far(), 50),
                    millis(pair.far(), 95));
        }
        return ratio;
    }

    private double replay(Readings store) throws Exception {
        long begun = System.nanoTime();
        long read = 0;
        int got = store.replay(read, REPLAY_AT_ONCE);
        while (got > 0) {
            read += got;
            got = store.replay(read, REPLAY_AT_ONCE);
        }
        if (read != options.events()) {
            throw new IOException("replayed " + read + " of " + options.events() + " events");
        }
        double perSecond = read / ((System.nanoTime() - begun) / 1e9);
        note(replays, store.name(), "%,d".formatted(read), "%,.0f".formatted(perSecond));
        return perSecond;
    }

    private void judge(Map<Question, Histogram> asked, double ratio, double replayed) {
        String events = "at %,d events: ".formatted(options.events());
        for (Question question : Question.all()) {
            Histogram latency = asked.get(question);
            if (latency != null) {
                figures.add(Figure.atMost(
                        "First page of 100 " + events + question.shown() + ", p95",
                        question.equals(Question.SESSION) || question.equals(Question.TRACE) ? 4 : 8,
                        latency.getValueAtPercentile(95) / 1e6,
                        "%.1f ms"));
            }
        }
        figures.add(Figure.atMost("Page 5,000 " + events + "beside the first", 2, ratio, "%.1f times"));
        figures.add(Figure.atLeast("Full replay " + events + "events/s", 20_000, replayed, "%,.0f"));
    }

    private static String millis(Histogram latency, double percentile) {
        return "%.2f".formatted(latency.getValueAtPercentile(percentile) / 1e6);
    }

    private static void note(List<List<String>> rows, String... cells) {
        rows.add(List.of(cells));
        System.err.println(rows.getLast());
    }

    private Table loadTable() {
        return new Table(
                "The ledger that is read: %,d events".formatted(options.events()),
                List.of("store", "loaded at events/s", "seconds", "bytes/event"),
                loads,
                List.of(
                        "Loaded through the ledger's port in batches of 1,000; PostgreSQL through JDBC in transactions of 1,000, then `VACUUM ANALYZE`.",
                        "Redis: growth of `used_memory`. PostgreSQL: table and indexes on disk.",
                        Workload.describe()));
    }

    private Table pageTable() {
        return new Table(
                "First pages of %d".formatted(PageClock.PAGE),
                List.of("question", "store", "p50 ms", "p95 ms", "p99 ms", "events on the page"),
                pages,
                List.of(
                        "%,d questions of each kind, each for another session, trace, agent or window, one after another; in the order of `occurred_at` unless it says otherwise."
                                .formatted(options.samples()),
                        "Asked in the process of the load generator, through the ledger's port and through JDBC; every row is read into an event."));
    }

    private Table deepTable() {
        return new Table(
                "A deep page",
                List.of("whole ledger", "store", "page 1, p50 ms", "p95 ms", "deep page", "its p50 ms", "its p95 ms"),
                deep,
                List.of(
                        "Reached by following the cursors of all pages before it; PostgreSQL by the same kind of keyset."));
    }

    private Table replayTable() {
        return new Table(
                "Full replay in commit order",
                List.of("store", "events", "events/s"),
                replays,
                List.of("%,d events at a time, one reader.".formatted(REPLAY_AT_ONCE)));
    }
}
