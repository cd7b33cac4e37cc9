// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.Ledger;
import java.nio.file.Path;
import java.util.List;

/** Imports as the command line does, without pauses. */
public final class Runs {
    private Runs() {}

    public static ImportSummary run(Ledger ledger, Path... roots) {
        return new ImportRun(
                        ledger,
                        Durability.MEMORY,
                        new Capture(CaptureOptions.DEFAULTS, Captured.CLOCK),
                        (attempt, because) -> {},
                        ImportProgress.NONE)
                .run(List.of(roots));
    }
}
