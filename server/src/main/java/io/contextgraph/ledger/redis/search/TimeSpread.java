// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.search;

import io.contextgraph.event.EventId;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.redis.client.Ref;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * How the events of a ledger are spread over time, about: the times of some, evenly chosen by number.
 *
 * <p><b>Units and bounds.</b> At most {@value #MOST} times, read once and then as the ledger grows; so many events apart
 * that they are about as many in a ledger of any size.
 *
 * <p><b>Guarantees.</b> None: what it says is a hint, whatever order events come in, and whatever has gone since.
 *
 * <p><b>Threads.</b> Safe for threads; one reads while others go on with what is known.
 */
final class TimeSpread {
    private static final int MOST = 1024;
    private static final long FIRST_STEP = 16;
    private static final Pattern TIME = Pattern.compile("\"occurred_at_epoch_ms\":(-?\\d{1,18})[,}]");

    private final EventReader reader;
    private final ReentrantLock reading = new ReentrantLock();
    private final TreeMap<Long, Long> times = new TreeMap<>();
    private long step = FIRST_STEP;
    private long read;
    private volatile Known known = new Known(0, 0, new TimeRanks(FIRST_STEP, List.of()));

    TimeSpread(EventReader reader) {
        this.reader = reader;
    }

    /** What has been read: of the events from one number on, up to another. */
    private record Known(long from, long to, TimeRanks ranks) {
        boolean serves(long first, long last) {
            return from == first && last - to < ranks.step();
        }
    }

    /**
     * The time that about so many events lie ahead of another one.
     *
     * @param first and {@code last}: the numbers of the events that count
     * @param from where to begin; null for the beginning, or the end where it goes backwards
     * @return empty where there are not so many
     */
    OptionalLong ahead(long first, long last, @Nullable Long from, long events, boolean backwards) {
        return known(first, last).ranks().ahead(from, events, backwards);
    }

    private Known known(long first, long last) {
        Known now = known;
        if (now.serves(first, last)) {
            return now;
        }
        reading.lock();
        try {
            if (!known.serves(first, last)) {
                read(first, last);
            }
            return known;
        } finally {
            reading.unlock();
        }
    }

    private void read(long first, long last) {
        while (last / step > MOST) {
            step *= 2;
        }
        times.keySet().removeIf(seq -> seq % step != 0 || seq < first);
        long lowest = known.from() > first ? 0 : read;
        long begin = Math.max(first + step - 1, lowest + 1) / step;
        read(LongStream.rangeClosed(Math.max(1, begin), last / step)
                .map(number -> number * step)
                .filter(seq -> !times.containsKey(seq))
                .boxed()
                .toList());
        read = last / step * step;
        known = new Known(first, read, new TimeRanks(step, times.values()));
    }

    private void read(List<Long> seqs) {
        for (int from = 0; from < seqs.size(); from += EventReader.CHUNK) {
            List<Long> chunk = seqs.subList(from, Math.min(from + EventReader.CHUNK, seqs.size()));
            List<EventId> ids = ids(chunk);
            List<Ref> there = new ArrayList<>();
            for (int i = 0; i < ids.size(); i++) {
                if (!ids.get(i).equals(IdPages.NO_ID)) {
                    there.add(new Ref(chunk.get(i), ids.get(i), 0));
                }
            }
            List<@Nullable String> documents =
                    reader.texts(there.stream().map(Ref::id).toList());
            for (int i = 0; i < there.size(); i++) {
                String document = documents.get(i);
                Matcher matcher = TIME.matcher(document == null ? "" : document);
                if (matcher.find()) {
                    times.put(there.get(i).seq(), Long.parseLong(matcher.group(1)));
                }
            }
        }
    }

    /** None where a page of them is lost: that is for others to say. */
    private List<EventId> ids(List<Long> seqs) {
        try {
            return reader.ids(seqs);
        } catch (LedgerException damaged) {
            if (damaged.reason() != LedgerException.Reason.CORRUPT) {
                throw damaged;
            }
            return List.of();
        }
    }
}
