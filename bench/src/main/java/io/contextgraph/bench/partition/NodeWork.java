// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.partition;

import java.util.ArrayList;
import java.util.List;

/**
 * What a node has done.
 *
 * @param events that it has stored
 * @param scripts calls of scripts that it has answered
 * @param micros processor time of its process
 */
record NodeWork(long events, long scripts, double micros) {
    static final NodeWork NONE = new NodeWork(0, 0, 0);

    NodeWork minus(NodeWork earlier) {
        return new NodeWork(events - earlier.events, scripts - earlier.scripts, micros - earlier.micros);
    }

    NodeWork plus(NodeWork more) {
        return new NodeWork(events + more.events, scripts + more.scripts, micros + more.micros);
    }

    /** Processor time of its process for each event that it has stored. */
    double each() {
        return micros / events;
    }

    /** What each has done since. */
    static List<NodeWork> between(List<NodeWork> earlier, List<NodeWork> now) {
        List<NodeWork> between = new ArrayList<>();
        for (int node = 0; node < now.size(); node++) {
            between.add(now.get(node).minus(earlier.get(node)));
        }
        return between;
    }
}
