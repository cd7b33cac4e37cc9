// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.partition;

import io.contextgraph.bench.server.RedisServer;
import java.io.IOException;
import java.util.concurrent.Callable;

/** A Redis that answers nothing for a while, as one does whose machine hangs. */
final class StoodStill {
    private StoodStill() {}

    /** Does something while it stands still. */
    static <T> T during(RedisServer redis, Callable<T> work) throws Exception {
        long pid = redis.pid();
        signal("STOP", pid);
        try {
            return work.call();
        } finally {
            signal("CONT", pid);
        }
    }

    private static void signal(String name, long pid) throws IOException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start();
        if (kill.onExit().join().exitValue() != 0) {
            throw new IOException("no process " + pid + " could be sent " + name);
        }
    }
}
