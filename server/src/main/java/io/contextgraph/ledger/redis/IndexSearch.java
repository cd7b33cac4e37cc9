// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import io.contextgraph.event.EventId;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.EventStatus;
import io.contextgraph.event.Ids;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.EventSearch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Response;
import redis.clients.jedis.search.SearchProtocol.SearchCommand;

/**
 * Queries over the search index: it finds and sorts by time and number together, so that ties of time have an order;
 * the documents of a page decide by {@link EventQuery#matches}.
 *
 * <p><b>Guarantees.</b> Complete, or {@code INCOMPLETE}: a result that Redis cut short, or an index that is being
 * filled, is an error. Names travel as parameters, never as part of the query's text.
 *
 * <p><b>Source.</b> {@code FT.AGGREGATE}, dialect 2; {@code FT.SEARCH} sorts by one field only.
 */
final class IndexSearch implements EventSearch {
    private static final int PARENT_DIGITS = 4;
    private static final int MAX_IMPORTANCE = 10;

    private final Redis redis;
    private final Keys keys;
    private final EventReader reader;
    private final SearchIndex index;
    private final Duration timeout;

    IndexSearch(Redis redis, Keys keys, EventReader reader, SearchIndex index, Duration timeout) {
        this.redis = redis;
        this.keys = keys;
        this.reader = reader;
        this.index = index;
        this.timeout = timeout;
    }

    @Override
    public EventPage search(EventQuery query) {
        QueryRun run = new QueryRun(query, reader, timeout);
        Expression filters = filters(query, run.asOfSeq());
        return filters.neverTrue ? run.nothing() : run.page(new IndexWalk(run, filters), UnaryOperator.identity());
    }

    private Expression filters(EventQuery query, long asOfSeq) {
        Expression filters = new Expression();
        filters.range("seq", "-inf", Long.toString(asOfSeq));
        filters.name("session", query.sessionId().map(SessionId::value));
        filters.name("agent", query.agentId());
        filters.name("trace", query.traceId());
        filters.name("tool", query.toolName());
        filters.oneOf("status", query.status().map(EventStatus::wireName).map(List::of));
        filters.oneOf("parent", query.parentId().map(IndexSearch::lastDigits).map(List::of));
        // Not by a prefix search: Redis stops silently after some number of expansions.
        filters.oneOf(
                "type",
                query.type()
                        .map(type -> type.exact()
                                .map(exact -> List.of(exact.value()))
                                .orElseGet(() -> reader.typesBelow(type))));
        if (query.from().isPresent() || query.to().isPresent()) {
            filters.range(
                    "time",
                    query.from().map(t -> Long.toString(t.toEpochMilli())).orElse("-inf"),
                    query.to().map(t -> "(" + t.toEpochMilli()).orElse("+inf"));
        }
        if (query.minImportance().isPresent() && query.minImportance().getAsInt() > 0) {
            filters.oneOf(
                    "importance",
                    Optional.of(IntStream.rangeClosed(query.minImportance().getAsInt(), MAX_IMPORTANCE)
                            .mapToObj(Integer::toString)
                            .toList()));
        }
        return filters;
    }

    /** What the term of a parent says of its id: {@code append.lua} has the same number of digits. */
    private static String lastDigits(EventId id) {
        String text = id.toString();
        return text.substring(text.length() - PARENT_DIGITS);
    }

    /** A query's text and the parameters that it names. */
    private static final class Expression {
        private final StringBuilder text = new StringBuilder();
        private final List<String> parameters = new ArrayList<>();
        private boolean neverTrue;

        void range(String field, String from, String to) {
            text.append("@%s:[%s %s] ".formatted(field, from, to));
        }

        /** What is no valid name is the name of nothing. */
        void name(String label, Optional<String> value) {
            neverTrue |= value.flatMap(Ids::fault).isPresent();
            oneOf(label, value.map(List::of));
        }

        /** One of these values of a label, as the terms of a document have it. */
        void oneOf(String label, Optional<List<String>> values) {
            if (values.isEmpty()) {
                return;
            }
            neverTrue |= values.get().isEmpty();
            List<String> names = new ArrayList<>();
            for (String value : values.get()) {
                String parameter = "p" + parameters.size() / 2;
                names.add("$" + parameter);
                parameters.addAll(List.of(parameter, label + ":" + value));
            }
            text.append("@terms:{%s} ".formatted(String.join("|", names)));
        }
    }

    /** Steps through the index in the order of a query. */
    private final class IndexWalk implements Walk {
        private final QueryRun run;
        private final Expression filters;
        private @Nullable Ref last;

        IndexWalk(QueryRun run, Expression filters) {
            this.run = run;
            this.filters = filters;
            this.last = run.lastSeen().orElse(null);
        }

        @Override
        public List<Ref> next(int max) {
            String[] arguments = arguments(max);
            List<Ref> refs = redis.pipelined(p -> {
                Response<Object> info = index.queueInfo(p);
                Response<Object> found = p.sendCommand(SearchCommand.AGGREGATE, EventCodec.keys(List.of(arguments)));
                return () -> {
                    SearchIndex.requireComplete(info.get());
                    return refs(SearchIndex.map(found.get()));
                };
            });
            if (!refs.isEmpty()) {
                last = refs.getLast();
            }
            return refs;
        }

        private String[] arguments(int max) {
            boolean byTime = run.query().order().byTime();
            String direction = run.query().order().descending() ? "DESC" : "ASC";
            Stream<String> sort = byTime
                    ? Stream.of("SORTBY", "4", "@time", direction, "@seq", direction)
                    : Stream.of("SORTBY", "2", "@seq", direction);
            String count = Integer.toString(max);
            Stream<String> head = Stream.of(keys.index(), filters.text + beyond());
            Stream<String> parameters = filters.parameters.isEmpty()
                    ? Stream.of()
                    : Stream.concat(
                            Stream.of("PARAMS", Integer.toString(filters.parameters.size())),
                            filters.parameters.stream());
            Stream<String> tail = Stream.of(
                    "MAX",
                    count,
                    "LOAD",
                    "3",
                    "@__key",
                    "@time",
                    "@seq",
                    "LIMIT",
                    "0",
                    count,
                    "TIMEOUT",
                    Long.toString(timeout.toMillis()),
                    "DIALECT",
                    "2");
            return Stream.of(head, parameters, sort, tail).flatMap(s -> s).toArray(String[]::new);
        }

        /** Only what comes after the last one seen: later, or at the same time with a later number. */
        private String beyond() {
            Ref seen = last;
            if (seen == null) {
                return "";
            }
            boolean descending = run.query().order().descending();
            String seq = open(seen.seq(), descending);
            if (!run.query().order().byTime()) {
                return "@seq:" + seq;
            }
            long time = seen.timeMillis();
            return "((@time:%s) | (@time:[%d %d] @seq:%s))".formatted(open(time, descending), time, time, seq);
        }

        private static String open(long bound, boolean descending) {
            return descending ? "[-inf (" + bound + "]" : "[(" + bound + " +inf]";
        }

        private List<Ref> refs(Map<String, Object> found) {
            Object warnings = found.get("warning");
            if (warnings instanceof List<?> list && !list.isEmpty()) {
                throw run.incomplete();
            }
            List<Ref> refs = new ArrayList<>();
            for (Object result : (List<?>) found.getOrDefault("results", List.of())) {
                var fields = SearchIndex.map(SearchIndex.map(result).getOrDefault("extra_attributes", List.of()));
                String key = SearchIndex.text(fields.getOrDefault("__key", ""));
                refs.add(new Ref(
                        (long) SearchIndex.number(fields, "seq"),
                        EventId.of(key.substring(keys.documents().length())),
                        (long) SearchIndex.number(fields, "time")));
            }
            return refs;
        }
    }
}
