// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.retention;

import java.time.Duration;

/** Rests between steps. */
@FunctionalInterface
public interface Rest {
    /** Rests for so long; at once, and true, when the work is to end. */
    boolean stoppedWithin(Duration rest);

    /** A rest of the thread that calls, which an interrupt ends. */
    static boolean sleeping(Duration rest) {
        try {
            Thread.sleep(rest);
            return false;
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
