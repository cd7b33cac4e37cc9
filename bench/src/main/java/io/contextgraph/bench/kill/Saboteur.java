// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.kill;

import io.contextgraph.bench.kill.Findings.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisClientConfig;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.params.ClientKillParams;
import redis.clients.jedis.search.SearchProtocol.SearchCommand;
import redis.clients.jedis.util.SafeEncoder;

/**
 * Does to a running Redis what somebody does who has a shell on it and no idea, one thing after the other, by a
 * connection of its own. It takes back its foreign entries before it ends, and touches no entry of the ledger's.
 */
final class Saboteur extends Act {
    private static final int MOST_PAUSE_MILLIS = 400;
    private static final int LONGEST_STAY_MILLIS = 1000;
    private static final int MOST_LEAD_MILLIS = 240_000;
    private static final long PATIENCE_NANOS = Duration.ofSeconds(60).toNanos();
    private static final long COME_AGAIN_MILLIS = 20;
    private static final int TIMEOUT_MILLIS = 8000;
    private static final String INDEXES = "idx:events:";
    private static final String GROUP = "projection";

    private final RedisUnderTest redis;
    private final List<Sabotage> kinds;
    private final boolean leads;
    private final Totals totals;
    private final Findings findings;
    private final SplittableRandom random;
    private final ForeignEntries foreign;
    private @Nullable Jedis connection;

    /**
     * @param kinds what there is to damage
     */
    Saboteur(
            RedisUnderTest redis,
            Set<Sabotage> kinds,
            ForeignEntries foreign,
            Totals totals,
            Findings findings,
            long seed) {
        this.redis = redis;
        this.kinds = List.copyOf(kinds);
        // Positions ahead of the clock that a crash takes can be given again, as docs/guarantees.md says: here it takes
        // none.
        this.leads = redis.appendFsync() == KillPlan.AppendFsync.ALWAYS;
        this.foreign = foreign;
        this.totals = totals;
        this.findings = findings;
        this.random = new SplittableRandom(seed);
    }

    @Override
    public void run() {
        while (!isStopped() && Pause.millis(random.nextInt(MOST_PAUSE_MILLIS))) {
            Sabotage kind = kinds.get(random.nextInt(kinds.size()));
            if (tried(() -> carryOut(kind))) {
                totals.sabotaged(kind);
            }
            takeOut(() -> foreign.takeOut(connected()));
        }
        takeOut(() -> foreign.takeOutEverywhere(connected()));
        disconnect();
    }

    /** Something to do with Redis. */
    @FunctionalInterface
    private interface Step {
        /** Whether it came to be done. */
        boolean done();
    }

    /** Whether it was done; not while Redis is away. */
    private boolean tried(Step step) {
        try {
            return step.done();
        } catch (JedisConnectionException away) {
            disconnect();
        } catch (JedisDataException refused) {
            if (!String.valueOf(refused.getMessage()).startsWith("LOADING")) {
                findings.add(Kind.UNEXPECTED_ANSWER, "the saboteur: " + refused.getMessage());
            }
            disconnect();
        }
        return false;
    }

    /** However often Redis dies meanwhile. */
    private void takeOut(Step step) {
        long begun = System.nanoTime();
        while (!tried(step)) {
            if (System.nanoTime() - begun > PATIENCE_NANOS || !Pause.millis(COME_AGAIN_MILLIS)) {
                findings.add(Kind.STUCK, "the saboteur could not take back its foreign entries");
                return;
            }
        }
    }

    private Jedis connected() {
        Jedis jedis = connection;
        if (jedis == null) {
            jedis = new Jedis(new HostAndPort("127.0.0.1", redis.port()), config());
            connection = jedis;
        }
        return jedis;
    }

    private JedisClientConfig config() {
        return DefaultJedisClientConfig.builder()
                .password(redis.password())
                .timeoutMillis(TIMEOUT_MILLIS)
                .autoNegotiateProtocol(false)
                .build();
    }

    private void disconnect() {
        Jedis jedis = connection;
        connection = null;
        if (jedis != null) {
            try {
                jedis.close();
            } catch (JedisException broken) {
                // It is of no use any more.
            }
        }
    }

    private boolean carryOut(Sabotage kind) {
        Jedis jedis = connected();
        return switch (kind) {
            case FLUSHED_SCRIPTS -> jedis.scriptFlush().equals("OK");
            case GLOBAL_ENTRY -> addTo(jedis, ForeignEntries.GLOBAL);
            case SESSION_ENTRY -> {
                int session = random.nextInt(2 * Story.SHARED_SESSIONS);
                yield addTo(
                        jedis,
                        ForeignEntries.stream(
                                session < Story.SHARED_SESSIONS
                                        ? Story.sharedSession(session)
                                        : Story.ownSession(session - Story.SHARED_SESSIONS)));
            }
            case CUT_CONNECTIONS -> cut(jedis);
            case DROPPED_INDEX -> dropIndexes(jedis);
            case DESTROYED_GROUP ->
                jedis.exists(ForeignEntries.GLOBAL) && jedis.xgroupDestroy(ForeignEntries.GLOBAL, GROUP) == 1;
        };
    }

    /** It stays for a while, or not at all. */
    private boolean addTo(Jedis jedis, String stream) {
        boolean ahead = random.nextInt(3) > 0;
        int lead = random.nextInt(1000, MOST_LEAD_MILLIS);
        int stay = random.nextBoolean() ? 0 : random.nextInt(LONGEST_STAY_MILLIS);
        boolean added = foreign.put(jedis, stream, leads && ahead ? Duration.ofMillis(lead) : Duration.ZERO)
                || foreign.put(jedis, stream, Duration.ZERO);
        return added && Pause.millis(stay);
    }

    private boolean cut(Jedis jedis) {
        List<String> clients = new ArrayList<>(Arrays.stream(jedis.clientList().split("\n"))
                .filter(client -> !field(client, "id").equals(Long.toString(jedis.clientId())))
                .toList());
        switch (random.nextInt(3)) {
            case 0 -> clients.removeIf(client -> !field(client, "flags").contains("b"));
            case 1 -> clients.removeIf(client -> random.nextBoolean());
            default -> {
                // All.
            }
        }
        for (String client : clients) {
            // Answers 0 where it has gone by itself.
            long ignored = jedis.clientKill(new ClientKillParams().id(field(client, "id")));
        }
        return !clients.isEmpty();
    }

    private static String field(String client, String name) {
        return Arrays.stream(client.strip().split(" "))
                .filter(field -> field.startsWith(name + "="))
                .map(field -> field.substring(name.length() + 1))
                .findFirst()
                .orElse("");
    }

    private static boolean dropIndexes(Jedis jedis) {
        boolean dropped = false;
        for (Object name : (Iterable<?>) jedis.sendCommand(SearchCommand._LIST)) {
            String index = name instanceof byte[] bytes ? SafeEncoder.encode(bytes) : "";
            if (index.startsWith(INDEXES)) {
                Object ignored = jedis.sendCommand(SearchCommand.DROPINDEX, index);
                dropped = true;
            }
        }
        return dropped;
    }
}
