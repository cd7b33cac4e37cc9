// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.kill;

import io.contextgraph.bench.kill.Findings.Kind;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;

/** Restarts servers in turn, as an upgrade does: the next one when the last one is back and at work. */
final class Roller extends Act {
    private static final int MOST_PAUSE_MILLIS = 1500;
    private static final int ENDED_BY_TERM = 128 + 15;

    /**
     * One of the servers.
     *
     * @param seen as the balancer sees it
     */
    record Server(Supervised process, Balancer.Member seen) {}

    private final List<Server> servers;
    private final boolean inOrder;
    private final Runnable afterwards;
    private final Totals totals;
    private final Findings findings;
    private final SplittableRandom random;

    /**
     * One that has restarted nothing.
     *
     * @param inOrder whether they are asked to stop; else they are killed
     * @param afterwards done each time that a server is back
     */
    Roller(List<Server> servers, boolean inOrder, Runnable afterwards, Totals totals, Findings findings, long seed) {
        this.afterwards = afterwards;
        this.servers = List.copyOf(servers);
        this.inOrder = inOrder;
        this.totals = totals;
        this.findings = findings;
        this.random = new SplittableRandom(seed);
    }

    @Override
    public void run() {
        // Each at least once, however slow the machine is.
        for (int next = 0; next < servers.size() || !isStopped(); next++) {
            if (!awaitWork() || !restart(servers.get(next % servers.size()))) {
                return;
            }
        }
    }

    /** All are ready, and some more was acknowledged. */
    private boolean awaitWork() {
        long before = totals.acknowledged();
        return findings.await(
                        "the next restart",
                        () -> isAtWork(before),
                        () -> "nothing was acknowledged, or not all servers were ready")
                && Pause.millis(random.nextInt(MOST_PAUSE_MILLIS));
    }

    private boolean isAtWork(long before) {
        return totals.acknowledged() > before
                && servers.stream().allMatch(server -> server.seen().isReady());
    }

    private boolean restart(Server server) {
        server.seen().stopping();
        if (inOrder) {
            OptionalInt code = server.process().stop();
            if (code.isPresent() && code.getAsInt() != ENDED_BY_TERM) {
                findings.add(
                        Kind.UNEXPECTED_ANSWER,
                        "a server that was asked to stop ended with " + code.getAsInt() + ", not " + ENDED_BY_TERM);
            }
        } else {
            boolean ignored = server.process().kill().isPresent();
        }
        totals.restarts.incrementAndGet();
        boolean back = findings.await(
                        "the end of a server", () -> !server.seen().isReady(), () -> "it is still seen as ready")
                && findings.await(
                        "a server that was restarted", () -> server.seen().isReady(), () -> "it did not come back");
        server.seen().started();
        afterwards.run();
        return back;
    }
}
