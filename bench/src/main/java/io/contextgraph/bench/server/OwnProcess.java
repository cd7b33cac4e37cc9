// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.server;

import java.lang.management.ManagementFactory;

/** The process of the benchmark itself, which generates the load. */
public final class OwnProcess {
    private OwnProcess() {}

    /** Processor time so far; 0 where the JVM does not tell. */
    public static long cpuNanos() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean os
                ? os.getProcessCpuTime()
                : 0;
    }
}
