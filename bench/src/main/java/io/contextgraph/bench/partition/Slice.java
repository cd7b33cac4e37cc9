// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.partition;

import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Some events that were appended.
 *
 * @param nodes what each has done for it
 * @param seconds in which
 * @param clientMicros processor time of the process that appended them
 */
record Slice(List<NodeWork> nodes, double seconds, double clientMicros) {
    private double sum(ToLongFunction<NodeWork> what) {
        return nodes.stream().mapToLong(what).sum();
    }

    double events() {
        return sum(NodeWork::events);
    }

    double rate() {
        return events() / seconds;
    }

    /** Microseconds of all nodes for an event. */
    double redis() {
        return nodes.stream().mapToDouble(NodeWork::micros).sum() / events();
    }

    /** Microseconds of the node that had most to do, for an event of all. */
    double fullest() {
        return nodes.stream().mapToDouble(NodeWork::micros).max().orElse(0) / events();
    }

    /** Microseconds of the client for an event. */
    double client() {
        return clientMicros / events();
    }

    /** Events that a call of the script brought. */
    double eventsPerScript() {
        return events() / sum(NodeWork::scripts);
    }
}
