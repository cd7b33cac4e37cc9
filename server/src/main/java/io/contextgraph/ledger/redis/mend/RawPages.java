// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import io.contextgraph.event.EventId;
import io.contextgraph.ledger.redis.client.Keys;
import io.contextgraph.ledger.redis.client.Ref;
import io.contextgraph.ledger.redis.search.IdPages;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.Response;

/** What the pages of ids hold, or would. */
final class RawPages {
    private final RawLedger raw;
    private final Keys keys;
    private final Map<Long, EventId> drafts = new HashMap<>();

    RawPages(RawLedger raw) {
        this.raw = raw;
        this.keys = raw.keys();
    }

    /** What they have under some numbers; null where they have nothing. */
    List<@Nullable EventId> ids(long from, long to) {
        List<@Nullable EventId> ids = new ArrayList<>();
        long next = from;
        while (next <= to) {
            long page = IdPages.page(next);
            long last = Math.min(to, IdPages.first(page + 1) - 1);
            byte[] bytes = bytes(page, next, last);
            for (long seq = next; seq <= last; seq++) {
                ids.add(id(seq, bytes, Math.toIntExact(seq - next) * Keys.ID_BYTES));
            }
            next = last + 1;
        }
        return ids;
    }

    /** What they have under each of some numbers, in one round trip; null where they have nothing. */
    List<@Nullable EventId> ids(List<Long> numbers) {
        return raw.redis().pipelined(p -> {
            List<Supplier<@Nullable EventId>> ids = new ArrayList<>();
            for (long seq : numbers) {
                String key = keys.ids(IdPages.page(seq));
                if (seq < 1 || !raw.isUsable(key)) {
                    ids.add(() -> id(seq, new byte[0], 0));
                } else {
                    long start = (seq - IdPages.first(IdPages.page(seq))) * Keys.ID_BYTES;
                    Response<byte[]> found = p.getrange(Keys.bytes(key), start, start + Keys.ID_BYTES - 1);
                    ids.add(() -> id(seq, found.get(), 0));
                }
            }
            return () -> {
                List<@Nullable EventId> answers = new ArrayList<>();
                ids.forEach(id -> answers.add(id.get()));
                return answers;
            };
        });
    }

    /** The id of a number, which the bytes of its page have at a place. */
    private @Nullable EventId id(long seq, byte[] bytes, int at) {
        EventId stored =
                at + Keys.ID_BYTES <= bytes.length ? Ref.id(ByteBuffer.wrap(bytes, at, Keys.ID_BYTES)) : IdPages.NO_ID;
        EventId known = drafts.getOrDefault(seq, stored);
        return known.equals(IdPages.NO_ID) ? null : known;
    }

    private byte[] bytes(long page, long from, long to) {
        byte[] key = Keys.bytes(keys.ids(page));
        long start = (from - IdPages.first(page)) * Keys.ID_BYTES;
        long end = (to - IdPages.first(page) + 1) * Keys.ID_BYTES - 1;
        return raw.isUsable(keys.ids(page))
                ? raw.redis().call(client -> client.getrange(key, start, end))
                : new byte[0];
    }

    void write(long seq, EventId id) {
        UUID value = id.value();
        byte[] bytes = ByteBuffer.allocate(Keys.ID_BYTES)
                .putLong(value.getMostSignificantBits())
                .putLong(value.getLeastSignificantBits())
                .array();
        long page = IdPages.page(seq);
        long at = (seq - IdPages.first(page)) * Keys.ID_BYTES;
        if (raw.writes()) {
            raw.write(Command.SETRANGE, keys.ids(page), at, bytes);
        } else if (drafts.size() < RawLedger.MOST_DRAFTS) {
            EventId ignored = drafts.put(seq, id);
        } else {
            raw.overfull();
        }
    }
}
