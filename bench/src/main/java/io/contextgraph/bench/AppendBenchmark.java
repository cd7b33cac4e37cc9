// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import io.contextgraph.event.Event;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.RedisSettings;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;

/** How fast events are appended: the ledger through its port, PostgreSQL through JDBC, the same events, one run. */
final class AppendBenchmark {
    private static final List<Integer> WRITERS = List.of(1, 8, 64);
    private static final List<Integer> BATCHES = List.of(1, 100);
    private static final Duration WARM_UP = Duration.ofSeconds(2);

    private final Duration time;
    private final Workload workload = new Workload(System.nanoTime());
    private final AtomicLong numbers = new AtomicLong();
    private final List<List<String>> rows = new ArrayList<>();

    AppendBenchmark(Duration time) {
        this.time = time;
    }

    List<Report> run() throws Exception {
        Map<String, String> setting = Setting.here();
        for (String fsync : List.of("everysec", "always")) {
            try (RedisServer redis = RedisServer.start(fsync);
                    RedisLedger ledger = RedisLedger.connect(RedisSettings.defaults(redis.url()))) {
                setting.put(
                        "redis", redis.version() + ", engine " + ledger.engine().configName());
                String name = "Redis, appendfsync " + fsync;
                Durability durability = fsync.equals("always") ? Durability.FSYNC : Durability.MEMORY;
                measure(
                        name + ", answered as " + durability.wireName(),
                        (writer, batch) -> first -> append(ledger.log(), workload.events(first, batch), durability));
            }
        }
        try (PostgresServer postgres = PostgresServer.start()) {
            setting.put("postgresql", postgres.version());
            try (var connection = postgres.connect()) {
                PostgresLedger.createSchema(connection);
            }
            measure("PostgreSQL, commit synced to disk", (writer, batch) -> postgresStep(postgres, batch));
        }
        return List.of(new Report(
                "Appending events",
                "bench/run append",
                setting,
                List.of("store", "writers", "events per call", "events/s", "p50 ms", "p99 ms"),
                rows,
                List.of(
                        "Each writer waits for the answer to one call before it makes the next.",
                        "The load generator runs on the same machine and has its share of it.")));
    }

    /** Makes a writer's step. */
    private interface Steps {
        Load.Step step(int writer, int batch);
    }

    private void measure(String store, Steps steps) throws Exception {
        for (int batch : BATCHES) {
            for (int writers : WRITERS) {
                IntFunction<Load.Step> step = writer -> steps.step(writer, batch);
                Load.Result result = Load.run(writers, WARM_UP, time, batch, step, numbers);
                rows.add(List.of(
                        store,
                        Integer.toString(writers),
                        Integer.toString(batch),
                        result.rate(),
                        result.millis(50),
                        result.millis(99)));
                System.err.println(rows.getLast());
            }
        }
    }

    private static int append(EventLog log, List<Event> events, Durability durability) throws IOException {
        for (AppendOutcome outcome :
                log.append(events.stream().map(Append::of).toList(), durability).outcomes()) {
            if (!(outcome instanceof AppendOutcome.Appended)) {
                throw new IOException("not appended: " + outcome);
            }
        }
        return events.size();
    }

    private Load.Step postgresStep(PostgresServer postgres, int batch) {
        try {
            PostgresLedger ledger = new PostgresLedger(postgres.connect());
            return new Load.Step() {
                @Override
                public int run(long first) throws SQLException {
                    if (batch == 1) {
                        ledger.append(workload.event(first));
                    } else {
                        ledger.append(workload.events(first, batch));
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
}
