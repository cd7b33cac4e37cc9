// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.search;

import io.contextgraph.event.EventId;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.RedisErrors;
import io.contextgraph.ledger.redis.client.Ref;
import io.contextgraph.ledger.redis.client.SessionEntry;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Response;

/**
 * The events of a session that the index does not have, in the order of a query.
 *
 * <p><b>Units and bounds.</b> Reads some bytes of each group, and of the groups that hold what comes next all of it.
 */
final class ColdSession {
    private static final int FIRST_GROUPS = 16;
    private static final int MOST_GROUPS = 1024;

    private final Redis redis;
    private final Keys keys;
    private final EventReader reader;
    private final EventQuery query;
    private final SessionId session;
    private final byte[] key;
    private final Comparator<Ref> order;
    private boolean there;

    /** @param query names a session */
    ColdSession(Redis redis, Keys keys, EventReader reader, EventQuery query) {
        this.redis = redis;
        this.keys = keys;
        this.reader = reader;
        this.query = query;
        this.session = query.sessionId().orElseThrow();
        this.key = Keys.bytes(keys.cold(session));
        this.order = order(query.order());
    }

    /** The order of a query over what indexes hold. */
    static Comparator<Ref> order(EventQuery.Order order) {
        Comparator<Ref> bySeq = Comparator.comparingLong(Ref::seq);
        Comparator<Ref> ascending =
                order.byTime() ? Comparator.comparingLong(Ref::timeMillis).thenComparing(bySeq) : bySeq;
        return order.descending() ? ascending.reversed() : ascending;
    }

    /** What there is at all: a group, what it begins with, and how far its events reach in the order of the query. */
    private record Group(long number, long earliest, long latest, long firstSeq, long low, long high) {
        Group within(long newLow, long newHigh) {
            return new Group(number, earliest, latest, firstSeq, newLow, newHigh);
        }
    }

    /**
     * The next ones behind a place.
     *
     * @param after the last one that has been met; null to begin
     * @return at most {@code max}; fewer only at the end; empty also where the session has none
     */
    List<Ref> next(@Nullable Ref after, int max) {
        List<Ref> left = new ArrayList<>();
        Ref last = after;
        int wanted;
        List<Ref> some;
        do {
            wanted = max - left.size();
            some = some(last, wanted);
            some.stream().filter(ref -> !ref.id().equals(IdPages.NO_ID)).forEach(left::add);
            last = some.isEmpty() ? last : some.getLast();
        } while (some.size() == wanted && left.size() < max);
        return left;
    }

    /** The same with those that are gone, which have no id. */
    private List<Ref> some(@Nullable Ref after, int max) {
        byte[] first = bytes(0);
        there = first.length > 0;
        if (!there) {
            return List.of();
        }
        List<Group> groups = groups(first);
        List<Ref> found = new ArrayList<>();
        for (int i = 0; i < groups.size(); i++) {
            Group group = groups.get(i);
            if (!isWanted(group, after)) {
                continue;
            }
            for (Ref ref : records(group.number() == 0 ? first : bytes(group.number()))) {
                if (isInTime(ref) && (after == null || order.compare(ref, after) > 0)) {
                    found.add(ref);
                }
            }
            if (i + 1 < groups.size() && settled(found, groups.get(i + 1)) >= max) {
                break;
            }
        }
        if (first.length == ColdLayout.GROUP_BYTES) {
            // What came back to the index meanwhile would have looked as though there were no more groups.
            there = redis.call(client -> client.getrange(key, 0, 0)).length > 0;
        }
        List<Ref> next = there ? found.stream().sorted(order).limit(max).toList() : List.of();
        List<EventId> ids = reader.ids(next.stream().map(Ref::seq).toList());
        return IntStream.range(0, next.size())
                .mapToObj(
                        i -> new Ref(next.get(i).seq(), ids.get(i), next.get(i).timeMillis()))
                .toList();
    }

    /** Whether there was anything, when it was read last. */
    boolean isThere() {
        return there;
    }

    /** Whether the session has events up to a number, and should be kept here then. */
    boolean beginsUpTo(long seq) {
        Map<String, String> entry = redis.call(client -> client.hgetAll(keys.session(session)));
        OptionalLong first = SessionEntry.firstSeq(entry);
        return first.isPresent() && first.getAsLong() <= seq;
    }

    private byte[] bytes(long group) {
        return redis.call(client -> client.getrange(key, ColdLayout.start(group), ColdLayout.start(group + 1) - 1));
    }

    /** All of them, in the order of the query by where they begin. */
    private List<Group> groups(byte[] first) {
        List<Group> groups = new ArrayList<>(List.of(group(0, first)));
        int more = FIRST_GROUPS;
        boolean ended = first.length < ColdLayout.GROUP_BYTES;
        while (!ended) {
            List<byte[]> heads = heads(groups.size(), more);
            for (byte[] head : heads) {
                ended = ended || head.length < 2 * ColdLayout.RECORD;
                if (!ended) {
                    groups.add(group(groups.size(), head));
                }
            }
            more = Math.min(MOST_GROUPS, 4 * more);
        }
        return groups.stream()
                .map(group -> reach(group, groups))
                .sorted(
                        query.order().descending()
                                ? Comparator.comparingLong(Group::high).reversed()
                                : Comparator.comparingLong(Group::low))
                .toList();
    }

    private List<byte[]> heads(long from, int count) {
        return redis.pipelined(p -> {
            List<Response<byte[]>> asked = LongStream.range(from, from + count)
                    .mapToObj(group -> p.getrange(
                            key, ColdLayout.start(group), ColdLayout.start(group) + 2L * ColdLayout.RECORD - 1))
                    .toList();
            return () -> asked.stream().map(Response::get).toList();
        });
    }

    private Group group(long number, byte[] head) {
        if (head.length < 2 * ColdLayout.RECORD) {
            throw damaged();
        }
        ByteBuffer bytes = ByteBuffer.wrap(head);
        long earliest = bytes.getLong();
        long latest = bytes.getLong();
        return new Group(number, earliest, latest, bytes.getLong(), 0, 0);
    }

    private Group reach(Group group, List<Group> all) {
        if (query.order().byTime()) {
            return group.within(group.earliest(), group.latest());
        }
        int next = Math.toIntExact(group.number()) + 1;
        // A hole at the beginning of a group does not tell where the group begins.
        boolean known = next < all.size() && all.get(next).firstSeq() > 0;
        return group.within(group.firstSeq(), known ? all.get(next).firstSeq() - 1 : Long.MAX_VALUE);
    }

    private boolean isWanted(Group group, @Nullable Ref after) {
        if (query.from().map(from -> group.latest() < from.toEpochMilli()).orElse(false)
                || query.to().map(to -> group.earliest() >= to.toEpochMilli()).orElse(false)) {
            return false;
        }
        if (after == null) {
            return true;
        }
        long reached = query.order().byTime() ? after.timeMillis() : after.seq();
        return query.order().descending() ? group.low() <= reached : group.high() >= reached;
    }

    private boolean isInTime(Ref ref) {
        return query.from().map(from -> ref.timeMillis() >= from.toEpochMilli()).orElse(true)
                && query.to().map(to -> ref.timeMillis() < to.toEpochMilli()).orElse(true);
    }

    /** How many of those that were found come before whatever is in the groups from {@code next} on. */
    private long settled(List<Ref> found, Group next) {
        boolean byTime = query.order().byTime();
        return found.stream()
                .mapToLong(ref -> byTime ? ref.timeMillis() : ref.seq())
                .filter(at -> query.order().descending() ? at > next.high() : at < next.low())
                .count();
    }

    private List<Ref> records(byte[] group) {
        ByteBuffer bytes = ByteBuffer.wrap(group);
        bytes.position(Math.min(ColdLayout.RECORD, group.length));
        List<Ref> refs = new ArrayList<>();
        while (bytes.remaining() >= ColdLayout.RECORD) {
            long seq = bytes.getLong();
            if (seq < 0 || (seq == 0 && !lacks())) {
                throw damaged();
            }
            Ref ref = new Ref(seq, IdPages.NO_ID, bytes.getLong());
            // What was gone before the others were written here has left a hole.
            if (seq > 0) {
                refs.add(ref);
            }
        }
        return refs;
    }

    /** Whether events of the session are gone. */
    private boolean lacks() {
        return redis.call(client -> client.hgetAll(keys.session(session))).containsKey(SessionEntry.PRUNED);
    }

    private RuntimeException damaged() {
        return damage("is damaged");
    }

    /** @return says that the events of the session cannot be found any more */
    RuntimeException missing() {
        return damage("is missing");
    }

    private RuntimeException damage(String what) {
        return RedisErrors.corrupt(keys.cold(session) + " " + what
                + ": it is made again by bringing everything back into the index, retention.cold-index=true");
    }
}
