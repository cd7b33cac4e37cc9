// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.kill;

import io.contextgraph.app.Backends;
import io.contextgraph.bench.kill.Findings.Kind;
import io.contextgraph.bench.kill.KillPlan.Trouble;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.standalone.EmbeddedBackends;
import io.contextgraph.standalone.EmbeddedSettings;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** One ledger from its first event to its verification: writes, kills, quiet, proof. */
final class Round {
    private static final Duration NOTICE = Duration.ofSeconds(2);
    private static final int SLOW_WRITERS = 2;
    private static final int EXPORTERS = 3;
    private static final int ASKERS = 2;
    private static final int MOST_FOLLOWERS = 12;
    private static final int MOST_DOWN_MILLIS = 800;

    private final KillPlan plan;
    private final Engine engine;
    private final KillPlan.AppendFsync appendFsync;
    private final Story story;
    private final Path folder;
    private final Totals totals;
    private final Findings findings;
    private final KillTest.Inspection inspection;
    private final History history = new History();
    private final ForeignEntries foreign = new ForeignEntries();
    private final List<Follower> followers = new CopyOnWriteArrayList<>();

    Round(
            KillPlan plan,
            Engine engine,
            KillPlan.AppendFsync appendFsync,
            long seed,
            Path folder,
            Totals totals,
            Findings findings,
            KillTest.Inspection inspection) {
        this.plan = plan;
        this.inspection = inspection;
        this.engine = engine;
        this.appendFsync = appendFsync;
        this.story = new Story(seed, Instant.now().minusSeconds(10));
        this.folder = folder;
        this.totals = totals;
        this.findings = findings;
    }

    /** Makes trouble for so long, then verifies. */
    void run(Duration time) throws IOException, InterruptedException {
        SplittableRandom redisAway = new SplittableRandom(story.seed());
        RedisUnderTest redis = RedisUnderTest.in(folder.resolve("redis"), plan, engine, appendFsync);
        try (Neo4j neo4j = plan.graph() ? Neo4j.start(folder.resolve("neo4j"), plan.home()) : new Neo4j(null);
                Supervised redisProcess = new Supervised("redis", redis, () -> redisAway.nextInt(MOST_DOWN_MILLIS));
                HttpClient http = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(Duration.ofSeconds(5))
                        .build()) {
            if (plan.trouble().inTurns()) {
                restart(redis, neo4j, http, time);
            } else {
                kill(redis, redisProcess, neo4j, http, time);
            }
            http.shutdownNow();
        }
    }

    private void kill(RedisUnderTest redis, Supervised redisProcess, Neo4j neo4j, HttpClient http, Duration time)
            throws IOException, InterruptedException {
        SplittableRandom away = new SplittableRandom(story.seed()).split();
        ServerUnderTest server =
                ServerUnderTest.in(folder.resolve("server"), plan.home(), redis, neo4j.address(), false, Map.of());
        try (Supervised process = new Supervised("server", server, () -> away.nextInt(MOST_DOWN_MILLIS))) {
            Servers servers = Servers.one(server.address());
            Client client = new Client(http, servers);
            if (awaitReady(client, server)) {
                List<Act> troubles = new ArrayList<>();
                troubles.add(
                        new Killer(process, redisProcess, () -> isReady(client), history, totals, story.seed() + 1));
                if (plan.sabotage()) {
                    troubles.add(saboteur(redis, time));
                }
                runAndVerify(http, servers, server, redis, troubles, time);
            }
        }
    }

    /** Two servers, of which one is there at any time: nobody may see that the other one is not. */
    private void restart(RedisUnderTest redis, Neo4j neo4j, HttpClient http, Duration time)
            throws IOException, InterruptedException {
        Map<String, String> settings = Map.of(
                "CG_HTTP_STOP_NOTICE",
                NOTICE.toMillis() + "ms",
                "CG_DURABILITY_DEFAULT",
                Durability.FSYNC.wireName(),
                "CG_PROOF_KEY",
                folder.resolve("proof.key").toString(),
                "CG_PROOF_STORE",
                folder.resolve("log").toString());
        ServerUnderTest first =
                ServerUnderTest.in(folder.resolve("server-1"), plan.home(), redis, neo4j.address(), true, settings);
        ServerUnderTest second =
                ServerUnderTest.in(folder.resolve("server-2"), plan.home(), redis, neo4j.address(), true, settings);
        Balancer.Member firstSeen = new Balancer.Member(first);
        Balancer.Member secondSeen = new Balancer.Member(second);
        try (Supervised firstProcess = new Supervised("server-1", first, () -> 0);
                Supervised secondProcess = new Supervised("server-2", second, () -> 0);
                Balancer balancer =
                        new Balancer(List.of(firstSeen, secondSeen), http, NOTICE.dividedBy(2), totals, findings)) {
            boolean ready = findings.await(
                    "the servers",
                    () -> firstSeen.isReady() && secondSeen.isReady(),
                    () -> first.lastWords() + "; " + second.lastWords());
            if (ready) {
                Roller roller = new Roller(
                        List.of(
                                new Roller.Server(firstProcess, firstSeen),
                                new Roller.Server(secondProcess, secondSeen)),
                        plan.trouble() == Trouble.RESTARTS,
                        () -> followOneMore(http, balancer),
                        totals,
                        findings,
                        story.seed() + 1);
                runAndVerify(http, balancer, first, redis, List.of(roller), time);
            }
        }
    }

    private void runAndVerify(
            HttpClient http,
            Servers servers,
            ServerUnderTest server,
            RedisUnderTest redis,
            List<Act> troubles,
            Duration time)
            throws IOException, InterruptedException {
        Client client = new Client(http, servers);
        for (int i = 0; i < plan.followers(); i++) {
            followOneMore(http, servers);
        }
        boolean quiet = run(writers(client, servers), readers(client), troubles, time);
        if (quiet && awaitReady(client, server)) {
            proof().of(client, redis, server);
        }
        followers.forEach(Follower::close);
    }

    /** A graph beside it, where it is wanted. */
    private record Neo4j(@Nullable Backends backends) implements AutoCloseable {
        static Neo4j start(Path folder, Path home) throws IOException {
            return new Neo4j(new EmbeddedBackends(EmbeddedSettings.ofDistribution(home))
                    .open(
                            new Backends.Wanted(
                                    folder,
                                    false,
                                    true,
                                    new Backends.RedisWishes(0, Optional.empty(), false, Durability.MEMORY)),
                            line -> {}));
        }

        Optional<Backends.Neo4jAddress> address() {
            return backends == null ? Optional.empty() : backends.neo4j();
        }

        @Override
        public void close() {
            if (backends != null) {
                backends.close();
            }
        }
    }

    private Proof proof() {
        return new Proof(plan, engine, story, history, rule(), followers, totals, findings, inspection);
    }

    private LossRule rule() {
        return new LossRule(appendFsync, history.redisKills());
    }

    private boolean awaitReady(Client client, ServerUnderTest server) {
        return findings.await("the server", () -> isReady(client), server::lastWords);
    }

    private Saboteur saboteur(RedisUnderTest redis, Duration time) {
        Set<Sabotage> kinds = Sabotage.possible(engine, plan.graph());
        totals.sabotagePossible(kinds, time);
        return new Saboteur(redis, kinds, foreign, totals, findings, story.seed() + 2);
    }

    private static boolean isReady(Client client) {
        return Proof.answers(client, "/v1/health/ready");
    }

    /** Somebody who begins with the first event, however many there are by now. */
    private void followOneMore(HttpClient http, Servers servers) {
        if (followers.size() < MOST_FOLLOWERS) {
            List<String> filters = List.copyOf(Proof.FOLLOWED.keySet());
            String filter = filters.get(followers.size() % filters.size());
            Follower follower = new Follower(http, servers, filter, this::rule, findings);
            followers.add(follower);
            Thread ignored = Thread.ofVirtual().start(follower);
        }
    }

    private List<Act> writers(Client client, Servers servers) {
        List<Act> writers = new ArrayList<>();
        for (int i = 0; i < plan.writers(); i++) {
            writers.add(new Writer(i, client, Writer.QUICK, story, history, totals, findings, foreign));
        }
        for (int i = plan.writers(); plan.trouble().inTurns() && i < plan.writers() + SLOW_WRITERS; i++) {
            writers.add(
                    new Writer(i, client, List.of(Client.Way.SLOW_LINES), story, history, totals, findings, foreign));
        }
        for (int i = 0; plan.trouble().inTurns() && i < EXPORTERS; i++) {
            writers.add(new Exporter(i, client, servers, story, history, totals, findings));
        }
        return writers;
    }

    private List<Act> readers(Client client) {
        List<Act> readers = new ArrayList<>();
        readers.add(new Reader(client, history, this::rule, totals, findings, story.seed() - 1));
        for (int i = 0; plan.trouble().inTurns() && i < ASKERS; i++) {
            readers.add(new Asker(client, history, totals, findings, story.seed() - 2 - i));
        }
        return readers;
    }

    /** Whether every writer has got its answers in the end. */
    private boolean run(List<Act> writers, List<Act> readers, List<Act> troubles, Duration time)
            throws InterruptedException {
        List<Thread> writing = writers.stream().map(Thread.ofVirtual()::start).toList();
        List<Thread> reading = readers.stream().map(Thread.ofVirtual()::start).toList();
        List<Thread> troubling =
                troubles.stream().map(Thread.ofVirtual()::start).toList();
        Thread.sleep(time);
        troubles.forEach(Act::stop);
        for (Thread thread : troubling) {
            thread.join();
        }
        writers.forEach(Act::stop);
        readers.forEach(Act::stop);
        boolean quiet = true;
        long deadline = System.nanoTime() + Findings.PATIENCE.toNanos();
        for (Thread thread : writing) {
            if (!thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())))) {
                findings.add(Kind.STUCK, "a writer got no answer within " + Findings.PATIENCE.toSeconds() + " s");
                thread.interrupt();
                quiet = false;
            }
        }
        for (Thread thread : reading) {
            thread.interrupt();
            thread.join();
        }
        return quiet;
    }
}
