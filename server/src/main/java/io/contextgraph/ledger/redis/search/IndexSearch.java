// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.search;

import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.RedisErrors;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

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
    private static final String TIME = EventFields.OCCURRED_AT_EPOCH_MS;

    private final Redis redis;
    private final Keys keys;
    private final EventReader reader;
    private final SearchIndex index;
    private final TimeSpread spread;
    private final Duration timeout;
    private final BooleanSupplier mend;
    private volatile long moves;

    /** @param mend as {@link SearchIndex#mend}; who searches may not */
    public IndexSearch(
            Redis redis, Keys keys, EventReader reader, SearchIndex index, Duration timeout, BooleanSupplier mend) {
        this.redis = redis;
        this.keys = keys;
        this.reader = reader;
        this.index = index;
        this.spread = new TimeSpread(reader);
        this.timeout = timeout;
        this.mend = mend;
        this.moves = redis.moves();
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
        Optional<EventPage> small = query.sessionId()
                .flatMap(id -> new SmallSession(redis, keys, reader)
                        .events(id, run.session().count()))
                .map(run::page);
        return small.orElseGet(() -> pageOfIndex(run, filters));
    }

    private EventPage pageOfIndex(QueryRun run, IndexExpression filters) {
        IndexWalk.Tools tools = new IndexWalk.Tools(redis, keys, reader, index, spread, timeout);
        Walk walk = filters.isEmpty() && !run.query().order().byTime()
                ? run.sequence()
                : run.withUnindexed(new IndexWalk(tools, run, filters), redis, keys);
        return mending(() -> run.page(walk, UnaryOperator.identity()));
    }

    @Override
    public void requireComplete() {
        boolean ignored = mending(() -> {
            index.requireComplete();
            return true;
        });
    }

    /**
     * A node of a cluster has an index of its own: where it has taken the ledger over it may have none, or one that is left from when
     * it had the ledger before. So nobody is answered by it before it was mended there.
     */
    private <T> T mending(Supplier<T> work) {
        long here = redis.moves();
        if (here != moves) {
            if (!mend.getAsBoolean()) {
                throw moved();
            }
            moves = here;
        }
        try {
            T found = work.get();
            if (redis.moves() == here) {
                return found;
            }
        } catch (LedgerException failed) {
            if (RedisErrors.isIndexMissing(failed)) {
                boolean ignored = mend.getAsBoolean();
            }
            throw failed;
        }
        throw moved();
    }

    private static LedgerException moved() {
        return new LedgerException(
                Reason.INCOMPLETE, "the ledger has gone to another node, which may have had no index of today");
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

    static String from(EventQuery query) {
        return query.from().map(time -> Long.toString(time.toEpochMilli())).orElse("-inf");
    }

    static String to(EventQuery query) {
        return query.to().map(time -> "(" + time.toEpochMilli()).orElse("+inf");
    }
}
