// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.kill;

/** Does what it does until it is stopped. */
abstract class Act implements Runnable {
    private volatile boolean stopped;

    /** Nothing new; what is under way comes to its end, unless its thread is interrupted. */
    final void stop() {
        stopped = true;
    }

    final boolean isStopped() {
        return stopped;
    }
}
