// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.record;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Compares runs with what a ledger has of them, record by record, without reading all of it: events of the ledger carry
 * the links of their run's {@link RunChain}, so that the last one that is there, and the first one that differs, are found
 * in steps that halve what is left.
 */
final class KnownRuns {
    /** As many events are asked for at once. */
    private static final int PAGE = 256;

    /** As many records behind the last one that is found are looked at for others. */
    private static final int GAP = 32;

    private final Imported ledger;

    KnownRuns(Imported ledger) {
        this.ledger = ledger;
    }

    /**
     * What a ledger has of a run.
     *
     * @param any whether it has an event of it
     * @param differsAt the first record that is another one there; -1 where what is there is the same
     * @param apart records that answer calls which are there without an answer
     * @param session the session in which they are there
     */
    record Known(boolean any, int differsAt, Set<Integer> apart, Optional<String> session) {
        private static final Known NOTHING = new Known(false, -1, Set.of(), Optional.empty());

        /** The session is there, and nothing in it is of the run. */
        static final Known FOREIGN = new Known(false, 0, Set.of(), Optional.empty());
    }

    /** Compares the run with what is there under this name. */
    Known compare(Run.Named as, RunChain chain, Run.Leads leads, Run.Calls calls, Set<String> facts) {
        return leads.all().isEmpty() ? told(as, facts) : new Comparison(as, chain, leads, calls).result();
    }

    /** A run without an event of a record is known by what is told of it. */
    private Known told(Run.Named as, Set<String> facts) {
        List<String> ids = facts.stream().map(as::eventId).toList();
        return ledger.marks(ids).isEmpty() && ledger.hasSession(as.session()) ? Known.FOREIGN : Known.NOTHING;
    }

    /** Whether the first event of the run is there under this name. */
    boolean begins(String identity, Run.Leads leads) {
        List<String> first = first(identity, leads);
        return !first.isEmpty() && ledger.marks(first).containsKey(first.getLast());
    }

    /** The events that are asked for first: where they are not there, the run is new. */
    static List<String> first(String identity, Run.Leads leads) {
        return leads.all().isEmpty()
                ? List.of()
                : Stream.of(leads.all().length() - 1, leads.all().nextSetBit(0))
                        .map(record -> RunName.eventId(identity, leads.name(record)))
                        .toList();
    }

    private final class Comparison {
        private final Run.Named as;
        private final RunChain chain;
        private final Run.Leads names;
        private final int[] leads;
        private final Run.Calls calls;

        /** What the ledger has said of single events, so that it is asked once. */
        private final Map<String, Optional<Mark>> asked = new HashMap<>();

        /** Whether the session is there, and not known to be of the run. */
        private boolean taken;

        Comparison(Run.Named as, RunChain chain, Run.Leads leads, Run.Calls calls) {
            this.as = as;
            this.chain = chain;
            this.names = leads;
            this.leads = leads.all().stream().toArray();
            this.calls = calls;
        }

        Known result() {
            int last = lastThere();
            if (last < 0) {
                return taken ? Known.FOREIGN : Known.NOTHING;
            }
            last = behindGaps(last);
            Optional<String> session =
                    ledger.origin(as.eventId(names.name(leads[last]))).map(Imported.Origin::session);
            int foreign = foreignBehind(last);
            if (same(last) && foreign >= 0) {
                return new Known(true, foreign, Set.of(), session);
            }
            return same(last) ? goesOn(leads[last], session) : differs(last, session);
        }

        /** The last of the leads whose event is there; -1 where none is. */
        private int lastThere() {
            if (there(leads.length - 1)) {
                return leads.length - 1;
            }
            if (!there(0)) {
                taken = ledger.hasSession(as.session());
                return taken ? oneOfTheFirst() : -1;
            }
            int from = 0;
            int to = leads.length - 1;
            while (to - from > 1) {
                int middle = (from + to) >>> 1;
                if (there(middle)) {
                    from = middle;
                } else {
                    to = middle;
                }
            }
            return from;
        }

        /** The first record may have been refused where others were not. */
        private int oneOfTheFirst() {
            List<String> ids = Arrays.stream(leads)
                    .limit(PAGE)
                    .mapToObj(record -> as.eventId(names.name(record)))
                    .toList();
            Set<String> there = ledger.marks(ids).keySet();
            for (int i = ids.size() - 1; i >= 0; i--) {
                if (there.contains(ids.get(i))) {
                    return i;
                }
            }
            return -1;
        }

        /** Records that were refused, or are no events in another run, leave gaps: what is there may go on behind them. */
        private int behindGaps(int last) {
            List<String> next = names(last, names::name);
            Set<String> there = ledger.marks(next).keySet();
            for (int i = next.size() - 1; i >= 0; i--) {
                if (there.contains(next.get(i))) {
                    return last + 1 + i;
                }
            }
            return last;
        }

        /** The first record behind {@code last} in whose place another one is there; -1 where none is. */
        private int foreignBehind(int last) {
            List<String> others = names(last, names::otherName);
            Set<String> there = ledger.marks(others).keySet();
            for (int i = 0; i < others.size(); i++) {
                if (there.contains(others.get(i))) {
                    return leads[last + 1 + i];
                }
            }
            return -1;
        }

        private List<String> names(int last, IntFunction<String> name) {
            return Arrays.stream(leads, last + 1, Math.min(leads.length, last + 1 + GAP))
                    .mapToObj(name)
                    .map(as::eventId)
                    .toList();
        }

        private Known goesOn(int last, Optional<String> session) {
            TreeSet<Integer> apart = new TreeSet<>();
            for (Map.Entry<Integer, Run.Reply> reply : later(last)) {
                switch (answer(reply.getKey(), reply.getValue())) {
                    case MISSING -> apart.add(reply.getKey());
                    case OTHER -> {
                        return new Known(true, reply.getKey(), Set.of(), session);
                    }
                    case SAME -> {}
                }
            }
            OptionalInt added = IntStream.concat(
                            Arrays.stream(leads).filter(lead -> lead > last),
                            apart.stream().mapToInt(Integer::intValue))
                    .min();
            boolean another = added.isPresent() && answersAnother(last);
            return new Known(true, another ? added.getAsInt() : -1, another ? Set.of() : apart, session);
        }

        /** Whether what is there has answers that this run has not: then this one does not go on with it. */
        private boolean answersAnother(int last) {
            List<String> ids = calls.open().stream()
                    .filter(call -> call.record() <= last)
                    .map(call -> as.eventId(call.name()))
                    .toList();
            return ledger.marks(ids).values().stream()
                    .anyMatch(mark -> mark.answer().isPresent());
        }

        /** Answers behind record {@code last} to calls that are no later. */
        private List<Map.Entry<Integer, Run.Reply>> later(int last) {
            List<Map.Entry<Integer, Run.Reply>> later = new ArrayList<>();
            for (Map.Entry<Integer, Run.Reply> reply : calls.replies().entrySet()) {
                if (reply.getKey() > last && reply.getValue().callRecord() <= last) {
                    later.add(reply);
                }
            }
            return later;
        }

        private Known differs(int last, Optional<String> session) {
            int same = -1;
            int other = last;
            while (other - same > 1) {
                int middle = (same + other) >>> 1;
                if (same(middle)) {
                    same = middle;
                } else {
                    other = middle;
                }
            }
            int before = same < 0 ? -1 : leads[same];
            for (Map.Entry<Integer, Run.Reply> reply : later(before)) {
                if (reply.getKey() < leads[other] && answer(reply.getKey(), reply.getValue()) != Answered.SAME) {
                    return new Known(true, reply.getKey(), Set.of(), session);
                }
            }
            return new Known(true, leads[other], Set.of(), session);
        }

        private enum Answered {
            SAME,
            OTHER,
            MISSING
        }

        private Answered answer(int record, Run.Reply reply) {
            Mark apart = mark(Integer.toString(record));
            if (apart != null) {
                return apart.record().equals(reply.digest()) ? Answered.SAME : Answered.OTHER;
            }
            Mark call = mark(reply.call());
            if (call == null || call.answer().isEmpty()) {
                return Answered.MISSING;
            }
            return call.answer().get().equals(reply.digest()) ? Answered.SAME : Answered.OTHER;
        }

        private boolean there(int lead) {
            return mark(names.name(leads[lead])) != null;
        }

        private boolean same(int lead) {
            Mark mark = mark(names.name(leads[lead]));
            return mark != null && mark.run().equals(Optional.of(chain.link(leads[lead])));
        }

        private @Nullable Mark mark(String step) {
            return asked.computeIfAbsent(
                            as.eventId(step),
                            id -> Optional.ofNullable(ledger.marks(List.of(id)).get(id)))
                    .orElse(null);
        }
    }
}
