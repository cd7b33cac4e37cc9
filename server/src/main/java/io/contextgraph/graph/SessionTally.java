// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * Adds up what the events of one session must be in the graph, without keeping them; what it has so far can be written down
 * and gone on with, so that the sum still holds the events when they are gone from the ledger.
 *
 * <p>Whom an event follows depends on the order of time, in which events need not come: the last {@value #WINDOW} are kept and
 * put into order. One that is later than that leaves the FOLLOWS edges unknown; everything else stays known.
 *
 * <p>The tally of what is gone says, too, what of it the graph has {@linkplain Forgetting forgotten}: that is in none of the sums.
 *
 * <p><b>Shape.</b> As text: where anything is forgotten, {@value #FORGETTING}, both numbers of {@link Forgetting} and how many
 * events; then a version, then numbers to the base of 36 between blanks: events, and the sums of {@link SessionDigest}
 * without FOLLOWS; then {@code ?} where the order is unknown, else the sum of the FOLLOWS edges, {@code -} or the last event
 * before the window, and the window, each event as {@code millis,seq,key}, the first two as the distance from the event before.
 *
 * <p><b>Units and bounds.</b> About 60 characters, and 15 for each of up to {@value #WINDOW} events.
 *
 * <p><b>Threads.</b> For one thread.
 */
public final class SessionTally {
    /** How many events a late one may come after those that it precedes. */
    public static final int WINDOW = 16;

    private static final String VERSION = "1";

    /** Before the rest: what the graph has forgotten. */
    private static final String FORGETTING = "2";

    private static final int BASE = 36;
    private static final String UNKNOWN = "?";
    private static final String NONE = "-";

    /** An event's place in its session. */
    private record Link(long millis, long seq, long key) {
        private static final Link ORIGIN = new Link(0, 0, 0);

        boolean isBefore(Link other) {
            return millis < other.millis || (millis == other.millis && seq < other.seq);
        }

        String from(Link before) {
            return text(millis - before.millis) + "," + text(seq - before.seq) + "," + text(key);
        }

        Link behind(Link before) {
            return new Link(before.millis + millis, before.seq + seq, key);
        }
    }

    private final List<Link> window = new ArrayList<>(1);
    private long events;
    private long nodes;

    /** All edges but FOLLOWS, and the sum of their digests. */
    private long edges;

    private long links;

    /** The sum of the digests of the FOLLOWS edges up to {@link #last}. */
    private long follows;

    private @Nullable Link last;
    private boolean ordered = true;
    private Forgetting forgetting = Forgetting.NONE;
    private long forgotten;

    public SessionTally() {}

    private SessionTally(Forgetting forgetting, long forgotten) {
        this.forgetting = forgetting;
        this.forgotten = forgotten;
    }

    /** One of events that are gone, of which so many are forgotten. */
    public static SessionTally forgetting(Forgetting forgetting, long events) {
        return new SessionTally(forgetting, events);
    }

    /**
     * Goes on where another one has ended.
     *
     * @throws IllegalArgumentException when the text is none that {@link #toString} has written
     */
    public static SessionTally of(String text) {
        String[] all = text.split(" ", -1);
        boolean forgets = all[0].equals(FORGETTING) && all.length > 4;
        String[] parts = forgets ? Arrays.copyOfRange(all, 4, all.length) : all;
        if (!parts[0].equals(VERSION)) {
            throw new IllegalArgumentException("a tally must be of version " + VERSION + ": " + text);
        }
        try {
            SessionTally tally = forgets
                    ? forgetting(new Forgetting(number(all[1]), number(all[2])), number(all[3]))
                    : new SessionTally();
            tally.events = number(parts[1]);
            tally.nodes = number(parts[2]);
            tally.edges = number(parts[3]);
            tally.links = number(parts[4]);
            tally.ordered = !parts[5].equals(UNKNOWN);
            if (tally.ordered) {
                tally.follows = number(parts[5]);
                tally.readOrder(parts);
            }
            if (!tally.toString().equals(text)) {
                throw new IllegalArgumentException("not as it is written");
            }
            return tally;
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException damaged) {
            throw new IllegalArgumentException("a tally must be whole: " + text, damaged);
        }
    }

    private void readOrder(String[] parts) {
        Link before = Link.ORIGIN;
        if (!parts[6].equals(NONE)) {
            before = link(parts[6]).behind(before);
            last = before;
        }
        for (int i = 7; i < parts.length; i++) {
            before = link(parts[i]).behind(before);
            window.add(before);
        }
    }

    private static Link link(String text) {
        String[] numbers = text.split(",", -1);
        return new Link(number(numbers[0]), number(numbers[1]), number(numbers[2]));
    }

    private static long number(String text) {
        return Long.parseLong(text, BASE);
    }

    private static String text(long number) {
        return Long.toString(number, BASE);
    }

    /** As {@link #of}; empty where the text is damaged. */
    public static Optional<SessionTally> known(String text) {
        try {
            return Optional.of(of(text));
        } catch (IllegalArgumentException damaged) {
            return Optional.empty();
        }
    }

    /** What of those that are gone the graph has forgotten. */
    public Forgetting forgetting() {
        return forgetting;
    }

    /** How many that is. */
    public long forgotten() {
        return forgotten;
    }

    /** Adds an event that goes from the ledger: the graph may have forgotten one like that. */
    public void leaves(RecordedEvent event) {
        if (forgetting.covers(event)) {
            forgotten++;
        } else {
            add(event);
        }
    }

    /** Adds an event that the graph has. */
    public void add(RecordedEvent event) {
        count(event);
        if (!ordered) {
            return;
        }
        Link link = link(event);
        int at = window.size();
        while (at > 0 && link.isBefore(window.get(at - 1))) {
            at--;
        }
        window.add(at, link);
        if (window.size() > WINDOW) {
            Link first = window.removeFirst();
            if (last != null) {
                if (first.isBefore(last)) {
                    forgetOrder();
                    return;
                }
                follows += follow(first, last);
            }
            last = first;
        }
    }

    private void forgetOrder() {
        ordered = false;
        window.clear();
        last = null;
        follows = 0;
    }

    /** Takes an event out that has {@linkplain #leaves gone}, and is back; what follows what among those that are left is not known from then on. */
    public void remove(RecordedEvent event) {
        if (forgetting.covers(event)) {
            forgotten--;
            return;
        }
        SessionTally one = new SessionTally();
        one.count(event);
        events -= one.events;
        nodes -= one.nodes;
        edges -= one.edges;
        links -= one.links;
        forgetOrder();
    }

    private void count(RecordedEvent event) {
        for (GraphChange change : Projection.project(event)) {
            switch (change) {
                case GraphChange.PutEvent put -> {
                    events++;
                    nodes += EventProperties.digest(put.event());
                }
                case GraphChange.Cause cause ->
                    count(cause.child().toString(), cause.parent().toString(), GraphEdge.CAUSED_BY);
                case GraphChange.Reference reference ->
                    count(reference.event().toString(), reference.entity().toString(), GraphEdge.REFERENCES);
                case GraphChange.Summarize ignored -> {}
            }
        }
    }

    private void count(String source, String target, String type) {
        edges++;
        links += Digest.edge(Digest.key(source), Digest.key(target), type);
    }

    private static Link link(RecordedEvent event) {
        return new Link(
                event.event().occurredAt().toEpochMilli(),
                event.seq(),
                Digest.key(event.event().id().toString()));
    }

    private static long follow(Link later, Link earlier) {
        return Digest.edge(later.key(), earlier.key(), GraphEdge.FOLLOWS);
    }

    /** How many events. */
    public long events() {
        return events;
    }

    /** Whether both have the same events, as far as sums tell, whatever the order in which they came. */
    public boolean sameEvents(SessionTally other) {
        return events == other.events && nodes == other.nodes && edges == other.edges && links == other.links;
    }

    /** What they add up to; empty when the order of time is unknown. */
    public Optional<SessionDigest> digest(SessionId session) {
        if (!ordered) {
            return Optional.empty();
        }
        long sum = follows;
        Link before = last;
        for (Link link : window) {
            sum += before == null ? 0 : follow(link, before);
            before = link;
        }
        return Optional.of(new SessionDigest(session, events, nodes, edges + Math.max(0, events - 1), links + sum));
    }

    /** Short text from which {@link #of} goes on. */
    @Override
    public String toString() {
        StringJoiner text = new StringJoiner(" ");
        if (forgotten > 0 || !forgetting.equals(Forgetting.NONE)) {
            text.add(FORGETTING)
                    .add(text(forgetting.allThrough()))
                    .add(text(forgetting.plainThrough()))
                    .add(text(forgotten));
        }
        text.add(VERSION).add(text(events)).add(text(nodes)).add(text(edges)).add(text(links));
        if (!ordered) {
            return text.add(UNKNOWN).toString();
        }
        text.add(text(follows));
        Link before = last;
        text.add(before == null ? NONE : before.from(Link.ORIGIN));
        for (Link link : window) {
            text.add(link.from(before == null ? Link.ORIGIN : before));
            before = link;
        }
        return text.toString();
    }
}
