// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.search;

import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.RedisErrors;
import io.contextgraph.ledger.redis.client.Ref;
import io.contextgraph.ledger.redis.client.Replies;
import io.contextgraph.ledger.redis.client.Script;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Response;
import redis.clients.jedis.search.SearchProtocol.SearchCommand;

/**
 * Queries over the search index: it finds and sorts by time and number together, so that ties of time have an order;
 * the documents of a page decide by {@link EventQuery#matches}.
 *
 * <p><b>Guarantees.</b> Complete, or {@code INCOMPLETE}: a result that Redis cut short, or an index that is missing, is
 * being filled or has fewer events than the ledger, is an error. Names travel as parameters, never as part of the query's text.
 *
 * <p><b>Source.</b> {@code FT.AGGREGATE}, dialect 2, because {@code FT.SEARCH} sorts by one field only.
 */
public final class IndexSearch implements IndexedSearch {
    private static final Script FAR = new Script("far.lua");
    private static final String TIME = EventFields.OCCURRED_AT_EPOCH_MS;
    private static final String SEQ = EventFields.SEQ;

    private final Redis redis;
    private final Keys keys;
    private final EventReader reader;
    private final SearchIndex index;
    private final Duration timeout;
    private final Runnable mend;

    /** @param mend makes the index again that somebody has dropped; who searches may not */
    public IndexSearch(Redis redis, Keys keys, EventReader reader, SearchIndex index, Duration timeout, Runnable mend) {
        this.redis = redis;
        this.keys = keys;
        this.reader = reader;
        this.index = index;
        this.timeout = timeout;
        this.mend = mend;
    }

    @Override
    public EventPage search(EventQuery query) {
        return QueryRun.settled(query, reader, timeout, this::page);
    }

    private EventPage page(QueryRun run) {
        EventQuery query = run.query();
        IndexExpression filters = filters(query);
        if (filters.isNeverTrue()) {
            return run.nothing();
        }
        Walk walk = filters.isEmpty() && !query.order().byTime()
                ? run.sequence()
                : run.withUnindexed(new IndexWalk(run, filters), redis, keys);
        return mending(() -> run.page(walk, UnaryOperator.identity()));
    }

    @Override
    public void requireComplete() {
        boolean ignored = mending(() -> {
            index.requireComplete();
            return true;
        });
    }

    private <T> T mending(Supplier<T> work) {
        try {
            return work.get();
        } catch (LedgerException failed) {
            if (RedisErrors.isIndexMissing(failed)) {
                mend.run();
            }
            throw failed;
        }
    }

    private IndexExpression filters(EventQuery query) {
        IndexExpression filters = new IndexExpression();
        filters.name(EventFields.SESSION_ID, query.sessionId().map(SessionId::value));
        filters.name(EventFields.AGENT_ID, query.agentId());
        filters.name(EventFields.TRACE_ID, query.traceId());
        filters.name(EventFields.TOOL_NAME, query.toolName());
        filters.oneOf(
                EventFields.STATUS, query.status().map(EventStatus::wireName).map(List::of));
        filters.oneOf(
                EventCodec.PARENT_ID_TAIL,
                query.parentId().map(EventCodec::tail).map(List::of));
        // Not by a prefix search: Redis stops silently after some number of expansions.
        filters.oneOf(
                EventFields.EVENT_TYPE,
                query.type()
                        .map(type -> type.exact()
                                .map(exact -> List.of(exact.value()))
                                .orElseGet(() -> reader.typesBelow(type))));
        // In the order of time the walk itself begins and ends there.
        if (!query.order().byTime() && (query.from().isPresent() || query.to().isPresent())) {
            filters.range(TIME, from(query), to(query));
        }
        if (query.minImportance().isPresent() && query.minImportance().getAsInt() > 0) {
            filters.range(
                    EventFields.IMPORTANCE_HINT,
                    Integer.toString(query.minImportance().getAsInt()),
                    "+inf");
        }
        return filters;
    }

    private static String from(EventQuery query) {
        return query.from().map(time -> Long.toString(time.toEpochMilli())).orElse("-inf");
    }

    private static String to(EventQuery query) {
        return query.to().map(time -> "(" + time.toEpochMilli()).orElse("+inf");
    }

    /**
     * Steps through the index in the order of a query.
     *
     * <p>Redis collects all that matches before it answers, however little of it is wanted: a page would cost as much
     * as the ledger is large. Each step therefore first asks where it will end, which Redis finds out from the part
     * of the index where the step begins, and then for what lies before that end.
     *
     * <p><b>Guarantees.</b> The end is a hint: whatever it is, every event is met once and in order.
     */
    private final class IndexWalk implements Walk {
        private final QueryRun run;
        private final IndexExpression filters;
        private final boolean byTime;
        private final boolean descending;
        private @Nullable Place place;
        private boolean ended;

        IndexWalk(QueryRun run, IndexExpression filters) {
            this.run = run;
            this.filters = filters;
            this.byTime = run.query().order().byTime();
            this.descending = run.query().order().descending();
            this.place = run.lastSeen().map(this::at).orElse(null);
        }

        private Place at(Ref last) {
            return byTime
                    ? new Place(last.timeMillis(), OptionalLong.of(last.seq()))
                    : new Place(last.seq(), OptionalLong.empty());
        }

        @Override
        public List<Ref> next(int max) {
            List<Ref> refs = new ArrayList<>();
            while (refs.size() < max && !ended) {
                int wanted = max - refs.size();
                OptionalLong end = end(wanted);
                List<Ref> found = found(end, wanted);
                refs.addAll(found);
                if (found.size() == wanted) {
                    place = at(found.getLast());
                } else if (end.isPresent()) {
                    place = new Place(end.getAsLong(), OptionalLong.empty());
                    run.checkTime();
                } else {
                    ended = true;
                }
            }
            return refs;
        }

        /** About where the event stands that is {@code wanted} steps ahead; empty where there are not so many. */
        private OptionalLong end(int wanted) {
            List<String> arguments = new ArrayList<>();
            arguments.addAll(List.of(keys.index(), filters.text() + range(fromHere(), far())));
            arguments.addAll(parameters());
            arguments.addAll(List.of("SORTBY", field(), direction(), "LIMIT", Integer.toString(wanted - 1), "1"));
            arguments.addAll(List.of("NOCONTENT", "WITHSORTKEYS", "TIMEOUT", millis()));
            Object reply = redis.run(FAR, List.of(), EventCodec.arguments(arguments.toArray(String[]::new)));
            String key = Replies.text(reply);
            if (!key.startsWith("#")) {
                return OptionalLong.empty();
            }
            long end = (long) Double.parseDouble(key.substring(1));
            return isAhead(end) ? OptionalLong.of(end) : OptionalLong.empty();
        }

        private boolean isAhead(long end) {
            Place seen = place;
            if (seen == null) {
                return true;
            }
            int beyond = descending ? Long.compare(seen.key(), end) : Long.compare(end, seen.key());
            return beyond > 0 || (beyond == 0 && seen.seq().isPresent());
        }

        private List<Ref> found(OptionalLong end, int wanted) {
            String far = end.isPresent() ? Long.toString(end.getAsLong()) : far();
            List<String> arguments = new ArrayList<>();
            arguments.addAll(List.of(keys.index(), filters.text() + ahead(far)));
            arguments.addAll(parameters());
            arguments.addAll(
                    byTime
                            ? List.of("SORTBY", "4", "@" + TIME, direction(), "@" + SEQ, direction())
                            : List.of("SORTBY", "2", "@" + SEQ, direction()));
            String count = Integer.toString(wanted);
            arguments.addAll(List.of("MAX", count, "LOAD", "3", "@__key", "@" + TIME, "@" + SEQ, "LIMIT", "0", count));
            arguments.addAll(List.of("TIMEOUT", millis(), "DIALECT", "2"));
            return redis.pipelined(p -> {
                SearchIndex.Completeness complete = index.queueComplete(p);
                Response<Object> found = p.sendCommand(SearchCommand.AGGREGATE, EventCodec.keys(arguments));
                Response<List<String>> after = reader.queueHead(p);
                return () -> {
                    run.sawUnindexed(complete.require(after.get()));
                    return refs(Replies.map(found.get()));
                };
            });
        }

        /** What lies between here and {@code far}: later, or at the same time with a later number. */
        private String ahead(String far) {
            Place seen = place;
            if (seen == null || seen.seq().isEmpty()) {
                return range(fromHere(), far);
            }
            String seq = "(" + seen.seq().getAsLong();
            String tied = descending ? "[-inf " + seq + "]" : "[" + seq + " +inf]";
            return "((%s) | (@%s:[%d %d] @%s:%s))"
                    .formatted(range("(" + seen.key(), far), TIME, seen.key(), seen.key(), SEQ, tied);
        }

        /** The nearest key that may still hold something. */
        private String fromHere() {
            Place seen = place;
            if (seen != null) {
                return (seen.seq().isPresent() ? "" : "(") + seen.key();
            }
            return descending ? highest() : lowest();
        }

        private String far() {
            return descending ? lowest() : highest();
        }

        private String lowest() {
            return byTime ? IndexSearch.from(run.query()) : "-inf";
        }

        private String highest() {
            return byTime ? IndexSearch.to(run.query()) : Long.toString(run.asOfSeq());
        }

        private String range(String near, String far) {
            return "@%s:[%s]".formatted(field(), descending ? far + " " + near : near + " " + far);
        }

        private String field() {
            return byTime ? TIME : SEQ;
        }

        private String direction() {
            return descending ? "DESC" : "ASC";
        }

        private String millis() {
            return Long.toString(timeout.toMillis());
        }

        private List<String> parameters() {
            List<String> arguments = new ArrayList<>();
            if (!filters.parameters().isEmpty()) {
                arguments.addAll(
                        List.of("PARAMS", Integer.toString(filters.parameters().size())));
                arguments.addAll(filters.parameters());
            }
            return arguments;
        }

        private List<Ref> refs(Map<String, Object> found) {
            Object warnings = found.get("warning");
            if (warnings instanceof List<?> list && !list.isEmpty()) {
                throw run.incomplete();
            }
            List<Ref> refs = new ArrayList<>();
            for (Object result : (List<?>) found.getOrDefault("results", List.of())) {
                var fields = Replies.map(Replies.map(result).getOrDefault("extra_attributes", List.of()));
                String key = Replies.text(fields.getOrDefault("__key", ""));
                refs.add(new Ref(
                        (long) SearchIndex.number(fields, SEQ),
                        EventId.of(key.substring(keys.documents().length())),
                        (long) SearchIndex.number(fields, TIME)));
            }
            return refs;
        }
    }

    /**
     * Where a walk is.
     *
     * @param key all that comes before it in the order has been met
     * @param seq of those at the key itself, the last that has been met; empty where all have
     */
    private record Place(long key, OptionalLong seq) {}
}
