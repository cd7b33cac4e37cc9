// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import io.contextgraph.access.AccessKey;
import io.contextgraph.access.KeyRole;
import io.contextgraph.access.KeySecret;
import io.contextgraph.bench.load.Load;
import io.contextgraph.bench.load.Posts;
import io.contextgraph.bench.load.Workload;
import io.contextgraph.bench.report.Figure;
import io.contextgraph.bench.report.Medians;
import io.contextgraph.bench.report.Report;
import io.contextgraph.bench.report.Setting;
import io.contextgraph.bench.report.Table;
import io.contextgraph.bench.server.Certificate;
import io.contextgraph.bench.server.RedisServer;
import io.contextgraph.bench.server.ServerProcess;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.RedisSettings;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import javax.net.SocketFactory;

/** What keys and TLS cost a single append: three servers on one Redis, in turns. */
final class AccessBenchmark {
    /** How a server lets clients in. */
    private enum Door {
        OPEN("open"),
        KEY("a key"),
        KEY_AND_TLS("a key, TLS");

        private final String shown;

        Door(String shown) {
            this.shown = shown;
        }
    }

    /** A server, and who appends to it. */
    private record Target(ServerProcess server, IntFunction<Load.Step> posts) {}

    /** One measurement. */
    private record Round(double rate, double p50, double p99, double micros) {}

    private static final List<Integer> CONNECTIONS = List.of(1, 64);

    /** Short ones, and many: what else the machine has to do meets all servers alike. */
    private static final Duration TURN = Duration.ofSeconds(1);

    private final Engine engine;
    private final int rounds;
    private final Duration warmUp;
    private final AtomicLong numbers = new AtomicLong();

    /**
     * @param rounds in which each server has its turn
     * @param warmUp of each server, before the first round
     */
    AccessBenchmark(Engine engine, int rounds, Duration warmUp) {
        this.engine = engine;
        this.rounds = rounds;
        this.warmUp = warmUp;
    }

    Report run() throws Exception {
        Map<String, String> setting = Setting.here();
        Map<Door, Map<Integer, List<Round>>> measured = new EnumMap<>(Door.class);
        KeySecret secret = KeySecret.random(new SecureRandom());
        try (Certificate certificate = Certificate.make();
                RedisServer redis = RedisServer.start()) {
            setting.put("redis", redis.describe() + ", engine " + engine.configName());
            addKey(redis, secret);
            List<String> tls = List.of(
                    "--http.tls-certificate", certificate.chain().toString(),
                    "--http.tls-key", certificate.key().toString());
            String header = "Authorization: Bearer " + secret.reveal() + "\r\n";
            SocketFactory plain = SocketFactory.getDefault();
            try (ServerProcess open = ServerProcess.startWith(redis.url(), engine, List.of("--access.dev", "true"));
                    ServerProcess keys = ServerProcess.startWith(redis.url(), engine, List.of());
                    ServerProcess both = ServerProcess.startWith(redis.url(), engine, tls)) {
                Map<Door, Target> targets = new EnumMap<>(Map.of(
                        Door.OPEN,
                        target(open, "", plain),
                        Door.KEY,
                        target(keys, header, plain),
                        Door.KEY_AND_TLS,
                        target(both, header, certificate.sockets())));
                for (Map.Entry<Door, Target> target : targets.entrySet()) {
                    Load.Plan plan = new Load.Plan(64, 1, warmUp.dividedBy(2), warmUp.dividedBy(2));
                    Load.closed(plan, target.getValue().posts(), numbers, Load.Watch.NONE);
                    measured.put(target.getKey(), new java.util.TreeMap<>());
                }
                for (int round = 0; round < rounds; round++) {
                    for (int connections : CONNECTIONS) {
                        for (Door door : inTurn(round)) {
                            Round one = turn(Objects.requireNonNull(targets.get(door)), redis, connections);
                            System.err.println(door.shown + ", " + connections + ": " + one);
                            Objects.requireNonNull(measured.get(door))
                                    .computeIfAbsent(connections, c -> new ArrayList<>())
                                    .add(one);
                        }
                    }
                }
            }
        }
        return new Report("bench/run access", setting, List.of(table(measured)), figures(measured));
    }

    private void addKey(RedisServer redis, KeySecret secret) {
        try (RedisLedger ledger =
                RedisLedger.connect(RedisSettings.defaults(redis.url()).withEngine(engine))) {
            AccessKey key = AccessKey.create(
                    "bench", secret, Set.of(KeyRole.INGEST), Instant.now(), Optional.empty(), AccessKey.Limits.AS_SET);
            if (!ledger.accessKeys().add(key)) {
                throw new IllegalStateException("there is a key already");
            }
        }
    }

    /** Each begins as often as the others, and none always comes behind the same one. */
    private static List<Door> inTurn(int round) {
        List<Door> doors = new ArrayList<>(List.of(Door.values()));
        if (round % 2 == 1) {
            Collections.reverse(doors);
        }
        Collections.rotate(doors, round / 2);
        return doors;
    }

    private Round turn(Target target, RedisServer redis, int connections) throws Exception {
        Usage usage = new Usage(target.server(), redis);
        Load.Plan plan = new Load.Plan(connections, 1, TURN.dividedBy(4), TURN);
        Load.Result result = Load.closed(plan, target.posts(), numbers, usage);
        return new Round(
                result.eventsPerSecond(),
                result.millis(50),
                result.millis(99),
                usage.used().server() / result.events());
    }

    private static Target target(ServerProcess server, String headers, SocketFactory sockets) {
        return new Target(server, writer -> new Posts(server.address(), headers, sockets) {
            @Override
            public int run(long number) throws IOException {
                postOne(number);
                return 1;
            }
        });
    }

    private static List<Round> of(Map<Door, Map<Integer, List<Round>>> measured, Door door, int connections) {
        return Objects.requireNonNull(Objects.requireNonNull(measured.get(door)).get(connections));
    }

    /** How much less a server takes than the open one, in percent; the middle of the rounds, each compared in itself. */
    private static double cost(Map<Door, Map<Integer, List<Round>>> measured, Door door, int connections) {
        return -Medians.more(of(measured, Door.OPEN, connections), of(measured, door, connections), Round::rate);
    }

    private static List<Figure> figures(Map<Door, Map<Integer, List<Round>>> measured) {
        return List.of(
                Figure.atMost(
                        "what a key costs of single appends at 64 connections",
                        5,
                        cost(measured, Door.KEY, 64),
                        "%.1f%%"),
                Figure.atMost(
                        "what a key costs of single appends at one connection",
                        5,
                        cost(measured, Door.KEY, 1),
                        "%.1f%%"));
    }

    private Table table(Map<Door, Map<Integer, List<Round>>> measured) {
        List<List<String>> cells = new ArrayList<>();
        for (int connections : CONNECTIONS) {
            for (Door door : Door.values()) {
                List<Round> all = of(measured, door, connections);
                cells.add(List.of(
                        door.shown,
                        Integer.toString(connections),
                        "%,.0f".formatted(Medians.of(all, Round::rate)),
                        door == Door.OPEN ? "" : "%.1f%%".formatted(cost(measured, door, connections)),
                        "%.2f".formatted(Medians.of(all, Round::p50)),
                        "%.2f".formatted(Medians.of(all, Round::p99)),
                        "%.1f".formatted(Medians.of(all, Round::micros))));
            }
        }
        return new Table(
                "What keys and TLS cost",
                List.of(
                        "the server asks for",
                        "connections",
                        "events/s",
                        "less than open",
                        "p50 ms",
                        "p99 ms",
                        "server, us/event"),
                cells,
                List.of(
                        "Single appends over kept connections, the middle of %d rounds in which the three servers have turns of a second on one Redis, each time in another order; shares are of the same round."
                                .formatted(rounds),
                        "TLS 1.3 with a certificate of an elliptic curve; the load generator shares the machine, and encrypts as well.",
                        "Microseconds are processor time. Durability `memory`; the servers leave the graph to others.",
                        Workload.describe()));
    }
}
