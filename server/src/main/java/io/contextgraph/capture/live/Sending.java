// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.live;

import io.contextgraph.capture.known.Fate;
import io.contextgraph.capture.known.TakenIds;
import io.contextgraph.capture.otlp.OtlpReader;
import io.contextgraph.capture.record.CaptureSink;
import io.contextgraph.capture.record.Mark;
import io.contextgraph.capture.record.Refusal;
import io.contextgraph.event.Event;
import io.contextgraph.event.Original;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendStream;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.LedgerException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The events of one request on their way into the ledger: written as they are read, and waited for at the end. */
final class Sending implements CaptureSink {
    /** A batch is closed earlier than at its greatest number of events when its payloads are this long. */
    private static final long MAX_BATCH_CHARS = 4L << 20;

    /** How many batches are written and not yet as safe as asked. */
    private static final int IN_FLIGHT = 4;

    private final AppendStream stream;
    private final TakenIds taken;
    private final List<Append> batch = new ArrayList<>();
    private final List<Optional<Mark>> marks = new ArrayList<>();
    private final Deque<Sent> sent = new ArrayDeque<>();
    private final Reasons reasons = new Reasons();
    private final Map<String, Long> left = new TreeMap<>();
    private final Consumer<List<Event>> learner;
    private long chars;
    private long added;
    private long duplicates;

    /** @param learner is told which events are new */
    Sending(AppendStream stream, TakenIds taken, Consumer<List<Event>> learner) {
        this.stream = stream;
        this.taken = taken;
        this.learner = learner;
    }

    private record Sent(List<Append> appends, List<Optional<Mark>> marks, AppendStream.Written written) {}

    @Override
    public void event(Event event, Optional<Original> original, Optional<Mark> mark, String place) {
        batch.add(Append.imported(event, Optional.empty()));
        marks.add(mark);
        chars += event.payload().map(payload -> payload.json().length()).orElse(0);
        if (batch.size() >= EventLog.MAX_BATCH || chars >= MAX_BATCH_CHARS) {
            flush();
        }
    }

    @Override
    public void refused(Refusal refusal) {
        reasons.add(refusal.reason(), refusal.faults(), 1);
    }

    @Override
    public void refused(Refusal first, long count) {
        reasons.add(first.reason(), first.faults(), count);
    }

    /** Of what is left out on purpose, an exporter is told now and then; what cannot be kept is refused. */
    @Override
    public void skipped(String what, long count) {
        if (what.startsWith(OtlpReader.LIKE)) {
            left.merge(what, count, Long::sum);
        } else {
            reasons.add(what + " are not kept here, spans and events of agents are", List.of(), count);
        }
    }

    private void flush() {
        if (!batch.isEmpty()) {
            List<Append> appends = List.copyOf(batch);
            sent.add(new Sent(appends, List.copyOf(marks), stream.write(appends)));
            batch.clear();
            marks.clear();
            chars = 0;
            if (sent.size() > IN_FLIGHT) {
                settle(sent.removeFirst());
            }
        }
    }

    /**
     * Waits until everything is as safe as asked.
     *
     * @throws LedgerException when the ledger took not all of it: the same request can be sent again
     */
    void end() {
        flush();
        while (!sent.isEmpty()) {
            settle(sent.removeFirst());
        }
    }

    private void settle(Sent some) {
        List<AppendOutcome> outcomes = some.written().await().outcomes();
        requireKeys(outcomes);
        List<Fate> fates = taken.fates(some.appends(), some.marks(), outcomes);
        List<Event> fresh = new ArrayList<>();
        for (int i = 0; i < fates.size(); i++) {
            count(fates.get(i), some.appends().get(i).event(), fresh);
        }
        learner.accept(fresh);
    }

    /** What only waits for keys may be sent again. */
    private static void requireKeys(List<AppendOutcome> outcomes) {
        for (AppendOutcome outcome : outcomes) {
            if (outcome instanceof AppendOutcome.Refused refused
                    && refused.reason().retryable()) {
                throw LedgerException.telling(refused.reason(), refused.why());
            }
        }
    }

    private void count(Fate fate, Event event, List<Event> fresh) {
        switch (fate) {
            case Fate.Added ignored -> {
                added++;
                fresh.add(event);
            }
            case Fate.Known ignored -> duplicates++;
            case Fate.Conflict conflict -> reasons.add(conflict.why(), List.of(), 1);
            case Fate.Refused alone -> reasons.add(alone.why(), alone.faults(), 1);
            case Fate.Erased gone -> reasons.add(gone.why(), List.of(), 1);
        }
    }

    Reasons reasons() {
        return reasons;
    }

    /** How many of each kind are left out on purpose. */
    Map<String, Long> left() {
        return left;
    }

    long added() {
        return added;
    }

    long duplicates() {
        return duplicates;
    }
}
