// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.soak;

import java.io.IOException;

/** Somebody who uses the server. */
interface Actor {
    /**
     * Does one thing and returns, soon once the traffic has stopped.
     *
     * @throws IOException where the server does not answer as it must
     */
    void act() throws IOException, InterruptedException;

    /** Gives up what it keeps between two things. */
    default void leave() {}
}
