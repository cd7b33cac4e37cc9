// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.kill;

import io.contextgraph.ledger.redis.client.Engine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a kill test does.
 *
 * @param home folder of the distribution, which is what runs
 * @param engines engines to test; rounds take turns
 * @param appendFsyncs when Redis syncs its file; rounds take turns
 * @param trouble what happens to the servers meanwhile
 * @param time for how long, over all rounds
 * @param round how long one ledger lives before it is verified and the next one begins
 * @param seed decides every random choice, though not the moments at which the machine carries them out
 * @param writers how many write at the same time
 * @param followers how many follow the live stream
 * @param powerCuts whether a kill of Redis also loses what has not been synced to the disk
 * @param graph whether a Neo4j is kept running, and compared with the ledger at the end of each round
 * @param sabotage whether Redis is also damaged while it runs, in ways that the ledger must bear
 * @param redisOptions further arguments for Redis, such as {@code --appendonly no}
 */
public record KillPlan(
        Path home,
        List<Engine> engines,
        List<AppendFsync> appendFsyncs,
        Trouble trouble,
        Duration time,
        Duration round,
        long seed,
        int writers,
        int followers,
        boolean powerCuts,
        boolean graph,
        boolean sabotage,
        List<String> redisOptions) {

    /** When Redis syncs its append-only file. */
    public enum AppendFsync {
        EVERYSEC,
        ALWAYS
    }

    /** What happens while clients are at work. */
    public enum Trouble {
        /** One server and its Redis are killed, at random. */
        KILLS,
        /** Two servers, and a graph that both feed, behind a load balancer: they are asked to stop in turns, as in an upgrade. */
        RESTARTS,
        /** The same, but killed: that cannot go unseen. */
        CRASHES;

        /** Whether there are several servers, and Redis is left alone. */
        boolean inTurns() {
            return this != KILLS;
        }
    }

    /** @throws IllegalArgumentException when nothing would be tested */
    public KillPlan {
        engines = List.copyOf(engines);
        appendFsyncs = List.copyOf(appendFsyncs);
        redisOptions = List.copyOf(redisOptions);
        if (engines.isEmpty() || appendFsyncs.isEmpty() || writers < 1 || followers < 0) {
            throw new IllegalArgumentException("a kill test needs an engine, a setting of appendfsync and a writer");
        }
    }
}
