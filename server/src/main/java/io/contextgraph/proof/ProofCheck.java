// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof;

import io.contextgraph.ops.Check;
import io.contextgraph.ops.Concern;
import io.contextgraph.ops.Finding;
import io.contextgraph.ops.Finding.Level;
import io.contextgraph.proof.witness.Witnessing;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Looks whether what the ledger has is signed for. */
public final class ProofCheck implements Check {
    /** Nothing can be signed. */
    static final Concern STOPPED = Concern.degrading("proof_stopped");

    /** Events wait for their checkpoint for much longer than they should. */
    static final Concern LATE = Concern.degrading("proof_late");

    /** No witness cosigns, or one says that it has seen another log. */
    static final Concern UNWITNESSED = Concern.degrading("proof_unwitnessed");

    private static final String SUBJECT = "proof";
    private static final Duration LEAST = Duration.ofMinutes(1);
    private static final int TIMES = 10;
    private static final Duration LONELY = Duration.ofMinutes(10);

    private final Supplier<SealerState> state;
    private final Supplier<Witnessing> witnesses;
    private final Duration interval;
    private final InstantSource clock;

    /** @param interval how long an event should wait */
    public ProofCheck(
            Supplier<SealerState> state, Supplier<Witnessing> witnesses, Duration interval, InstantSource clock) {
        this.state = state;
        this.witnesses = witnesses;
        this.interval = interval;
        this.clock = clock;
    }

    @Override
    public String name() {
        return SUBJECT;
    }

    @Override
    public Concern unavailable() {
        return STOPPED;
    }

    @Override
    public Set<Concern> concerns() {
        return Set.of(STOPPED, LATE, UNWITNESSED);
    }

    @Override
    public Checked look() {
        return new Checked(true, List.of(finding(state.get())));
    }

    private Finding finding(SealerState now) {
        if (now.problem().isPresent()) {
            return Finding.of(
                            Level.WARNING,
                            SUBJECT,
                            "nothing is signed, and nothing leaves Redis until it is: "
                                    + now.problem().get())
                    .as(STOPPED);
        }
        Duration behind = now.behind(clock.instant());
        if (behind.compareTo(patience()) > 0) {
            return Finding.of(
                            Level.WARNING,
                            SUBJECT,
                            "%,d events wait for a checkpoint, the first of them for up to %d s: look at the log of the server"
                                            .formatted(now.waiting(), behind.toSeconds())
                                    + " that signs, and whether its disk keeps up")
                    .as(LATE);
        }
        return unwitnessed().orElseGet(() -> signed(now));
    }

    private Optional<Finding> unwitnessed() {
        Witnessing now = witnesses.get();
        Optional<String> alone = now.aloneSince()
                .map(since -> Duration.between(since, clock.instant()))
                .filter(time -> time.compareTo(LONELY) > 0)
                .map(time -> "for %d minutes no witness has cosigned a checkpoint: ".formatted(time.toMinutes())
                        + String.join("; ", now.problems()));
        return now.dispute()
                .or(() -> alone)
                .map(what -> Finding.of(Level.WARNING, SUBJECT, what).as(UNWITNESSED));
    }

    private static Finding signed(SealerState now) {
        return Finding.of(
                Level.OK,
                SUBJECT,
                "%,d of %,d events are signed for%s"
                        .formatted(
                                now.sealed(),
                                now.head(),
                                now.unconfirmed()
                                        .map(why -> ", each some seconds late, since " + why)
                                        .orElse("")));
    }

    private Duration patience() {
        Duration some = interval.multipliedBy(TIMES);
        return some.compareTo(LEAST) > 0 ? some : LEAST;
    }
}
