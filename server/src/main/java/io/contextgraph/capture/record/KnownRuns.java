// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.record;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
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
        private static final Known FOREIGN = new Known(false, 0, Set.of(), Optional.empty());
    }

    /** Compares the run with what is there under this name. */
    Known compare(Run.Named as, RunChain chain, Run.Leads leads, Map<Integer, Run.Reply> replies) {
        return leads.all().isEmpty() ? Known.NOTHING : new Comparison(as, chain, leads, replies).result();
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
        private final Map<Integer, Run.Reply> replies;

        Comparison(Run.Named as, RunChain chain, Run.Leads leads, Map<Integer, Run.Reply> replies) {
            this.as = as;
            this.chain = chain;
            this.names = leads;
            this.leads = leads.all().stream().toArray();
            this.replies = replies;
        }

        Known result() {
            int last = lastThere();
            if (last < 0) {
                return ledger.hasSession(as.session()) ? Known.FOREIGN : Known.NOTHING;
            }
            Optional<String> session =
                    ledger.origin(as.eventId(names.name(leads[last]))).map(Imported.Origin::session);
            return same(last) ? goesOn(leads[last], session) : differs(last, session);
        }

        /** The last of the leads whose event is there; -1 where none is. */
        private int lastThere() {
            if (there(leads.length - 1)) {
                return leads.length - 1;
            }
            if (!there(0)) {
                return ledger.hasSession(as.session()) ? oneOfTheFirst() : -1;
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

        private Known goesOn(int last, Optional<String> session) {
            Set<Integer> apart = new TreeSet<>();
            for (Map.Entry<Integer, Run.Reply> reply : later(last)) {
                switch (answer(reply.getKey(), reply.getValue())) {
                    case MISSING -> apart.add(reply.getKey());
                    case OTHER -> {
                        return new Known(true, reply.getKey(), Set.of(), session);
                    }
                    case SAME -> {}
                }
            }
            return new Known(true, -1, apart, session);
        }

        /** Answers behind record {@code last} to calls that are no later. */
        private List<Map.Entry<Integer, Run.Reply>> later(int last) {
            List<Map.Entry<Integer, Run.Reply>> later = new ArrayList<>();
            for (Map.Entry<Integer, Run.Reply> reply : replies.entrySet()) {
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
            String id = as.eventId(step);
            return ledger.marks(List.of(id)).get(id);
        }
    }
}
