// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.search;

import io.contextgraph.event.EventFields;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventQuery;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.Ref;
import io.contextgraph.ledger.redis.client.Replies;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongBinaryOperator;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Response;
import redis.clients.jedis.search.SearchProtocol.SearchCommand;

/**
 * Steps through the search index in the order of a query.
 *
 * <p>Redis collects all that matches before it answers, however little of it is wanted: a page would cost as much as
 * the ledger is large. So a step asks for what lies before some end: over so many numbers, or over the time in which
 * about so many events lie; the next step is wider where too little was found. What matches few events is asked for at
 * once.
 *
 * <p><b>Guarantees.</b> The end is a hint: whatever it is, every event is met once and in order.
 */
final class IndexWalk implements Walk {
    private static final String TIME = EventFields.OCCURRED_AT_EPOCH_MS;
    private static final String SEQ = EventFields.SEQ;

    /** How many events of the ledger a first step reaches over, for each that is wanted. */
    private static final long FIRST_UNFILTERED = 4;

    /** With filters: Redis goes over so many in about the time that all the rest of a page takes. */
    private static final long FIRST_FILTERED = 64;

    /** Up to so many times as many matches as are wanted are read at once. */
    private static final int FEW = 4;

    /** How much wider a step becomes at most. */
    private static final long WIDER = 8;

    private static final String EVERYTHING = "-inf +inf";
    private static final long WIDEST = 1L << 40;

    /** What a walk works with. */
    record Tools(Redis redis, Keys keys, EventReader reader, SearchIndex index, TimeSpread spread, Duration timeout) {}

    /**
     * Where a walk is.
     *
     * @param key all that comes before it in the order has been met
     * @param seq of those at the key itself, the last that has been met; empty where all have
     */
    private record Place(long key, OptionalLong seq) {}

    private final Tools tools;
    private final QueryRun run;
    private final IndexExpression filters;
    private final boolean byTime;
    private final boolean descending;
    private @Nullable Place place;
    private boolean ended;
    private boolean begun;
    private boolean whole;
    private long width;

    IndexWalk(Tools tools, QueryRun run, IndexExpression filters) {
        this.tools = tools;
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
                width = fitting(found.size(), wanted);
                run.checkTime();
            } else {
                ended = true;
            }
        }
        return refs;
    }

    /** About where the walk will be when it has met enough; empty where it may go to the end. */
    private OptionalLong end(int wanted) {
        if (!begun) {
            begun = true;
            width = (filters.isEmpty() ? FIRST_UNFILTERED : FIRST_FILTERED) * wanted;
            whole = run.headSeq() - run.lowestIndexed() < width || isRare(FEW * wanted);
        }
        OptionalLong end = OptionalLong.empty();
        boolean found = whole;
        while (!found) {
            end = byTime ? timeAhead() : numberAhead();
            found = end.isEmpty() || isAhead(end.getAsLong());
            width = found ? width : wider();
        }
        return end.isPresent() && isBefore(end.getAsLong()) ? end : OptionalLong.empty();
    }

    private OptionalLong timeAhead() {
        return tools.spread().ahead(run.lowestIndexed(), run.headSeq(), begin(), width, descending);
    }

    /** The time at which the next step begins; null where that is at the beginning or at the end of all. */
    private @Nullable Long begin() {
        Place seen = place;
        if (seen != null) {
            return seen.key();
        }
        return descending
                ? nearest(run.query().to(), run.session().lastAt(), Math::min)
                : nearest(run.query().from(), run.session().firstAt(), Math::max);
    }

    private static @Nullable Long nearest(Optional<Instant> asked, OptionalLong ofSession, LongBinaryOperator nearer) {
        OptionalLong bound =
                asked.map(time -> OptionalLong.of(time.toEpochMilli())).orElse(ofSession);
        return bound.isPresent()
                ? (Long) nearer.applyAsLong(bound.getAsLong(), ofSession.orElse(bound.getAsLong()))
                : null;
    }

    private OptionalLong numberAhead() {
        Place seen = place;
        long lowest = Math.max(run.lowestIndexed(), run.session().firstSeq().orElse(0));
        long end = descending
                ? (seen == null ? run.asOfSeq() : seen.key()) - width
                : (seen == null ? lowest : Math.max(lowest, seen.key())) + width;
        return end < lowest || end > run.asOfSeq() ? OptionalLong.empty() : OptionalLong.of(end);
    }

    private long wider() {
        return WIDER * Math.min(width, WIDEST);
    }

    /** So wide that as many as are wanted lie within, where they lie as densely as those that were found. */
    private long fitting(int found, int wanted) {
        return found == 0 ? wider() : Math.min(wider(), Math.max(width, 2 * width * (wanted - found) / found));
    }

    /** Whether less than so many events match, whenever they occurred: Redis counts no further. */
    private boolean isRare(int few) {
        if (filters.isEmpty()) {
            return false;
        }
        List<String> arguments = new ArrayList<>(List.of(tools.keys().index(), filters.text()));
        arguments.addAll(parameters());
        arguments.addAll(List.of("LIMIT", Integer.toString(few - 1), "1", "TIMEOUT", millis(), "DIALECT", "2"));
        Object counted =
                tools.redis().pipelined(p -> p.sendCommand(SearchCommand.AGGREGATE, EventCodec.keys(arguments)));
        return results(Replies.map(counted)).isEmpty();
    }

    /** Whether the query goes on behind it. */
    private boolean isBefore(long end) {
        EventQuery query = run.query();
        return !byTime
                || (descending
                        ? query.from().map(from -> from.toEpochMilli() < end).orElse(true)
                        : query.to().map(to -> end < to.toEpochMilli() - 1).orElse(true));
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
        String asked = filters.text() + ahead(far);
        arguments.addAll(List.of(tools.keys().index(), asked.isEmpty() ? "*" : asked));
        arguments.addAll(parameters());
        arguments.addAll(
                byTime
                        ? List.of("SORTBY", "4", "@" + TIME, direction(), "@" + SEQ, direction())
                        : List.of("SORTBY", "2", "@" + SEQ, direction()));
        String count = Integer.toString(wanted);
        arguments.addAll(List.of("MAX", count, "LOAD", "3", "@__key", "@" + TIME, "@" + SEQ, "LIMIT", "0", count));
        arguments.addAll(List.of("TIMEOUT", millis(), "DIALECT", "2"));
        return tools.redis().pipelined(p -> {
            SearchIndex.Completeness complete = tools.index().queueComplete(p);
            Response<Object> found = p.sendCommand(SearchCommand.AGGREGATE, EventCodec.keys(arguments));
            Response<List<String>> after = tools.reader().queueHead(p);
            return () -> {
                run.sawUnindexed(complete.require(after.get()));
                run.sawPruned(EventReader.prunedEvents(after.get()));
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
        return byTime
                ? IndexSearch.to(run.query())
                : run.lastSeen().isPresent() ? Long.toString(run.asOfSeq()) : "+inf";
    }

    private String range(String near, String far) {
        String both = descending ? far + " " + near : near + " " + far;
        // Redis would go over all of the index to find that everything lies within.
        return both.equals(EVERYTHING) ? "" : "@%s:[%s]".formatted(field(), both);
    }

    private String field() {
        return byTime ? TIME : SEQ;
    }

    private String direction() {
        return descending ? "DESC" : "ASC";
    }

    private String millis() {
        return Long.toString(tools.timeout().toMillis());
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
        for (Object result : results(found)) {
            var fields = Replies.map(Replies.map(result).getOrDefault("extra_attributes", List.of()));
            String key = Replies.text(fields.getOrDefault("__key", ""));
            refs.add(new Ref(
                    (long) SearchIndex.number(fields, SEQ),
                    EventId.of(key.substring(tools.keys().documents().length())),
                    (long) SearchIndex.number(fields, TIME)));
        }
        return refs;
    }

    private static List<?> results(Map<String, Object> found) {
        return (List<?>) found.getOrDefault("results", List.of());
    }
}
