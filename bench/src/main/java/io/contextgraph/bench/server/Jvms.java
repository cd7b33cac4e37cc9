// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.server;

import java.util.List;

/** How the JVMs of servers are started. */
final class Jvms {
    /** Whether they live for seconds, and nobody cares for what is measured: {@code -Dcontextgraph.bench.quick=true}. */
    static final boolean QUICK = Boolean.getBoolean("contextgraph.bench.quick");

    private static final List<String> QUICK_START = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

    private Jvms() {}

    /** The collector and the compilers of a server. */
    static List<String> options() {
        return QUICK ? QUICK_START : List.of();
    }
}
