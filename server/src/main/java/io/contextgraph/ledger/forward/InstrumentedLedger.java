// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.forward;

import io.contextgraph.event.Cursor;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Original;
import io.contextgraph.event.Page;
import io.contextgraph.event.Payload;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.AppendStream;
import io.contextgraph.ledger.DuplicateCounts;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.EventSearch;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.ledger.SessionSummary;
import io.contextgraph.ledger.Sessions;
import io.contextgraph.ledger.partition.EventOrder;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.trim.Fence;
import io.contextgraph.ledger.trim.IndexWindow;
import io.contextgraph.ledger.trim.Lease;
import io.contextgraph.ledger.trim.SecondLock;
import io.contextgraph.ledger.trim.TrimPreview;
import io.contextgraph.ledger.trim.TrimRule;
import io.contextgraph.ledger.trim.TrimStep;
import io.contextgraph.ledger.trim.Trimming;
import io.contextgraph.ops.Metrics;
import io.contextgraph.tracing.Part;
import io.contextgraph.tracing.Tracing;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/**
 * A ledger that times what clients ask, and counts what becomes of events and what fails; what a request that is traced asks is a part of
 * its trace. Feeds pass through.
 */
public final class InstrumentedLedger extends ForwardingLedger {
    /** What can become of one event of an append. */
    private enum Outcome {
        APPENDED,
        DUPLICATE,
        CONFLICT,
        UNEXPECTED_SESSION_SEQ,
        PERSONAL,
        FENCED,
        GONE,
        REFUSED
    }

    private enum Call {
        APPEND,
        FIND,
        PAYLOADS,
        ORIGINALS,
        READ,
        SEARCH,
        SESSION_FIND,
        SESSION_LIST,
        TRIM
    }

    private final Map<Outcome, LongConsumer> outcomes = new EnumMap<>(Outcome.class);
    private final Map<LedgerException.Reason, LongConsumer> failures = new EnumMap<>(LedgerException.Reason.class);
    private final Map<Call, Consumer<Duration>> times = new EnumMap<>(Call.class);
    private final DuplicateCounts duplicates;
    private final Tracing tracing;

    /**
     * Measures {@code ledger}.
     *
     * @param duplicates told of each duplicate
     */
    public InstrumentedLedger(Partition ledger, Metrics metrics, DuplicateCounts duplicates, Tracing tracing) {
        super(ledger);
        this.tracing = tracing;
        this.duplicates = duplicates;
        for (Outcome outcome : Outcome.values()) {
            outcomes.put(
                    outcome,
                    metrics.counter(
                            "contextgraph.events.appended",
                            "Events that the ledger has judged, by outcome",
                            "outcome",
                            name(outcome)));
        }
        for (LedgerException.Reason reason : LedgerException.Reason.values()) {
            failures.put(
                    reason,
                    metrics.counter(
                            "contextgraph.ledger.failures",
                            "Calls of the ledger that failed, by reason",
                            "reason",
                            reason.code()));
        }
        for (Call call : Call.values()) {
            times.put(call, metrics.storeTimer(name(call)));
        }
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private <T> T timed(Call which, Supplier<T> call) {
        long started = System.nanoTime();
        try (Part part = part(which)) {
            return timed(which, started, () -> counted(part, call));
        }
    }

    private Part part(Call which) {
        return tracing.isOn() ? tracing.part("ledger." + name(which)) : Part.NONE;
    }

    private <T> T counted(Part part, Supplier<T> call) {
        try {
            return call.get();
        } catch (LedgerException failed) {
            Objects.requireNonNull(failures.get(failed.reason())).accept(1);
            if (failed.reason() != LedgerException.Reason.DURABILITY_UNSUPPORTED) {
                part.failed(failed.reason().code());
            }
            throw failed;
        }
    }

    /** What goes on after this: a part that is closed only where it has failed. */
    private <T> T begun(Part part, Supplier<T> call) {
        try {
            return counted(part, call);
        } catch (RuntimeException failed) {
            part.close();
            throw failed;
        }
    }

    private <T> T timed(Call which, long started, Supplier<T> call) {
        try {
            return call.get();
        } finally {
            Objects.requireNonNull(times.get(which)).accept(Duration.ofNanos(System.nanoTime() - started));
        }
    }

    @Override
    public EventLog log() {
        return new Log(super.log());
    }

    @Override
    public EventOrder order() {
        return new Order(super.order());
    }

    @Override
    public EventSearch search() {
        EventSearch search = super.search();
        return query -> timed(Call.SEARCH, () -> search.search(query));
    }

    @Override
    public Sessions sessions() {
        return new Directory(super.sessions());
    }

    @Override
    public Trimming trimming() {
        return new Steps(super.trimming());
    }

    private final class Log implements EventLog {
        private final EventLog log;

        private Log(EventLog log) {
            this.log = log;
        }

        @Override
        public AppendResult append(List<Append> appends, Durability atLeast) {
            return judged(timed(Call.APPEND, () -> log.append(appends, atLeast)));
        }

        private AppendResult judged(AppendResult result) {
            result.outcomes().forEach(outcome -> {
                Objects.requireNonNull(outcomes.get(of(outcome))).accept(1);
                if (outcome instanceof AppendOutcome.Duplicate duplicate) {
                    duplicates.add(duplicate.eventId());
                }
            });
            return result;
        }

        /** One that is awaited counts, from its beginning on. */
        @Override
        public AppendStream stream(Durability atLeast) {
            AppendStream stream = log.stream(atLeast);
            return appends -> {
                long started = System.nanoTime();
                Part part = part(Call.APPEND);
                AppendStream.Written written = begun(part, () -> stream.write(appends));
                return () -> {
                    try (part) {
                        return judged(timed(Call.APPEND, started, () -> counted(part, written::await)));
                    }
                };
            };
        }

        private static Outcome of(AppendOutcome outcome) {
            return switch (outcome) {
                case AppendOutcome.Appended appended -> Outcome.APPENDED;
                case AppendOutcome.Duplicate duplicate -> Outcome.DUPLICATE;
                case AppendOutcome.Conflict conflict -> Outcome.CONFLICT;
                case AppendOutcome.UnexpectedSessionSeq unexpected -> Outcome.UNEXPECTED_SESSION_SEQ;
                case AppendOutcome.Personal personal -> Outcome.PERSONAL;
                case AppendOutcome.Fenced fenced -> Outcome.FENCED;
                case AppendOutcome.Gone gone -> Outcome.GONE;
                case AppendOutcome.Refused refused -> Outcome.REFUSED;
            };
        }

        @Override
        public Lookup find(EventId id) {
            return timed(Call.FIND, () -> log.find(id));
        }

        @Override
        public Map<EventId, Payload> payloads(Collection<EventId> ids) {
            return timed(Call.PAYLOADS, () -> log.payloads(ids));
        }

        @Override
        public Map<EventId, Original> originals(Collection<EventId> ids) {
            return timed(Call.ORIGINALS, () -> log.originals(ids));
        }
    }

    private final class Order implements EventOrder {
        private final EventOrder order;

        private Order(EventOrder order) {
            this.order = order;
        }

        @Override
        public List<RecordedEvent> read(long afterSeq, int max) {
            return timed(Call.READ, () -> order.read(afterSeq, max));
        }

        @Override
        public Head head() {
            return order.head();
        }
    }

    /** Of trimming the steps count, which make Redis stand still for others. */
    private final class Steps implements Trimming {
        private final Trimming trimming;

        private Steps(Trimming trimming) {
            this.trimming = trimming;
        }

        @Override
        public Lease lease() {
            return trimming.lease();
        }

        @Override
        public TrimStep step(Fence fence, TrimRule rule, int most) {
            return timed(Call.TRIM, () -> trimming.step(fence, rule, most));
        }

        @Override
        public TrimPreview preview(TrimRule rule) {
            return trimming.preview(rule);
        }

        @Override
        public long entries(TrimRule rule) {
            return trimming.entries(rule);
        }

        @Override
        public SecondLock secondLock() {
            return trimming.secondLock();
        }

        @Override
        public IndexWindow index() {
            return trimming.index();
        }

        @Override
        public Head trimmed() {
            return trimming.trimmed();
        }
    }

    private final class Directory implements Sessions {
        private final Sessions sessions;

        private Directory(Sessions sessions) {
            this.sessions = sessions;
        }

        @Override
        public Optional<SessionSummary> find(SessionId id) {
            return timed(Call.SESSION_FIND, () -> sessions.find(id));
        }

        @Override
        public Page<SessionSummary> list(int limit, Optional<Cursor> cursor) {
            return timed(Call.SESSION_LIST, () -> sessions.list(limit, cursor));
        }
    }
}
