// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.search;

import io.contextgraph.event.EventQuery;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.redis.client.IndexedField;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.LedgerHeader;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.Ref;
import io.contextgraph.ledger.redis.client.SessionEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;

/**
 * Queries over sorted sets: walks the smallest set that holds every answer, drops what the other sets do not hold,
 * reads the documents of the rest and lets {@link EventQuery#matches} decide.
 *
 * <p><b>Guarantees.</b> Complete, or {@code INCOMPLETE} when the time allowed is over.
 */
public final class SortedSetSearch implements IndexedSearch {
    /** Sets up to this size are sorted by number here; larger ones are met often enough on the way through all. */
    private static final long SORT_HERE_UP_TO = 20_000;

    private static final Pattern COUNT = Pattern.compile("\\d{1,16}");

    private final Redis redis;
    private final Keys keys;
    private final EventReader reader;
    private final Duration timeout;

    public SortedSetSearch(Redis redis, Keys keys, EventReader reader, Duration timeout) {
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

    @Override
    public EventPage search(EventQuery query) {
        return QueryRun.settled(query, reader, timeout, run -> {
            EventPage page = page(run);
            run.sawUnindexed(reader.extent().unindexed());
            return run.page(page);
        });
    }

    private EventPage page(QueryRun run) {
        EventQuery query = run.query();
        requireComplete(query);
        List<Candidate> candidates = candidates(query);
        Optional<Candidate> best = candidates.stream().min(Comparator.comparingLong(Candidate::size));
        Walk walk = run.withUnindexed(query.order().byTime() ? byTime(run, best) : byPosition(run, best), redis, keys);
        // A walk by time goes through the best candidate itself; one by position may go through everything.
        List<String> others = candidates.stream()
                .filter(c -> c.names().size() == 1)
                .filter(c -> !query.order().byTime() || best.filter(c::equals).isEmpty())
                .map(c -> c.names().getFirst())
                .toList();
        return run.page(walk, refs -> inAll(query, refs, others));
    }

    @Override
    public void requireComplete() {
        requireComplete(EventQuery.builder().order(EventQuery.Order.TIME_ASC).build());
    }

    /**
     * Whether the sets whose size the ledger knows have lost nothing: that of all events, and that of a session.
     *
     * @throws LedgerException {@code INCOMPLETE} when one has
     */
    private void requireComplete(EventQuery query) {
        Optional<String> set = query.sessionId()
                .map(session -> keys.by(IndexedField.SESSION, session.value()))
                .or(() -> Optional.of(keys.all()).filter(all -> query.order().byTime()));
        if (set.isEmpty()) {
            return;
        }
        boolean ignored = redis.pipelined(p -> {
            // Before the set, which grows; what leaves it stands elsewhere before and after.
            Supplier<Long> counted =
                    query.sessionId().map(session -> queueCount(p, session)).orElseGet(() -> queueSeq(p));
            Supplier<Long> before = queueUnindexed(p, query);
            Response<Long> indexed = p.zcount(set.get(), "-inf", "+inf");
            Supplier<Long> after = queueUnindexed(p, query);
            return () -> {
                long expected = counted.get() - Math.max(before.get(), after.get());
                if (indexed.get() < expected) {
                    throw LedgerException.telling(
                            Reason.INCOMPLETE,
                            "the index " + set.get() + " has " + indexed.get() + " of " + expected + " events");
                }
                return true;
            };
        });
    }

    /** How many events are not in the set any more, or perhaps not: of a session those that are gone may count twice. */
    private Supplier<Long> queueUnindexed(Pipeline pipeline, EventQuery query) {
        if (query.sessionId().isPresent()) {
            SessionId session = query.sessionId().get();
            Response<Long> length = pipeline.strlen(Keys.bytes(keys.cold(session)));
            Response<Map<String, String>> entry = pipeline.hgetAll(keys.session(session));
            return () -> ColdLayout.count(length.get())
                    + LedgerHeader.count(entry.get().get(SessionEntry.PRUNED));
        }
        Response<List<String>> head = EventReader.queueHead(pipeline, keys);
        return () -> EventReader.unindexed(head.get()).seq() + EventReader.gone(head.get());
    }

    private Supplier<Long> queueSeq(Pipeline pipeline) {
        Response<List<String>> head = EventReader.queueHead(pipeline, keys);
        return () -> EventReader.head(head.get()).seq();
    }

    /** How many events a session has; 0 where its entry is missing or damaged, which is not for a query to judge. */
    private Supplier<Long> queueCount(Pipeline pipeline, SessionId session) {
        Response<Map<String, String>> entry = pipeline.hgetAll(keys.session(session));
        return () -> {
            String count = entry.get().getOrDefault("count", "");
            return COUNT.matcher(count).matches() ? Long.parseLong(count) : 0;
        };
    }

    private Walk byTime(QueryRun run, Optional<Candidate> best) {
        List<String> sets = best.map(Candidate::names).orElse(List.of(keys.all()));
        return new TimeWalk(redis, sets, range(run.query(), run.lastSeen()));
    }

    private Walk byPosition(QueryRun run, Optional<Candidate> best) {
        boolean descending = run.query().order().descending();
        long first = run.firstSeq();
        if (best.isEmpty() || best.get().size() > SORT_HERE_UP_TO) {
            return run.sequence();
        }
        TimeWalk whole = new TimeWalk(redis, best.get().names(), range(run.query(), Optional.empty()));
        List<Ref> refs = new ArrayList<>();
        for (List<Ref> chunk = whole.next(QueryRun.MAX_CHUNK);
                !chunk.isEmpty();
                chunk = whole.next(QueryRun.MAX_CHUNK)) {
            refs.addAll(chunk);
            run.checkTime();
        }
        Comparator<Ref> ascending = Comparator.comparingLong(Ref::seq);
        return Walk.over(refs.stream()
                .filter(r -> descending ? r.seq() <= first : r.seq() >= first)
                .sorted(descending ? ascending.reversed() : ascending)
                .toList());
    }

    private static TimeWalk.Range range(EventQuery query, Optional<Ref> lastSeen) {
        return new TimeWalk.Range(
                query.order().byTime() && query.order().descending(),
                query.from().map(SortedSetSearch::millis).orElse("-inf"),
                query.to().map(SortedSetSearch::millis).orElse("+inf"),
                lastSeen.orElse(null));
    }

    /** One for each filter that has sets, with its size within the time range. */
    private List<Candidate> candidates(EventQuery query) {
        List<List<String>> sets = new ArrayList<>();
        for (IndexedField field : IndexedField.values()) {
            field.in(query).ifPresent(value -> sets.add(List.of(keys.by(field, value))));
        }
        query.type()
                .filter(type -> type.exact().isEmpty())
                .ifPresent(prefix -> sets.add(reader.typesBelow(prefix).stream()
                        .map(type -> keys.by(IndexedField.TYPE, type))
                        .toList()));
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

    /**
     * Those that every one of {@code sets} holds, and those of a session that no set has any more; spares reading the documents
     * of the rest.
     */
    private List<Ref> inAll(EventQuery query, List<Ref> refs, List<String> sets) {
        List<Ref> left = refs;
        for (String set : sets) {
            if (left.isEmpty()) {
                return left;
            }
            List<Ref> asked = left;
            byte[][] members = asked.stream().map(Ref::member).toArray(byte[][]::new);
            left = redis.pipelined(p -> {
                Response<List<String>> before = reader.queueHead(p);
                Response<List<Double>> scores = p.zmscore(Keys.bytes(set), members);
                Response<List<String>> after = reader.queueHead(p);
                return () -> {
                    // What leaves the set meanwhile is counted after it, what comes back before it.
                    long unindexed = query.sessionId().isPresent()
                            ? Math.max(
                                    EventReader.unindexed(before.get()).seq(),
                                    EventReader.unindexed(after.get()).seq())
                            : 0;
                    List<Ref> held = new ArrayList<>();
                    for (int i = 0; i < asked.size(); i++) {
                        if (scores.get().get(i) != null || asked.get(i).seq() <= unindexed) {
                            held.add(asked.get(i));
                        }
                    }
                    return held;
                };
            });
        }
        return left;
    }

    private static String millis(Instant time) {
        return Long.toString(time.toEpochMilli());
    }
}
