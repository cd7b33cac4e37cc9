// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import io.contextgraph.bench.load.LedgerFill;
import io.contextgraph.bench.load.Load;
import io.contextgraph.bench.load.PostgresLedger;
import io.contextgraph.bench.load.Workload;
import io.contextgraph.bench.report.Figure;
import io.contextgraph.bench.report.Report;
import io.contextgraph.bench.report.Setting;
import io.contextgraph.bench.report.Table;
import io.contextgraph.bench.server.PostgresServer;
import io.contextgraph.bench.server.RedisServer;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;

/** How fast events are appended: the ledger through its port, PostgreSQL through JDBC, the same events, one run. */
final class AppendBenchmark {
    private static final List<Integer> WRITERS = List.of(1, 8, 64);
    private static final List<Integer> BATCHES = List.of(1, 100);
    private static final Duration WARM_UP = Duration.ofSeconds(2);

    /** A store under one kind of load. */
    private record Case(String store, int writers, int batch) {}

    private record Row(Case of, Load.Result result) {}

    private final Duration time;
    private final AtomicLong numbers = new AtomicLong();
    private final List<Row> rows = new ArrayList<>();
    private final Set<String> appendFsyncs = new LinkedHashSet<>();

    AppendBenchmark(Duration time) {
        this.time = time;
    }

    Report run() throws Exception {
        Map<String, String> setting = Setting.here();
        for (Engine engine : RedisServer.engines()) {
            String ignored = redis(engine, "everysec", Durability.MEMORY);
            ignored = redis(engine, "everysec", Durability.FSYNC);
            setting.put("redis", redis(engine, "always", Durability.FSYNC));
        }
        try (PostgresServer postgres = PostgresServer.start()) {
            setting.put("postgresql", postgres.version());
            try (var connection = postgres.connect()) {
                PostgresLedger.createSchema(connection);
            }
            measure("PostgreSQL, on disk", (writer, batch) -> postgresStep(postgres, batch));
        }
        return new Report("bench/run append", setting, List.of(table()), figures());
    }

    /** @return what all Redis of this run were, up to this one */
    private String redis(Engine engine, String fsync, Durability durability) throws Exception {
        try (RedisServer redis = RedisServer.start(fsync);
                RedisLedger ledger = redis.ledger(engine)) {
            measure(
                    name(engine, redis.appendFsync(), durability),
                    (writer, batch) ->
                            first -> LedgerFill.append(ledger.log(), Workload.events(first, batch), durability));
            appendFsyncs.add(redis.appendFsync());
            return redis.describe(appendFsyncs);
        }
    }

    private static String name(Engine engine, String fsync, Durability durability) {
        return "Redis, %s, `appendfsync %s`, %s"
                .formatted(engine.configName(), fsync, durability == Durability.FSYNC ? "on disk" : "in memory");
    }

    /** Makes a writer's step. */
    private interface Steps {
        Load.Step step(int writer, int batch);
    }

    private void measure(String store, Steps steps) throws Exception {
        for (int batch : BATCHES) {
            for (int writers : WRITERS) {
                IntFunction<Load.Step> step = writer -> steps.step(writer, batch);
                Load.Plan plan = new Load.Plan(writers, batch, WARM_UP, time);
                Row row = new Row(new Case(store, writers, batch), Load.closed(plan, step, numbers, Load.Watch.NONE));
                rows.add(row);
                System.err.println(cells(row));
            }
        }
    }

    private static Load.Step postgresStep(PostgresServer postgres, int batch) {
        try {
            PostgresLedger ledger = new PostgresLedger(postgres.connect());
            return new Load.Step() {
                @Override
                public int run(long first) throws SQLException {
                    if (batch == 1) {
                        ledger.append(Workload.event(first));
                    } else {
                        ledger.append(Workload.events(first, batch));
                    }
                    return batch;
                }

                @Override
                public void close() throws SQLException {
                    ledger.close();
                }
            };
        } catch (SQLException e) {
            throw new IllegalStateException("cannot connect to PostgreSQL", e);
        }
    }

    private static List<String> cells(Row row) {
        return List.of(
                row.of().store(),
                Integer.toString(row.of().writers()),
                Integer.toString(row.of().batch()),
                row.result().rate(),
                row.result().shown(50),
                row.result().shown(99));
    }

    private Table table() {
        return new Table(
                "Appending events, beside PostgreSQL",
                List.of(
                        "store, and where an event is when it is answered",
                        "writers",
                        "events per call",
                        "events/s",
                        "p50 ms",
                        "p99 ms"),
                rows.stream().map(AppendBenchmark::cells).toList(),
                List.of(
                        "Redis through the ledger's port, PostgreSQL through JDBC; each writer waits for the answer to one call before it makes the next.",
                        "PostgreSQL: one table with checks, an index for each way of asking, `ON CONFLICT DO NOTHING`, `synchronous_commit on`; a call of 100 events is one transaction of rewritten batch inserts; settings as installed.",
                        "`everysec` on disk: the answer waits for the next sync of Redis, up to a second away.",
                        "The load generator runs on the same machine and has its share of it.",
                        Workload.describe()));
    }

    private List<Figure> figures() {
        double postgres = median("PostgreSQL");
        double redis = median("Redis");
        return List.of(Figure.atLeast(
                "Latency of one event, PostgreSQL's beside Redis's at `everysec` (1 writer, p50)",
                5,
                postgres / redis,
                "%.1f times"));
    }

    /** Of a single event by a single writer, in milliseconds, by the first store of this name. */
    private double median(String store) {
        return rows.stream()
                .filter(row -> row.of().store().startsWith(store))
                .filter(row -> row.of().writers() == 1 && row.of().batch() == 1)
                .mapToDouble(row -> row.result().millis(50))
                .findFirst()
                .orElseThrow();
    }
}
