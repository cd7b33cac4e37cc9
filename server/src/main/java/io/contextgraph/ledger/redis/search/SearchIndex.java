// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.search;

import io.contextgraph.event.EventFields;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.redis.client.EventCodec;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.LedgerHeader;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.Replies;
import io.contextgraph.ledger.trim.TierSizes.Tier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.search.SearchProtocol.SearchCommand;

/**
 * The search index over the documents: one for each version of its schema, behind an alias that queries use.
 *
 * <p><b>Guarantees.</b> The alias points to an index only once that holds every document. Redis fills an index again
 * after a restart: {@link #requireComplete} tells. One that somebody
 * dropped is made again by {@link #mend}.
 */
public final class SearchIndex {
    /** INVARIANT: raised with every change of the schema below. */
    private static final int VERSION = 3;

    /** Older modules tell its parts only. */
    private static final String TOTAL_MEGABYTES = "total_index_memory_sz_mb";

    private static final Logger LOG = LoggerFactory.getLogger(SearchIndex.class);

    private static final List<String> SCHEMA = Stream.of(
                    Stream.of(
                                    EventFields.SESSION_ID,
                                    EventFields.AGENT_ID,
                                    EventFields.TRACE_ID,
                                    EventFields.EVENT_TYPE,
                                    EventFields.TOOL_NAME,
                                    EventFields.STATUS,
                                    EventCodec.PARENT_ID_TAIL)
                            .map(field -> "$." + field + " AS " + field + " TAG CASESENSITIVE"),
                    Stream.of(EventFields.IMPORTANCE_HINT).map(field -> "$." + field + " AS " + field + " NUMERIC"),
                    Stream.of(EventFields.OCCURRED_AT_EPOCH_MS, EventFields.SEQ)
                            .map(field -> "$." + field + " AS " + field + " NUMERIC SORTABLE"))
            .flatMap(fields -> fields)
            .toList();

    private final Redis redis;
    private final Keys keys;
    private final IndexCommands commands;
    private final ReentrantLock mending = new ReentrantLock();

    public SearchIndex(Redis redis, Keys keys) {
        this.redis = redis;
        this.keys = keys;
        this.commands = new IndexCommands(redis);
    }

    /** The index of this version of the schema that has every document. */
    public static String name(Keys keys) {
        return keys.indexes() + VERSION;
    }

    /** The one that has every document but those that are marked {@value EventCodec#COLD}. */
    public static String windowName(Keys keys) {
        return name(keys) + ":window";
    }

    /** Which of the two a ledger has: the second from when documents were first to leave it. */
    private String index() {
        boolean whole = redis.call(client -> client.hmget(keys.ledger(), LedgerHeader.UNINDEXED))
                        .getFirst()
                == null;
        return whole ? name(keys) : windowName(keys);
    }

    /**
     * Builds the index that documents can leave, and waits until it is complete; queries go on with the other one.
     *
     * @param documents how many there are at least
     * @throws LedgerException where this server's module makes another of it, or has refused a document
     */
    public void buildWindow(long documents) {
        String window = windowName(keys);
        if (!commands.names().contains(window)) {
            LOG.info("Building index {}", window);
            create(window);
        }
        commands.awaitComplete(window);
        double indexed = number(commands.info(window), "num_docs");
        if (indexed < documents) {
            throw new LedgerException(
                    Reason.DEFECT,
                    "the search module has " + (long) indexed + " of " + documents
                            + " documents in an index that documents can leave: they stay in the index");
        }
    }

    /** Drops the index that documents can leave, before anything has left it. */
    public void dropWindow() {
        commands.drop(windowName(keys));
    }

    /** Whether there is one that has every document. */
    public boolean hasWhole() {
        return commands.exists(name(keys));
    }

    /** Drops the index that has every document, which queries use no longer. */
    public void dropWhole() {
        commands.drop(name(keys));
    }

    /**
     * Builds the index where it is missing, waits until it is complete, and points the alias to it.
     *
     * @return whether somebody has dropped the index of a ledger that has events
     */
    public boolean prepare() {
        boolean dropped = false;
        String index = index();
        if (!commands.exists(index)) {
            dropped = isDropped();
            LOG.info("Building index {}", index);
            create(index);
        }
        commands.awaitComplete(index);
        commands.serve(keys.index(), index);
        dropOthers(index);
        return dropped;
    }

    /** An older version of the schema leaves an index, a new ledger has no events. */
    private boolean isDropped() {
        boolean none = commands.names().stream().noneMatch(name -> name.startsWith(keys.indexes()));
        return none && redis.call(client -> client.hmget(keys.ledger(), "seq")).getFirst() != null;
    }

    /**
     * Makes the index again where somebody has dropped it, and points the alias to it at once: until it is complete,
     * {@link #requireComplete} refuses what is asked of it.
     *
     * @return false where somebody else is at it
     */
    public boolean mend() {
        // Whoever comes meanwhile need not wait: the query has failed already.
        if (!mending.tryLock()) {
            return false;
        }
        try {
            String index = index();
            if (!commands.exists(index)) {
                LOG.warn("Index {} is missing: somebody has dropped it; it is built again", index);
                create(index);
            }
            commands.serve(keys.index(), index);
            return true;
        } finally {
            mending.unlock();
        }
    }

    /**
     * What is wrong with the index; empty where it has every document.
     *
     * @param documents how many there are at least
     */
    public Optional<String> fault(long documents) {
        String index = index();
        if (!commands.exists(index)) {
            return documents == 0 ? Optional.empty() : Optional.of("is missing");
        }
        if (!commands.isServing(keys.index(), index)) {
            return Optional.of("its alias leads elsewhere");
        }
        Map<String, Object> info = commands.info(index);
        if (number(info, "hash_indexing_failures") > 0) {
            return Optional.of(
                    "has refused documents: " + Replies.text(info.getOrDefault("hash_indexing_failures", "")));
        }
        if (number(info, "indexing") == 0 && number(info, "num_docs") < documents) {
            return Optional.of("has " + (long) number(info, "num_docs") + " of " + documents + " documents");
        }
        return Optional.empty();
    }

    /** How many documents it has, and what it takes by what the module says of itself; unknown where it is missing. */
    public Tier size() {
        try {
            Map<String, Object> info = commands.info(keys.index());
            double megabytes = info.containsKey(TOTAL_MEGABYTES)
                    ? number(info, TOTAL_MEGABYTES)
                    : info.keySet().stream()
                            .filter(name -> name.matches(".*_(sz|size)_mb"))
                            .mapToDouble(name -> number(info, name))
                            .sum();
            return Tier.of((long) number(info, "num_docs"), Math.round(megabytes * (1 << 20)));
        } catch (LedgerException missing) {
            return Tier.UNKNOWN;
        }
    }

    /** Makes it anew, and waits until it is complete. */
    public void rebuild() {
        String index = index();
        if (commands.exists(index)) {
            commands.dropped(index);
        }
        boolean ignored = prepare();
    }

    private void create(String index) {
        List<String> arguments = new ArrayList<>(List.of("ON", "JSON", "PREFIX", "1", keys.documents()));
        boolean window = index.equals(windowName(keys));
        if (window) {
            arguments.addAll(List.of("FILTER", "!exists(@" + EventCodec.COLD + ")"));
        }
        arguments.add("SCHEMA");
        SCHEMA.forEach(field -> arguments.addAll(List.of(field.split(" "))));
        if (window) {
            // The filter knows the fields of the schema only.
            arguments.addAll(List.of("$." + EventCodec.COLD, "AS", EventCodec.COLD, "NUMERIC"));
        }
        commands.create(index, arguments);
    }

    /** Whether the index has every event that it should have. */
    @FunctionalInterface
    interface Completeness {
        /**
         * @param after what {@link EventReader#queueHead} says when it has been read
         * @return the same, or what it was before, whichever is later: the index had all behind it, all the time
         * @throws LedgerException when it is being filled again, could not take a document, or lacks some
         */
        Head require(List<String> after);
    }

    /** Asks whether the index has every event that it should have; to be queued before it is read. */
    Completeness queueComplete(Pipeline pipeline) {
        Response<List<String>> head = EventReader.queueHead(pipeline, keys);
        Response<Object> info = pipeline.sendCommand(SearchCommand.INFO, keys.index());
        return after -> {
            Map<String, Object> known = Replies.map(info.get());
            if (!IndexCommands.isComplete(known)) {
                throw LedgerException.telling(Reason.INCOMPLETE, "the search index is still being built");
            }
            Head before = EventReader.unindexed(head.get());
            Head now = EventReader.unindexed(after);
            Head unindexed = before.seq() > now.seq() ? before : now;
            long gone = Math.max(EventReader.gone(head.get()), EventReader.gone(after));
            long events = EventReader.head(head.get()).seq() - unindexed.seq() - gone;
            long indexed = (long) number(known, "num_docs");
            if (indexed < events) {
                throw LedgerException.telling(
                        Reason.INCOMPLETE,
                        "the search index has " + indexed + " of " + events + " events: documents are missing");
            }
            return unindexed;
        };
    }

    /** The same, asked alone. */
    void requireComplete() {
        Head ignored = redis.pipelined(p -> {
            Completeness complete = queueComplete(p);
            Response<List<String>> after = EventReader.queueHead(p, keys);
            return () -> complete.require(after.get());
        });
    }

    /** One that documents can leave may be in the making. */
    private void dropOthers(String index) {
        for (String name : commands.names()) {
            if (name.startsWith(keys.indexes()) && !name.equals(index) && !name.equals(windowName(keys))) {
                commands.drop(name);
            }
        }
    }

    public static double number(Map<String, Object> map, String name) {
        Object value = map.get(name);
        if (value == null) {
            throw new LedgerException(Reason.DEFECT, "the search module says nothing of " + name);
        }
        return value instanceof Number number ? number.doubleValue() : Double.parseDouble(Replies.text(value));
    }
}
