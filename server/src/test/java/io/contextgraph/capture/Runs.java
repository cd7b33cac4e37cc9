// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture;

import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventLog;
import java.nio.file.Path;
import java.util.List;

/** Imports as the command line does, without pauses. */
final class Runs {
    private Runs() {}

    static ImportSummary run(EventLog log, Path... roots) {
        return new ImportRun(
                        log,
                        Durability.MEMORY,
                        new Capture(CaptureOptions.DEFAULTS, Captured.CLOCK),
                        (attempt, because) -> {},
                        ImportProgress.NONE)
                .run(List.of(roots));
    }
}
