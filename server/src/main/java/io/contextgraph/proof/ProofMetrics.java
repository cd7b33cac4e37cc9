// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import io.contextgraph.ops.Metrics;
import io.contextgraph.ops.Metrics.Reading;
import io.contextgraph.proof.witness.Witnesses;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/** What can be watched of signing. */
public final class ProofMetrics {
    private ProofMetrics() {}

    /** How far the ledger is signed for, and what this process does for it. */
    public static void standing(Metrics metrics, SealerRunner runner, Witnesses witnesses, InstantSource clock) {
        metrics.store(
                runner::state,
                List.of(
                        new Reading<>(
                                "proof.sealed.seq",
                                "Number of the last event that a signed checkpoint covers",
                                SealerState::sealed),
                        new Reading<>(
                                "proof.waiting.events",
                                "Events that no signed checkpoint covers yet",
                                SealerState::waiting),
                        new Reading<>(
                                "proof.waiting.seconds",
                                "For how long events have been waiting for a signed checkpoint, at most; 0: none is",
                                state -> seconds(state.behind(clock.instant()))),
                        new Reading<>(
                                "proof.checkpoint.age.seconds",
                                "How long ago the newest signed checkpoint was made; it grows while nothing is appended",
                                state -> state.at()
                                        .map(at -> seconds(Duration.between(at, clock.instant())))
                                        .orElse(Double.NaN)),
                        new Reading<>(
                                "proof.unconfirmed",
                                "1 while the store cannot say that something is on its disk, so that it is signed for some"
                                        + " seconds late",
                                state -> state.unconfirmed().isPresent() ? 1 : 0)));
        metrics.counter(
                "contextgraph.proof.sealed.events",
                "Events that this process has signed for",
                runner,
                SealerRunner::sealed);
        metrics.counter(
                "contextgraph.proof.failures",
                "Attempts of this process to sign that have failed",
                runner,
                SealerRunner::failures);
        metrics.counter(
                "contextgraph.proof.witness.cosignatures",
                "Cosignatures of witnesses that checkpoints of this process have got",
                witnesses,
                asked -> asked.state().cosignatures());
        metrics.counter(
                "contextgraph.proof.witness.failures",
                "Times that this process asked a witness and got no cosignature",
                witnesses,
                asked -> asked.state().failures());
    }

    private static double seconds(Duration duration) {
        return Math.max(0, duration.toMillis() / 1000.0);
    }
}
