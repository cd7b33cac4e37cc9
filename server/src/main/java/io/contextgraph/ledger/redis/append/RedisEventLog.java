// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.append;

import io.contextgraph.event.EventId;
import io.contextgraph.event.Original;
import io.contextgraph.event.Payload;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.AppendStream;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.ledger.redis.search.EventReader;
import io.contextgraph.ledger.redis.search.SessionMender;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The ledger in Redis, whichever engine indexes it. */
public final class RedisEventLog implements EventLog {
    private static final Logger LOG = LoggerFactory.getLogger(RedisEventLog.class);

    private final Appender appender;
    private final EventReader reader;
    private final SessionMender mender;

    public RedisEventLog(Appender appender, EventReader reader, SessionMender mender) {
        this.appender = appender;
        this.reader = reader;
        this.mender = mender;
    }

    @Override
    public AppendResult append(List<Append> appends, Durability atLeast) {
        requireSize(appends);
        AppendResult first = appender.append(appends, atLeast);
        return new AppendResult(mended(appends, first.outcomes(), atLeast), first.reached());
    }

    @Override
    public AppendStream stream(Durability atLeast) {
        return new RedisAppendStream(appender, atLeast, this::requireSize, this::mended);
    }

    private void requireSize(List<Append> appends) {
        if (appends.isEmpty() || appends.size() > MAX_BATCH) {
            throw new IllegalArgumentException("an append takes 1 to " + MAX_BATCH + " events: " + appends.size());
        }
    }

    /**
     * Appends once more what was refused because its session had lost its entry, where it has it again, and what was held behind
     * that, so that the events of a request keep their order. A session is given its entry once.
     */
    private List<AppendOutcome> mended(List<Append> appends, List<AppendOutcome> first, Durability atLeast) {
        List<Integer> open = open(first);
        if (open.isEmpty()) {
            return explained(first);
        }
        List<AppendOutcome> outcomes = new ArrayList<>(first);
        Set<SessionId> tried = new HashSet<>();
        Set<SessionId> lost = new HashSet<>();
        while (!open.isEmpty()) {
            open.stream()
                    .filter(i -> Appender.isOfLostSession(outcomes.get(i)))
                    .map(i -> session(appends.get(i)))
                    .distinct()
                    .filter(session -> !tried.add(session) || !isMended(session))
                    .forEach(lost::add);
            List<Integer> again = new ArrayList<>();
            for (int i : open) {
                if (lost.contains(session(appends.get(i)))) {
                    outcomes.set(i, Appender.ofLostSession(appends.get(i)));
                } else {
                    again.add(i);
                }
            }
            appendAgain(appends, again, atLeast, outcomes);
            open = open(outcomes).stream().filter(again::contains).toList();
        }
        return explained(outcomes);
    }

    /** Which have no answer for good yet. */
    private static List<Integer> open(List<AppendOutcome> outcomes) {
        return IntStream.range(0, outcomes.size())
                .filter(i -> Appender.isOfLostSession(outcomes.get(i)) || Appender.isHeld(outcomes.get(i)))
                .boxed()
                .toList();
    }

    private void appendAgain(
            List<Append> appends, List<Integer> again, Durability atLeast, List<AppendOutcome> outcomes) {
        if (!again.isEmpty()) {
            Iterator<AppendOutcome> answers = appender.append(
                            again.stream().map(appends::get).toList(), atLeast)
                    .outcomes()
                    .iterator();
            again.forEach(i -> outcomes.set(i, answers.next()));
        }
    }

    /** Those that were refused because they are gone, each with what is known of that. */
    private List<AppendOutcome> explained(List<AppendOutcome> outcomes) {
        return outcomes.stream().anyMatch(AppendOutcome.Gone.class::isInstance)
                ? outcomes.stream().map(this::explained).toList()
                : outcomes;
    }

    private AppendOutcome explained(AppendOutcome outcome) {
        return outcome instanceof AppendOutcome.Gone gone
                ? new AppendOutcome.Gone(
                        gone.eventId(), reader.pruning(gone.gone().at()).orElseGet(gone::gone))
                : outcome;
    }

    private static SessionId session(Append append) {
        return append.event().sessionId();
    }

    /** Whether a session that has lost its entry has it again. */
    private boolean isMended(SessionId session) {
        try {
            mender.mend(session);
            return true;
        } catch (LedgerException cannot) {
            LOG.error("The entry of session {} cannot be made again: {}", session, cannot.getMessage());
            return false;
        }
    }

    @Override
    public Lookup find(EventId id) {
        return reader.find(id);
    }

    @Override
    public Map<EventId, Payload> payloads(Collection<EventId> ids) {
        return reader.payloads(ids);
    }

    @Override
    public Map<EventId, Original> originals(Collection<EventId> ids) {
        return reader.originals(ids);
    }
}
