// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.record;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the rows of an import say about each other, wherever they stand, where each row has an id of its own and names
 * the row before it: which event stands for a row that is none, which request it belongs to, and which call it answers.
 * Of each row its ids are kept, a few hundred bytes.
 *
 * <p><b>Guarantees.</b> The same for the same rows, whatever files they are in. A call that the ledger has without its
 * answer is found, so that the answer can become an event of its own.
 */
public final class RowIndex {
    /** What a start is called that several calls may have been. */
    private static final String UNCLEAR = "";

    private final Map<String, Known> rows = new HashMap<>();
    private final Map<String, String> calls = new HashMap<>();
    private final Map<String, String> starts = new HashMap<>();
    private final Map<String, String> firsts = new HashMap<>();
    private final Set<String> answered = new HashSet<>();
    private final Set<String> answeredOfPersons = new HashSet<>();
    private Set<String> apart = Set.of();

    /**
     * A row.
     *
     * @param id its own
     * @param parent the row before it
     * @param session the session that it names
     * @param event the event that it is
     * @param answers the call that it answers, see {@link #call}: where that is known, it is the event that counts
     * @param asks whether a request begins with it
     */
    public record Row(
            String id,
            Optional<String> parent,
            String session,
            Optional<String> event,
            Optional<String> answers,
            boolean asks) {}

    /** What is kept of a row, and what was found out about it. */
    private static final class Known {
        private final @Nullable String parent;
        private final @Nullable String event;
        private final @Nullable String answers;
        private final boolean asks;
        private String session;
        private @Nullable String request;
        private @Nullable String stands;

        Known(Row row) {
            parent = row.parent().orElse(null);
            event = row.event().orElse(null);
            answers = row.answers().orElse(null);
            asks = row.asks();
            session = row.session();
        }
    }

    /** A row that was seen; a copy of it in another session belongs where the same rows always would. */
    public void add(Row row) {
        Known known = rows.computeIfAbsent(row.id(), id -> new Known(row));
        if (row.session().compareTo(known.session) < 0) {
            known.session = row.session();
        }
    }

    /** The session of a row, which is {@code named} where nothing else is known. */
    public String session(String id, String named) {
        Known row = rows.get(id);
        return row == null ? named : row.session;
    }

    /** A call, by a name that is its own in the session, and the event that it is. */
    public void call(String name, String event) {
        calls.putIfAbsent(name, event);
    }

    /** The event of a call. */
    public Optional<String> call(String name) {
        return Optional.ofNullable(calls.get(name));
    }

    /** A file has the answer to a call beside the call. */
    public void answered(String event, boolean personal) {
        (personal ? answeredOfPersons : answered).add(event);
    }

    /** Whether some file has the answer to a call beside the call. */
    public boolean isAnswered(String event) {
        return answered.contains(event) || answeredOfPersons.contains(event);
    }

    /** Whether the ledger has the call without its answer. */
    public boolean isApart(String event) {
        return apart.contains(event);
    }

    /** The event that may have started what has this name; where several may have, none is known. */
    public void start(String name, String event) {
        String ignored = starts.merge(name, event, (one, other) -> one.equals(other) ? one : UNCLEAR);
    }

    /** The event that started what has this name. */
    public Optional<String> start(String name) {
        return Optional.ofNullable(starts.get(name)).filter(event -> !event.equals(UNCLEAR));
    }

    /** Several rows may be of one thing: whether {@code row} is the first that was seen of it. */
    public boolean isFirst(String thing, String row) {
        return firsts.computeIfAbsent(thing, name -> row).equals(row);
    }

    void settle(Imported ledger) {
        apart = Stream.concat(
                        without(ledger.marks(answered), answered),
                        without(ledger.ofPersons().marks(answeredOfPersons), answeredOfPersons))
                .collect(Collectors.toUnmodifiableSet());
    }

    private static Stream<String> without(Map<String, Mark> marks, Collection<String> calls) {
        return calls.stream().filter(call -> {
            Mark mark = marks.get(call);
            return mark != null && mark.answer().isEmpty();
        });
    }

    /**
     * The event that stands for a row: that of the call that it answers, its own, else that of the row before it. Of a row
     * that was not seen, its own id.
     */
    public Optional<String> event(String id) {
        List<Known> passed = new ArrayList<>();
        String at = id;
        String found = null;
        Set<String> seen = new HashSet<>();
        while (at != null && found == null && seen.add(at)) {
            Known row = rows.get(at);
            if (row == null) {
                found = at;
            } else if (row.stands != null) {
                found = row.stands;
            } else {
                String call = row.answers == null ? null : calls.get(row.answers);
                found = call == null ? row.event : call;
                passed.add(row);
                at = row.parent;
            }
        }
        for (Known row : passed) {
            row.stands = found;
        }
        return Optional.ofNullable(found);
    }

    /** The row with which the request began that a row belongs to; the first that is known where none did. */
    public String request(String id) {
        List<Known> passed = new ArrayList<>();
        String at = id;
        String found = id;
        Set<String> seen = new HashSet<>();
        while (at != null && seen.add(at)) {
            Known row = rows.get(at);
            if (row == null) {
                break;
            }
            found = row.request != null ? row.request : at;
            if (row.request != null || row.asks) {
                break;
            }
            passed.add(row);
            at = row.parent;
        }
        for (Known row : passed) {
            row.request = found;
        }
        return found;
    }
}
