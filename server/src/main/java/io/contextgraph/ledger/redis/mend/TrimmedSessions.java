// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.mend;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the events without entries say of their sessions: summed up while they are read one after the other, a share of the
 * sessions at a time.
 *
 * <p><b>Units and bounds.</b> At most {@value #MOST} sessions are kept; where there are more, the events are read again for
 * each further share.
 */
final class TrimmedSessions {
    /** Sessions in memory. */
    static final int MOST = 100_000;

    private final MendRun run;
    private final RawLedger raw;
    private final int most;
    private final Map<SessionId, Sum> sums = new HashMap<>();
    private int shares = 1;
    private int share;
    private long upTo;

    /** What is known of one session, and what is wrong with its numbers. */
    private static final class Sum {
        private final SessionEvents events = SessionEvents.of(null);
        private boolean looked;
    }

    TrimmedSessions(MendRun run, int most) {
        this.run = run;
        this.raw = run.raw();
        this.most = most;
    }

    /** Takes the next event. */
    void take(RecordedEvent event) {
        SessionId id = event.event().sessionId();
        if (!covers(id)) {
            return;
        }
        sums.computeIfAbsent(id, unknown -> new Sum()).events.take(event, true);
        while (sums.size() > most) {
            shares *= 2;
            boolean ignored = sums.keySet().removeIf(known -> !covers(known));
        }
    }

    /** All up to a number have been taken. */
    void taken(long seq) {
        upTo = seq;
    }

    /** Whether a session is in the share that is known now. */
    boolean covers(SessionId id) {
        int mixed = id.value().hashCode() * 0x9E3779B9;
        return (mixed >>> 8) % shares == share;
    }

    /** Takes what was trimmed since: somebody may do that while a ledger is examined. */
    void catchUp() {
        read(upTo + 1, run.trimmed().now().seq());
    }

    /** Whether anything was trimmed that has not been taken. */
    boolean isBehind() {
        return run.trimmed().now().seq() > upTo;
    }

    /** The number of the last event that was taken. */
    long upTo() {
        return upTo;
    }

    /** What the events without entries say of a session; null where it has none. */
    @Nullable
    SessionEvents look(SessionId id) {
        Sum sum = sums.get(id);
        if (sum == null) {
            return null;
        }
        sum.looked = true;
        return sum.events;
    }

    /** Sessions of this share that nobody has looked at. */
    Set<SessionId> left() {
        Map<SessionId, Sum> left = new HashMap<>(sums);
        boolean ignored = left.values().removeIf(sum -> sum.looked);
        return left.keySet();
    }

    /** Goes on to the next share. @return whether there is one */
    boolean next() {
        if (share + 1 >= shares) {
            return false;
        }
        share++;
        sums.clear();
        long end = upTo;
        upTo = 0;
        read(1, end);
        return true;
    }

    private void read(long first, long end) {
        for (long from = first; from <= end; from += RawLedger.CHUNK) {
            long to = Math.min(end, from + RawLedger.CHUNK - 1);
            var ids = raw.ids(from, to);
            var documents = raw.events(
                    ids.stream().flatMap(id -> Optional.ofNullable(id).stream()).toList());
            for (int i = 0; i < ids.size(); i++) {
                long seq = from + i;
                RecordedEvent event = ids.get(i) == null ? null : documents.get(Objects.requireNonNull(ids.get(i)));
                if (event != null && event.seq() == seq) {
                    take(event);
                }
            }
            upTo = Math.max(upTo, to);
        }
    }
}
