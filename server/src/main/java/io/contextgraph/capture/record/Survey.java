// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.record;

import io.contextgraph.intake.NamedPersons;
import java.util.List;

/**
 * What is known of everything that is imported together, and of the ledger, before the first event is written: which
 * runs are the same, and which spans belong together. It is gathered in a first walk through the files, and asked in a
 * second one.
 *
 * <p><b>Threads.</b> Belongs to one import, which uses it from one thread at a time.
 */
public final class Survey {
    private final RunIndex runs;
    private final TraceIndex traces = new TraceIndex();
    private final RowIndex rows = new RowIndex();
    private final NamedPersons persons = new NamedPersons();

    /** An empty one. */
    public Survey(CaptureOptions options) {
        this.runs = new RunIndex(options.sessionPrefix());
        options.whom().everybody().ifPresent(person -> persons.add(person.value()));
    }

    RunIndex runs() {
        return runs;
    }

    /** Where readers of spans tell what they see on the first walk, and ask on the second. */
    public TraceIndex traces() {
        return traces;
    }

    /** Where readers of rows that name their parents tell what they see on the first walk, and ask on the second. */
    public RowIndex rows() {
        return rows;
    }

    /** A session that events name themselves: no run without a name of its own may become part of it. */
    public void session(String named) {
        runs.sessionOfOthers(named);
    }

    /** Something is about this one. */
    public void about(About whom) {
        whom.person().ifPresent(person -> persons.add(person.value()));
    }

    /** Whom something in the import is about, as far as the first walk has come. */
    public NamedPersons persons() {
        return persons;
    }

    /** The first walk has ended: what was found is held against what the ledger has. */
    public void settle(Imported ledger) {
        runs.settle(ledger);
        traces.settle(ledger);
        rows.settle(ledger);
    }

    /** What is to be told about runs of the same name, a sentence each. */
    public List<String> notes() {
        return runs.notes();
    }
}
