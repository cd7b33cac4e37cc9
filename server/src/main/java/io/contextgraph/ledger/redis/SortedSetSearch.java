// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import io.contextgraph.event.EventQuery;
import io.contextgraph.event.EventType;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.TypeFilter;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.EventSearch;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import redis.clients.jedis.Response;

/**
 * Queries over sorted sets: walks the smallest set that holds every answer, drops what the other sets do not hold,
 * reads the documents of the rest and lets {@link EventQuery#matches} decide.
 *
 * <p><b>Guarantees.</b> Complete, or {@link Reason#INCOMPLETE} when the time allowed is over.
 */
final class SortedSetSearch implements EventSearch {
    /** Members in one step. */
    private static final int MAX_CHUNK = 1000;

    /** Sets up to this size are sorted by number here; larger ones are met often enough on the way through all. */
    private static final long SORT_HERE_UP_TO = 20_000;

    private final Redis redis;
    private final Keys keys;
    private final EventReader reader;
    private final Duration timeout;

    SortedSetSearch(Redis redis, Keys keys, EventReader reader, Duration timeout) {
        this.redis = redis;
        this.keys = keys;
        this.reader = reader;
        this.timeout = timeout;
    }

    /**
     * The sets to choose from.
     *
     * @param names one set, or those that only together hold every answer
     * @param size members within the query's time range
     */
    private record Candidate(List<String> names, long size) {}

    /** The answer so far, and the moment at which it must be done. */
    private final class Search {
        private final EventQuery query;
        private final Optional<EventQuery.Place> after;
        private final long asOfSeq;
        private final Position asOf;
        private final long deadline = System.nanoTime() + timeout.toNanos();

        Search(EventQuery query) {
            this.query = query;
            this.after = query.after();
            Head head =
                    after.map(place -> new Head(place.asOfSeq(), place.asOf())).orElseGet(reader::head);
            this.asOfSeq = head.seq();
            this.asOf = head.position();
        }

        EventPage page() {
            List<Candidate> candidates = candidates();
            Optional<Candidate> best = candidates.stream().min(Comparator.comparingLong(Candidate::size));
            if (asOfSeq == 0 || best.map(b -> b.size() == 0).orElse(false)) {
                return new EventPage(List.of(), Optional.empty(), asOf);
            }
            Walk walk = query.order().byTime() ? byTime(best) : byPosition(best);
            List<String> others = candidates.stream()
                    .filter(c -> c.names().size() == 1)
                    .filter(c ->
                            !query.order().byTime() || best.filter(c::equals).isEmpty())
                    .map(c -> c.names().getFirst())
                    .toList();
            List<RecordedEvent> found = collect(walk, others);
            if (found.size() <= query.limit()) {
                return new EventPage(found, Optional.empty(), asOf);
            }
            List<RecordedEvent> page = found.subList(0, query.limit());
            return new EventPage(page, Optional.of(query.cursorAfter(page.getLast(), asOfSeq, asOf)), asOf);
        }

        private List<RecordedEvent> collect(Walk walk, List<String> others) {
            List<RecordedEvent> found = new ArrayList<>();
            int chunk = Math.min(query.limit() + 1, MAX_CHUNK);
            while (found.size() <= query.limit()) {
                checkTime();
                List<Ref> refs = walk.next(chunk);
                if (refs.isEmpty()) {
                    return found;
                }
                List<Ref> known = refs.stream().filter(r -> r.seq() <= asOfSeq).toList();
                reader.events(inAll(known, others)).stream()
                        .filter(e -> query.matches(e.event()))
                        .forEach(found::add);
                chunk = Math.min(chunk * 2, MAX_CHUNK);
            }
            return found;
        }

        private void checkTime() {
            if (System.nanoTime() - deadline > 0) {
                throw new LedgerException(
                        Reason.INCOMPLETE,
                        "the query was not answered within " + timeout.toMillis() + " ms; narrow its filters or times");
            }
        }

        private Walk byTime(Optional<Candidate> best) {
            return new TimeWalk(redis, best.map(Candidate::names).orElse(List.of(keys.all())), range(true));
        }

        private TimeWalk.Range range(boolean fromPlace) {
            Ref seen = after.filter(place -> fromPlace)
                    .map(place -> new Ref(place.seq(), EventReader.NO_ID, place.timeMillis()))
                    .orElse(null);
            return new TimeWalk.Range(
                    query.order().byTime() && query.order().descending(),
                    query.from().map(SortedSetSearch::millis).orElse("-inf"),
                    query.to().map(SortedSetSearch::millis).orElse("+inf"),
                    seen);
        }

        private Walk byPosition(Optional<Candidate> best) {
            boolean descending = query.order().descending();
            long first = after.map(place -> descending ? place.seq() - 1 : place.seq() + 1)
                    .orElse(descending ? asOfSeq : 1);
            if (best.isEmpty() || best.get().size() > SORT_HERE_UP_TO) {
                return new SequenceWalk(reader, descending, first, descending ? 1 : asOfSeq);
            }
            TimeWalk whole = new TimeWalk(redis, best.get().names(), range(false));
            List<Ref> refs = new ArrayList<>();
            for (List<Ref> chunk = whole.next(MAX_CHUNK); !chunk.isEmpty(); chunk = whole.next(MAX_CHUNK)) {
                refs.addAll(chunk);
                checkTime();
            }
            Comparator<Ref> ascending = Comparator.comparingLong(Ref::seq);
            return Walk.over(refs.stream()
                    .filter(r -> descending ? r.seq() <= first : r.seq() >= first)
                    .sorted(descending ? ascending.reversed() : ascending)
                    .toList());
        }

        /** One for each filter that has sets, with its size within the time range. */
        private List<Candidate> candidates() {
            List<List<String>> sets = new ArrayList<>();
            for (IndexedField field : IndexedField.values()) {
                field.in(query).ifPresent(value -> sets.add(List.of(keys.by(field, value))));
            }
            query.type().filter(type -> type.exact().isEmpty()).ifPresent(type -> sets.add(setsBelow(type)));
            byte[] from = Keys.bytes(query.from().map(SortedSetSearch::millis).orElse("-inf"));
            byte[] to = Keys.bytes(query.to().map(t -> "(" + millis(t)).orElse("+inf"));
            return redis.pipelined(p -> {
                List<Supplier<Candidate>> sized = new ArrayList<>();
                for (List<String> names : sets) {
                    List<Response<Long>> sizes = names.stream()
                            .map(name -> p.zcount(Keys.bytes(name), from, to))
                            .toList();
                    sized.add(() -> new Candidate(
                            names, sizes.stream().mapToLong(Response::get).sum()));
                }
                return () -> sized.stream().map(Supplier::get).toList();
            });
        }

        private List<String> setsBelow(TypeFilter prefix) {
            Stream<String> known = redis.call(client -> client.smembers(keys.types())).stream();
            return known.filter(type -> prefix.matches(new EventType(type)))
                    .map(type -> keys.by(IndexedField.TYPE, type))
                    .toList();
        }
    }

    @Override
    public EventPage search(EventQuery query) {
        return new Search(query).page();
    }

    /** Those that every one of {@code sets} holds; spares reading the documents of the rest. */
    private List<Ref> inAll(List<Ref> refs, List<String> sets) {
        List<Ref> left = refs;
        for (String set : sets) {
            if (left.isEmpty()) {
                return left;
            }
            List<Ref> asked = left;
            byte[][] members = asked.stream().map(Ref::member).toArray(byte[][]::new);
            List<Double> scores = redis.call(client -> client.zmscore(Keys.bytes(set), members));
            List<Ref> held = new ArrayList<>();
            for (int i = 0; i < asked.size(); i++) {
                if (scores.get(i) != null) {
                    held.add(asked.get(i));
                }
            }
            left = held;
        }
        return left;
    }

    private static String millis(Instant time) {
        return Long.toString(time.toEpochMilli());
    }
}
