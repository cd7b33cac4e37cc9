// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.standalone;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The end of a child process. */
final class Children {
    private static final Duration FORCED_END = Duration.ofSeconds(5);

    private Children() {}

    /** Waits for the end of a child that has been asked to stop; then ends it and its own children by force. */
    static void awaitEnd(Process child, Duration patience) {
        var interrupted = Thread.interrupted();
        try {
            if (child.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        child.descendants().forEach(ProcessHandle::destroyForcibly);
        child.destroyForcibly();
        try {
            child.waitFor(FORCED_END.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
