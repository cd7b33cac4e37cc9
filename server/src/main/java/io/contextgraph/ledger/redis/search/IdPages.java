// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.search;

import io.contextgraph.event.EventId;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.LedgerHeader;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.RedisErrors;
import io.contextgraph.ledger.redis.client.Ref;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;

/**
 * The pages of ids: which event has which number.
 *
 * <p><b>Shape.</b> A page is at its full size from its first event on, so that one that is shorter has been lost.
 *
 * <p><b>Units and bounds.</b> To find ids it keeps four bytes of each in memory, once somebody has asked for one.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class IdPages {
    /** What stands where no event is. */
    public static final EventId NO_ID = new EventId(new UUID(0, 0));

    /** What a mending leaves where the newest event is lost: the place of the head may not be empty. */
    public static final EventId LOST = new EventId(new UUID(-1, -1));

    private static final long LAST_BYTE = (long) Keys.IDS_PER_PAGE * Keys.ID_BYTES - 1;
    private static final int PAGES_AT_ONCE = 16;

    private final Redis redis;
    private final Keys keys;

    private final ReentrantLock reading = new ReentrantLock();

    /** Of each page that has been read, and from which ids only go: a part of each of its ids, in order. */
    private final List<int[]> parts = new ArrayList<>();

    IdPages(Redis redis, Keys keys) {
        this.redis = redis;
        this.keys = keys;
    }

    /** How many pages a ledger has that ends at {@code last}. */
    static long count(long last) {
        return (last + Keys.IDS_PER_PAGE - 1) / Keys.IDS_PER_PAGE;
    }

    /** Whether there is an event at all. */
    boolean haveBegun() {
        return redis.call(client -> client.getrange(Keys.bytes(keys.ids(0)), 0, 0)).length > 0;
    }

    /**
     * Which events have these numbers, in ascending order; those that are gone are left out. The caller knows that the
     * ledger has come so far.
     *
     * @param from first number, at least 1
     * @param to last number, inclusive
     * @throws io.contextgraph.ledger.LedgerException that names a page that is missing
     */
    List<Ref> refs(long from, long to) {
        return redis.pipelined(p -> {
            List<LongFunction<List<Ref>>> answers = LongStream.rangeClosed(page(from), page(to))
                    .mapToObj(page -> queue(p, page, Math.max(from, first(page)), Math.min(to, first(page + 1) - 1)))
                    .toList();
            // Asked for behind the pages: what they lack had gone before.
            Response<List<String>> pruned = p.hmget(keys.ledger(), LedgerHeader.PRUNED);
            return () -> {
                long gone = LedgerHeader.pruned(pruned.get().getFirst()).seq();
                return answers.stream()
                        .flatMap(answer -> answer.apply(gone).stream())
                        .toList();
            };
        });
    }

    /** @return given the number up to which events may be gone */
    private LongFunction<List<Ref>> queue(Pipeline pipeline, long page, long from, long to) {
        byte[] key = Keys.bytes(keys.ids(page));
        long start = (from - first(page)) * Keys.ID_BYTES;
        Response<byte[]> ids = pipeline.getrange(key, start, (to - first(page) + 1) * Keys.ID_BYTES - 1);
        Response<byte[]> end = pipeline.getrange(key, LAST_BYTE, LAST_BYTE);
        return gone -> {
            if (end.get().length == 0 && to <= gone) {
                return List.of();
            }
            requireWhole(page, end);
            ByteBuffer bytes = ByteBuffer.wrap(ids.get());
            List<Ref> refs = new ArrayList<>();
            for (long seq = from; seq <= to; seq++) {
                EventId id = Ref.id(bytes);
                if (seq > gone || !id.equals(NO_ID)) {
                    refs.add(new Ref(seq, id, 0));
                }
            }
            return refs;
        };
    }

    /**
     * The ids of events, each by its own number; {@link #NO_ID} of one that is gone.
     *
     * @throws io.contextgraph.ledger.LedgerException that names a page that is missing
     */
    List<EventId> ids(List<Long> seqs) {
        return redis.pipelined(p -> {
            List<Response<byte[]>> asked = seqs.stream()
                    .map(seq -> {
                        long start = (seq - first(page(seq))) * Keys.ID_BYTES;
                        return p.getrange(Keys.bytes(keys.ids(page(seq))), start, start + Keys.ID_BYTES - 1);
                    })
                    .toList();
            Response<List<String>> pruned = p.hmget(keys.ledger(), LedgerHeader.PRUNED);
            return () -> {
                long gone = LedgerHeader.pruned(pruned.get().getFirst()).seq();
                List<EventId> ids = new ArrayList<>(asked.size());
                for (int i = 0; i < asked.size(); i++) {
                    byte[] id = asked.get(i).get();
                    if (id.length < Keys.ID_BYTES && seqs.get(i) > gone) {
                        throw lacking(page(seqs.get(i)));
                    }
                    ids.add(id.length < Keys.ID_BYTES ? NO_ID : Ref.id(ByteBuffer.wrap(id)));
                }
                return ids;
            };
        });
    }

    private void requireWhole(long page, Response<byte[]> end) {
        if (end.get().length == 0) {
            throw lacking(page);
        }
    }

    private LedgerException lacking(long page) {
        return RedisErrors.corrupt(keys.ids(page) + " is missing or cut short: which events have the numbers "
                + first(page) + " to " + (first(page + 1) - 1) + " is not known");
    }

    /** @throws io.contextgraph.ledger.LedgerException that names the first page that is missing */
    void requireAll(long last) {
        for (long from = 0; from < count(last); from += QueryRun.MAX_CHUNK) {
            long to = Math.min(count(last), from + QueryRun.MAX_CHUNK);
            List<Long> pages = LongStream.range(from, to).boxed().toList();
            boolean ignored = redis.pipelined(p -> {
                List<Response<byte[]>> ends = pages.stream()
                        .map(page -> p.getrange(Keys.bytes(keys.ids(page)), LAST_BYTE, LAST_BYTE))
                        .toList();
                Response<List<String>> pruned = p.hmget(keys.ledger(), LedgerHeader.PRUNED);
                return () -> {
                    long gone = LedgerHeader.pruned(pruned.get().getFirst()).seq();
                    for (int i = 0; i < ends.size(); i++) {
                        if (first(pages.get(i) + 1) - 1 > gone) {
                            requireWhole(pages.get(i), ends.get(i));
                        }
                    }
                    return true;
                };
            });
        }
    }

    /**
     * The number of an event up to {@code last}; empty where none has this id.
     *
     * @throws io.contextgraph.ledger.LedgerException that names a page that is missing
     */
    OptionalLong find(EventId id, long last) {
        List<Long> candidates = new ArrayList<>();
        reading.lock();
        try {
            // The newest pages may still change, or be written anew after a crash of Redis.
            long settled = Math.max(0, count(last) - 2);
            read(settled);
            for (int page = 0; page < settled; page++) {
                if (Arrays.binarySearch(parts.get(page), part(id)) >= 0) {
                    candidates.add((long) page);
                }
            }
            LongStream.range(settled, count(last)).forEach(candidates::add);
        } finally {
            reading.unlock();
        }
        return candidates.stream()
                .flatMap(page -> refs(first(page), Math.min(last, first(page + 1) - 1)).stream())
                .filter(ref -> ref.id().equals(id))
                .mapToLong(Ref::seq)
                .findFirst();
    }

    private void read(long pages) {
        while (parts.size() < pages) {
            long to = Math.min(pages, parts.size() + PAGES_AT_ONCE);
            Map<Long, List<Ref>> refs = refs(first(parts.size()), first(to) - 1).stream()
                    .collect(Collectors.groupingBy(ref -> page(ref.seq())));
            for (long page = parts.size(); page < to; page++) {
                parts.add(refs.getOrDefault(page, List.of()).stream()
                        .mapToInt(ref -> part(ref.id()))
                        .sorted()
                        .toArray());
            }
        }
    }

    private static int part(EventId id) {
        return id.value().hashCode();
    }

    public static long page(long seq) {
        return (seq - 1) / Keys.IDS_PER_PAGE;
    }

    /** The first number on a page. */
    public static long first(long page) {
        return page * Keys.IDS_PER_PAGE + 1;
    }
}
