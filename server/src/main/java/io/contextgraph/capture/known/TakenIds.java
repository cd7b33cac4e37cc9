// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.known;

import io.contextgraph.capture.record.Mark;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Payload;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.Times;
import io.contextgraph.intake.Verdict;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.PersonalPayloads;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** Finds out by what the ids of events are taken that have other content in the ledger. */
public final class TakenIds {
    private final EventLog log;
    private final LedgerImported.Patience patience;

    public TakenIds(EventLog log, LedgerImported.Patience patience) {
        this.log = log;
        this.patience = patience;
    }

    /** What has the id of an event. */
    private enum By {
        /** Something else. */
        ANOTHER,
        /** An event of the same record: whatever else was derived from options, from other records or by another version. */
        SAME,
        /** The same, whose person was erased. */
        ERASED,
        /** An event about nobody, while the one that was offered is about a person. */
        IN_PLAIN,
        /** An event of the same span, from a form that has lost something, or that has what is lost here. */
        OTHER_FORM
    }

    /** What has the id, with the mark of what is there. */
    private record Taken(By by, Mark there) {
        /** Something of which nothing is known. */
        static final Taken ANOTHER = new Taken(By.ANOTHER, Mark.none());
    }

    /**
     * What became of the event of each record.
     *
     * @param marks of {@code appends}
     * @param outcomes of {@code appends}
     */
    public List<Fate> fates(List<Append> appends, List<Optional<Mark>> marks, List<AppendOutcome> outcomes) {
        Map<Integer, Taken> taken = of(appends, marks, outcomes);
        return IntStream.range(0, outcomes.size())
                .mapToObj(i -> fate(
                        Verdict.of(outcomes.get(i)),
                        taken.getOrDefault(i, Taken.ANOTHER),
                        marks.get(i).orElse(Mark.none())))
                .toList();
    }

    private static Fate fate(Verdict verdict, Taken by, Mark offered) {
        return switch (verdict) {
            case Verdict.Taken taken -> taken.duplicate() ? Fate.KNOWN : Fate.ADDED;
            case Verdict.Conflict conflict -> ofConflict(conflict, by, offered);
            case Verdict.Personal personal ->
                new Fate.Refused("the ledger cannot take event " + personal.eventId(), List.of(personal.fault()));
            case Verdict.Fenced fenced -> Fate.Erased.of(fenced.eventId());
            case Verdict.Gone gone ->
                new Fate.Refused(
                        "the ledger had event " + gone.eventId() + " until "
                                + Times.format(gone.gone().at()) + ": "
                                + gone.gone().why(),
                        List.of());
            case Verdict.Refused alone ->
                new Fate.Refused("the ledger cannot take event " + alone.eventId() + ": " + alone.why(), List.of());
        };
    }

    private static Fate ofConflict(Verdict.Conflict conflict, Taken taken, Mark offered) {
        return switch (taken.by()) {
            case SAME -> Fate.KNOWN;
            case ERASED -> Fate.Erased.of(conflict.eventId());
            case IN_PLAIN ->
                new Fate.Conflict("the ledger has event " + conflict.eventId()
                        + " in plain, about nobody, and it stays so: it was imported before without naming its person");
            case OTHER_FORM ->
                new Fate.Conflict("the ledger has event " + conflict.eventId() + " of the same span from "
                        + Mark.Lossy.described(taken.there()) + ", and it stays so; here it is from "
                        + Mark.Lossy.described(offered));
            case ANOTHER ->
                new Fate.Conflict("another event has the id " + conflict.eventId() + ": stored " + conflict.stored()
                        + ", offered " + conflict.offered());
        };
    }

    /**
     * By what each id is taken.
     *
     * @param marks of {@code appends}
     * @param outcomes of {@code appends}
     * @return by its index, for each that was a conflict; what is not there is taken by another one
     */
    private Map<Integer, Taken> of(List<Append> appends, List<Optional<Mark>> marks, List<AppendOutcome> outcomes) {
        Map<Integer, Taken> taken = new HashMap<>();
        Map<Integer, Mark> ofNobody = new HashMap<>();
        Set<EventId> ids = new HashSet<>();
        for (int i = 0; i < outcomes.size(); i++) {
            Optional<Mark> mark = marks.get(i);
            if (!(outcomes.get(i) instanceof AppendOutcome.Conflict) || mark.isEmpty()) {
                continue;
            }
            Event offered = appends.get(i).event();
            if (offered.dataSubjectId().isPresent()) {
                taken.put(i, ofPerson(offered.id(), mark.get()));
            } else {
                ofNobody.put(i, mark.get());
                ids.add(offered.id());
            }
        }
        if (!ids.isEmpty()) {
            Map<EventId, Payload> stored = patience.of(() -> log.payloads(ids));
            ofNobody.forEach((index, mark) -> {
                Payload there = stored.get(appends.get(index).event().id());
                if (there != null) {
                    taken.put(index, taken(mark, LedgerImported.mark(there), By.SAME));
                }
            });
        }
        return taken;
    }

    /** Digests about persons are keyed: the same one is of the same record about the same person. */
    private Taken ofPerson(EventId id, Mark mark) {
        Optional<Event> there = patience.of(() -> log.find(id)).found().map(RecordedEvent::event);
        if (there.isEmpty()) {
            return Taken.ANOTHER;
        }
        Mark known = LedgerImported.mark(there.get());
        if (there.get().dataSubjectId().isEmpty()) {
            return new Taken(By.IN_PLAIN, known);
        }
        return taken(mark, known, PersonalPayloads.isForgotten(there.get()) ? By.ERASED : By.SAME);
    }

    private static Taken taken(Mark offered, Mark there, By same) {
        if (offered.isOfAnotherForm(there)) {
            return new Taken(By.OTHER_FORM, there);
        }
        return new Taken(offered.sameAs(there) ? same : By.ANOTHER, there);
    }
}
