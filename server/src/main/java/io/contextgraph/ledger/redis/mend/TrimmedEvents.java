// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.mend.Damage.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The events without entries, in the order of numbers: their documents are all that there is of them, and only their
 * neighbours say whether their positions can be right.
 */
final class TrimmedEvents {
    private final MendRun run;
    private final TrimmedSessions sums;
    private final ColdCheck cold;
    private Position before = Position.START;

    /** Of it only its successor can tell. */
    private @Nullable RecordedEvent open;

    TrimmedEvents(MendRun run, TrimmedSessions sums, ColdCheck cold) {
        this.run = run;
        this.cold = cold;
        this.sums = sums;
    }

    void take(List<RecordedEvent> events) {
        events.stream().filter(run.trimmed()::has).forEach(this::take);
        cold.take(events);
    }

    private void take(RecordedEvent event) {
        sums.take(event);
        if (!canBe(event)) {
            tell(event);
            return;
        }
        RecordedEvent last = open;
        if (last != null && last.position().compareTo(event.position()) >= 0) {
            if (before.compareTo(event.position()) >= 0) {
                tell(event);
                return;
            }
            tell(last, event);
        } else if (last != null) {
            before = last.position();
        }
        open = event;
    }

    /** There are no more of them. */
    void finish() {
        sums.taken(run.trimmed().last().seq());
    }

    private boolean canBe(RecordedEvent event) {
        Position end = run.trimmed().last().position();
        int toEnd = event.position().compareTo(end);
        return event.position().compareTo(before) > 0
                && (event.seq() == run.trimmed().last().seq() ? toEnd == 0 : toEnd < 0);
    }

    private void tell(RecordedEvent event) {
        loses(event, "where it cannot have been recorded, and its entries have been trimmed");
    }

    /** Both fit to what is ahead of them: which of the two is wrong nobody can say. */
    private void tell(RecordedEvent event, RecordedEvent next) {
        loses(
                event,
                "behind the next one, which " + key(next) + " has at " + next.position()
                        + ": one of the two is wrong, and their entries have been trimmed");
    }

    private String key(RecordedEvent event) {
        return run.raw().keys().document(event.event().id());
    }

    private void loses(RecordedEvent event, String why) {
        run.loses(
                Kind.ALTERED_EVENT,
                key(event),
                "event " + event.event().id() + " with seq " + event.seq() + " stands at " + event.position()
                        + " in its document, " + why);
    }
}
