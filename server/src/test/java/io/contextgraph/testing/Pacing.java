// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.testing;

/** Spaces blows and clients out in time: the only sleep in tests. Nothing may be right because of it. */
public final class Pacing {
    private Pacing() {}

    /** Lets some time pass; ends early where the thread is interrupted. */
    public static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
