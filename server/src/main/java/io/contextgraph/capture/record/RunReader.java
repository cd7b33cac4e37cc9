// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.record;

import java.util.Optional;

/** Reads formats that tell whole runs: they are surveyed first, and emitted once it is known what each of them is called. */
public abstract class RunReader implements TraceReader {
    private final Survey survey;
    private final Emitter out;

    /** @param out silent on the first walk */
    protected RunReader(Survey survey, Emitter out) {
        this.survey = survey;
        this.out = out;
    }

    /** Takes each run of a value, and the place where it stands. */
    public interface RunTaker {
        void take(Run run, String place);
    }

    /** Gives the runs of {@code unit} to {@code taker}, in order. */
    protected abstract void runs(Unit unit, RunTaker taker);

    @Override
    public final void survey(Unit unit) {
        runs(unit, (run, place) -> {
            survey.about(run.about());
            survey.runs().add(run, out.where(place));
        });
    }

    @Override
    public final void read(Unit unit) {
        runs(unit, this::emit);
    }

    private void emit(Run run, String place) {
        if (run.events() == 0) {
            out.skip("runs without an event");
            return;
        }
        Optional<RunIndex.Settled> settled = survey.runs().of(run);
        if (settled.isEmpty()) {
            out.refuse(place, "the file has changed while it was imported: import it again");
        } else if (settled.get().covered()) {
            run.emitFacts(out, settled.get().named(), settled.get().told(), place);
        } else {
            run.emit(out, settled.get().named(), settled.get().apart(), place);
        }
    }
}
