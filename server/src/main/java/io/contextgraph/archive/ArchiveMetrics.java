// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.archive;

import io.contextgraph.ops.Metrics;
import java.util.Optional;

/** What can be watched of the archive. */
public final class ArchiveMetrics {
    private ArchiveMetrics() {}

    /** @param watch who looks at it here; empty where there is none */
    public static void standing(Metrics metrics, Optional<ArchiveWatch> watch) {
        metrics.gauge(
                "contextgraph.archive.failing",
                "1 while what is in the archive cannot be read",
                () -> watch.flatMap(ArchiveWatch::failure).isPresent() ? 1 : 0);
    }
}
