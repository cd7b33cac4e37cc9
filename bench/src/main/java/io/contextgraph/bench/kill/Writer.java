// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.kill;

import io.contextgraph.bench.kill.Client.Answer;
import io.contextgraph.bench.kill.Client.Way;
import io.contextgraph.bench.kill.Findings.Kind;
import io.contextgraph.bench.kill.History.Track;
import io.contextgraph.event.Event;
import io.contextgraph.ledger.Durability;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Writes one request after the other: new events, some of its old ones again, some others under ids that are taken;
 * and repeats what was not answered until it is.
 */
final class Writer extends Act {
    /** In which nobody takes his time. */
    static final List<Way> QUICK = List.of(Way.SINGLE, Way.BATCH, Way.LINES);

    private static final int BACK_OFF_MILLIS = 400;
    private static final int MAX_PAUSE_MILLIS = 120;

    /** Why an event goes out. */
    private enum Wish {
        NEW,
        AGAIN,
        CONFLICT
    }

    private record Item(long number, Wish wish) {}

    private final Client client;
    private final List<Way> ways;
    private final Story story;
    private final History history;
    private final Totals totals;
    private final Findings findings;
    private final ForeignEntries foreign;
    private final SplittableRandom random;
    private final List<Track> done = new ArrayList<>();
    private long next;

    /**
     * A writer that has sent nothing.
     *
     * @param ways in which it appends
     * @param foreign what may be in the way of an event
     */
    Writer(
            int number,
            Client client,
            List<Way> ways,
            Story story,
            History history,
            Totals totals,
            Findings findings,
            ForeignEntries foreign) {
        this.ways = List.copyOf(ways);
        this.foreign = foreign;
        this.client = client;
        this.story = story;
        this.history = history;
        this.totals = totals;
        this.findings = findings;
        this.random = new SplittableRandom(story.seed() + number);
        this.next = number * Story.PER_WRITER;
    }

    @Override
    public void run() {
        try {
            while (!isStopped()) {
                request();
                Thread.sleep(random.nextInt(MAX_PAUSE_MILLIS));
            }
        } catch (InterruptedException giveUp) {
            Thread.currentThread().interrupt();
        }
    }

    private void request() throws InterruptedException {
        Way way = ways.get(random.nextInt(ways.size()));
        int size = switch (way) {
            case SINGLE -> 1;
            case BATCH -> 1 + random.nextInt(60);
            case LINES, SLOW_LINES -> 1 + random.nextInt(120);
        };
        Durability level = random.nextInt(10) < 6 ? Durability.MEMORY : Durability.FSYNC;
        List<Item> items = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            items.add(item());
        }
        history.sentTogether(items.stream()
                .filter(item -> item.wish() == Wish.NEW)
                .map(Item::number)
                .toList());
        deliver(way, items, level);
    }

    private Item item() {
        int chance = random.nextInt(100);
        if (chance < 12 && !done.isEmpty()) {
            Track old = done.get(random.nextInt(done.size()));
            // What is only in memory may be lost, and its id with it: then another event may take it.
            boolean conflict = chance < 4 && old.acknowledgedAt(Durability.FSYNC);
            return new Item(old.number, conflict ? Wish.CONFLICT : Wish.AGAIN);
        }
        return new Item(next++, Wish.NEW);
    }

    private void deliver(Way way, List<Item> items, Durability level) throws InterruptedException {
        List<Item> open = items;
        boolean first = true;
        while (!open.isEmpty()) {
            if (!first) {
                totals.repeated(open.size());
                Thread.sleep(random.nextInt(BACK_OFF_MILLIS));
            }
            first = false;
            List<Event> events = open.stream().map(this::event).toList();
            long sent = System.nanoTime();
            List<Track> tracks =
                    open.stream().map(item -> history.sent(item.number(), sent)).toList();
            List<Answer> answers = client.append(way, events, level);
            List<Item> unanswered = new ArrayList<>();
            for (int i = 0; i < answers.size(); i++) {
                if (isObstructed(events.get(i), answers.get(i), sent)
                        || !settle(open.get(i), events.get(i), tracks.get(i), answers.get(i))) {
                    unanswered.add(open.get(i));
                    if (foreign.mayHaveRefused(events.get(i).sessionId(), sent)) {
                        tracks.get(i).refuse();
                    }
                }
            }
            open = unanswered;
        }
    }

    private Event event(Item item) {
        return item.wish() == Wish.CONFLICT ? story.conflicting(item.number()) : story.event(item.number());
    }

    /** Whether the event was refused because somebody else's entry stands in its stream, which is to be tried again. */
    private boolean isObstructed(Event event, Answer answer, long sentNanos) {
        boolean obstructed = answer instanceof Answer.Refused refused
                && foreign.explains(refused.text(), event.sessionId(), sentNanos);
        if (obstructed) {
            totals.obstructed.incrementAndGet();
        }
        return obstructed;
    }

    /** Whether the answer says what became of the event. */
    private boolean settle(Item item, Event event, Track track, Answer answer) {
        return switch (answer) {
            case Answer.Unknown unknown -> false;
            case Answer.Taken taken -> {
                if (item.wish() == Wish.CONFLICT) {
                    findings.add(Kind.FOREIGN, "another event was taken under the id of event " + item.number());
                } else {
                    track.add(taken.ack());
                    totals.acknowledged(taken.ack().durability(), taken.duplicate());
                    if (taken.ack().durability().covers(Durability.FSYNC)) {
                        history.synced(event.sessionId(), event.id());
                    }
                    if (item.wish() == Wish.NEW) {
                        done.add(track);
                    }
                }
                yield true;
            }
            case Answer.Conflict conflict -> {
                String stored = story.hash(item.number()).hex();
                if (item.wish() == Wish.CONFLICT && conflict.text().contains(stored)) {
                    totals.conflict();
                } else {
                    findings.add(Kind.ALTERED, "event " + item.number() + ": " + conflict.text());
                }
                yield true;
            }
            case Answer.Refused refused -> {
                findings.add(Kind.UNEXPECTED_ANSWER, refused.text());
                yield true;
            }
        };
    }
}
