// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import io.contextgraph.bench.load.Workload;
import io.contextgraph.bench.report.Figure;
import io.contextgraph.bench.report.Report;
import io.contextgraph.bench.report.Setting;
import io.contextgraph.bench.report.Table;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.EventQuery.Order;
import io.contextgraph.event.TypeFilter;
import io.contextgraph.ledger.redis.client.Engine;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongFunction;
import org.HdrHistogram.Histogram;

/** How fast a large ledger is read: first pages, a deep page, everything. */
final class QueryBenchmark {
    private static final int PAGE = EventQuery.DEFAULT_LIMIT;
    private static final int DEEP_PAGE = 5000;
    private static final int REPLAY_AT_ONCE = 1000;
    private static final int WARM_UP = 200;
    private static final Duration WINDOW = Duration.ofMinutes(10);

    /**
     * What is asked.
     *
     * @param shown in a few words
     * @param about the query about the session, trace, agent or time of one event
     */
    private record Question(String shown, LongFunction<EventQuery.Builder> about) {
        static final Question SESSION =
                new Question("by session", event -> EventQuery.builder().sessionId(Workload.sessionOf(event)));
        static final Question TRACE =
                new Question("by trace", event -> EventQuery.builder().traceId(Workload.traceOf(event)));
        static final Question TYPE_AND_TIME = new Question(
                "by type, within 10 minutes",
                event -> EventQuery.builder()
                        .type(new TypeFilter(Workload.TOOL.value()))
                        .from(Workload.at(event))
                        .to(Workload.at(event).plus(WINDOW)));

        static List<Question> all() {
            return List.of(
                    SESSION,
                    TRACE,
                    new Question("by agent", Question::agent),
                    new Question("by agent, newest first", event -> agent(event).order(Order.TIME_DESC)),
                    new Question(
                            "by agent, in commit order", event -> agent(event).order(Order.POSITION_ASC)),
                    TYPE_AND_TIME);
        }

        private static EventQuery.Builder agent(long event) {
            return EventQuery.builder().agentId(Workload.agentOf(event));
        }
    }

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
        for (Question question : Question.all()) {
            asked.put(question, ask(store, question));
        }
        double ratio = deepPages(store);
        double replayed = replay(store);
        if (judged) {
            judge(asked, ratio, replayed);
        }
    }

    private Histogram ask(Readings store, Question question) throws Exception {
        Random random = new Random(1);
        Histogram latency = new Histogram(3);
        long found = 0;
        for (int i = -Math.min(WARM_UP, options.samples()); i < options.samples(); i++) {
            Readings.Page page = store.page(
                    question.about.apply(random.nextInt(options.events())).build());
            long begun = System.nanoTime();
            int events = page.read().events();
            if (i >= 0) {
                latency.recordValue(System.nanoTime() - begun);
                found += events;
            }
        }
        note(
                pages,
                question.shown,
                store.name(),
                millis(latency, 50),
                millis(latency, 95),
                millis(latency, 99),
                "%.0f".formatted((double) found / options.samples()));
        return latency;
    }

    /** @return how much slower the deep page is than the first, in the order of a query that says nothing */
    private double deepPages(Readings store) throws Exception {
        double ratio = 0;
        for (Order order : List.of(Order.POSITION_ASC, Order.TIME_ASC)) {
            Readings.Page first = store.page(EventQuery.builder().order(order).build());
            int depth = Math.min(DEEP_PAGE, options.events() / PAGE / 2);
            Readings.Page page = first;
            for (int number = 1; number < depth; number++) {
                page = page.read().next();
            }
            Histogram shallow = again(first);
            Histogram far = again(page);
            ratio = Math.max(ratio, (double) far.getValueAtPercentile(50) / shallow.getValueAtPercentile(50));
            String shown = order.byTime() ? "by time" : "in commit order";
            note(
                    deep,
                    shown,
                    store.name(),
                    millis(shallow, 50),
                    millis(shallow, 95),
                    "%,d".formatted(depth),
                    millis(far, 50),
                    millis(far, 95));
        }
        return ratio;
    }

    private Histogram again(Readings.Page page) throws Exception {
        Histogram latency = new Histogram(3);
        for (int i = -Math.min(WARM_UP, options.samples()); i < options.samples(); i++) {
            long begun = System.nanoTime();
            if (page.read().events() != PAGE) {
                throw new IOException("a page is not full");
            }
            if (i >= 0) {
                latency.recordValue(System.nanoTime() - begun);
            }
        }
        return latency;
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
        for (Question question : List.of(Question.SESSION, Question.TRACE, Question.TYPE_AND_TIME)) {
            Histogram latency = asked.get(question);
            if (latency != null) {
                figures.add(Figure.atMost(
                        "First page of 100 " + events + question.shown + ", p95",
                        question.equals(Question.TYPE_AND_TIME) ? 25 : 10,
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
                "First pages of %d".formatted(PAGE),
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
