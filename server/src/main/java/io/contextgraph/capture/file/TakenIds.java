// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.capture.record.Mark;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Payload;
import io.contextgraph.event.RecordedEvent;
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

/** Finds out by what the ids of events are taken that have other content in the ledger. */
final class TakenIds {
    private final EventLog log;
    private final LedgerImported.Patience patience;

    TakenIds(EventLog log, LedgerImported.Patience patience) {
        this.log = log;
        this.patience = patience;
    }

    /** What has the id of an event. */
    enum By {
        /** Something else. */
        ANOTHER,
        /** An event of the same record: whatever else was derived from options, from other records or by another version. */
        SAME,
        /** The same, whose person was erased. */
        ERASED,
        /** An event about nobody, while the one that was offered is about a person. */
        IN_PLAIN
    }

    /**
     * By what each id is taken.
     *
     * @param marks of {@code appends}
     * @param outcomes of {@code appends}
     * @return by its index, for each that was a conflict; what is not there is taken by another one
     */
    Map<Integer, By> of(List<Append> appends, List<Optional<Mark>> marks, List<AppendOutcome> outcomes) {
        Map<Integer, By> taken = new HashMap<>();
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
                if (there != null && mark.sameAs(LedgerImported.mark(there))) {
                    taken.put(index, By.SAME);
                }
            });
        }
        return taken;
    }

    /** Digests about persons are keyed: the same one is of the same record about the same person. */
    private By ofPerson(EventId id, Mark mark) {
        Optional<Event> there = patience.of(() -> log.find(id)).found().map(RecordedEvent::event);
        if (there.isEmpty()) {
            return By.ANOTHER;
        }
        if (there.get().dataSubjectId().isEmpty()) {
            return By.IN_PLAIN;
        }
        if (!mark.sameAs(LedgerImported.mark(there.get()))) {
            return By.ANOTHER;
        }
        return PersonalPayloads.isForgotten(there.get()) ? By.ERASED : By.SAME;
    }
}
