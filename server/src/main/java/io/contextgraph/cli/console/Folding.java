// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli.console;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.EventType;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.view.CallResults;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which events have no line of their own: results, which stand with their calls, the spans of frameworks (type
 * {@code system.span}) that did not fail, and log records that say what a program did (type {@code system.log}).
 */
public final class Folding {
    private static final EventType SPAN = new EventType("system.span");
    private static final EventType LOG = new EventType("system.log");
    private static final Set<EventStatus> FAILED = Set.of(EventStatus.FAILED, EventStatus.TIMEOUT);

    private final Set<EventId> spans = new HashSet<>();
    private final Set<EventId> logs = new HashSet<>();
    private final Set<EventId> results = new HashSet<>();

    private Folding() {}

    /** Everything has its line. */
    public static Folding none() {
        return new Folding();
    }

    /** Folds all of {@code events} that may be. */
    public static Folding of(Collection<RecordedEvent> events, CallResults results) {
        Folding folding = new Folding();
        for (RecordedEvent recorded : events) {
            Event event = recorded.event();
            if (results.isResult(event)) {
                folding.results.add(event.id());
            } else if (event.type().equals(SPAN)
                    && event.status().filter(FAILED::contains).isEmpty()) {
                folding.spans.add(event.id());
            } else if (event.type().equals(LOG)) {
                folding.logs.add(event.id());
            }
        }
        return folding;
    }

    /** This folding, with a line for {@code event} whatever it is. */
    Folding except(EventId event) {
        Folding other = new Folding();
        other.spans.addAll(spans);
        other.logs.addAll(logs);
        other.results.addAll(results);
        other.spans.remove(event);
        other.logs.remove(event);
        other.results.remove(event);
        return other;
    }

    /** Whether {@code event} has no line of its own. */
    public boolean folds(EventId event) {
        return spans.contains(event) || logs.contains(event) || results.contains(event);
    }

    /** Says what is folded, and how to see it; empty when nothing is. */
    public Optional<String> note() {
        int all = spans.size() + logs.size() + results.size();
        if (all == 0) {
            return Optional.empty();
        }
        List<String> kinds = new ArrayList<>();
        add(kinds, spans.size(), "span", " of frameworks");
        add(kinds, logs.size(), "log record", "");
        add(kinds, results.size(), "result", " of calls");
        String last = kinds.removeLast();
        String what = kinds.isEmpty() ? last : String.join(", ", kinds) + " and " + last;
        return Optional.of(what + (all == 1 ? " is" : " are") + " folded; --all shows " + (all == 1 ? "it" : "them"));
    }

    private static void add(List<String> kinds, int number, String noun, String of) {
        if (number > 0) {
            kinds.add(number + " " + noun + (number == 1 ? "" : "s") + of);
        }
    }
}
