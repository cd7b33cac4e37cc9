// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.router;

import static java.util.stream.Collectors.groupingBy;

import io.contextgraph.event.EventId;
import io.contextgraph.event.Original;
import io.contextgraph.event.Payload;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.AppendOutcome;
import io.contextgraph.ledger.AppendResult;
import io.contextgraph.ledger.AppendStream;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.Lookup;
import io.contextgraph.ledger.partition.Partition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Appends each event to the partition of its session, and looks for ids in all of them.
 *
 * <p><b>Guarantees.</b> Where some partitions fail and others do not, the events of those are refused alone, each with the reason
 * and the number of its partition: they may have been taken, and may be repeated. No partition waits for another one. An id is
 * looked for everywhere before it is called unknown.
 */
final class PartitionedLog implements EventLog {
    private final Partitioning partitioning;
    private final List<Partition> partitions;
    private final FanOut fanOut;

    PartitionedLog(Partitioning partitioning, List<Partition> partitions, FanOut fanOut) {
        this.partitioning = partitioning;
        this.partitions = partitions;
        this.fanOut = fanOut;
    }

    /**
     * The events of a call that go to one partition.
     *
     * @param at their places in the call
     */
    private record Share(List<Integer> at, List<Append> appends) {
        Share() {
            this(new ArrayList<>(), new ArrayList<>());
        }
    }

    private SortedMap<Integer, Share> shares(List<Append> appends) {
        if (appends.isEmpty() || appends.size() > MAX_BATCH) {
            throw new IllegalArgumentException("an append takes 1 to " + MAX_BATCH + " events: " + appends.size());
        }
        SortedMap<Integer, Share> shares = new TreeMap<>();
        for (int i = 0; i < appends.size(); i++) {
            Append append = appends.get(i);
            Share share = shares.computeIfAbsent(partitioning.of(append.event().sessionId()), p -> new Share());
            share.at().add(i);
            share.appends().add(append);
        }
        return shares;
    }

    @Override
    public AppendResult append(List<Append> appends, Durability atLeast) {
        SortedMap<Integer, Share> shares = shares(appends);
        if (shares.size() == 1) {
            return partitions.get(shares.firstKey()).log().append(appends, atLeast);
        }
        List<Share> all = List.copyOf(shares.values());
        List<FanOut.Said<AppendResult>> said = fanOut.said(
                shares.keySet().stream().map(partitions::get).toList(),
                partition -> partition
                        .log()
                        .append(
                                Objects.requireNonNull(shares.get(partition.number()))
                                        .appends(),
                                atLeast));
        return judged(appends, all, said);
    }

    /** @throws LedgerException where all have failed */
    private static AppendResult judged(List<Append> appends, List<Share> shares, List<FanOut.Said<AppendResult>> said) {
        AppendOutcome[] outcomes = new AppendOutcome[appends.size()];
        Optional<Durability> reached = Optional.empty();
        for (int s = 0; s < shares.size(); s++) {
            List<Integer> at = shares.get(s).at();
            Optional<AppendResult> result = said.get(s).answer();
            for (int i = 0; i < at.size(); i++) {
                outcomes[at.get(i)] = result.isPresent()
                        ? result.get().outcomes().get(i)
                        : refused(appends.get(at.get(i)), said.get(s).failed().orElseThrow());
            }
            if (result.isPresent()) {
                reached = Optional.of(lesser(
                        reached.orElse(result.get().reached()), result.get().reached()));
            }
        }
        return new AppendResult(
                Arrays.asList(outcomes),
                reached.orElseThrow(
                        () -> LedgerException.again(said.getFirst().failed().orElseThrow())));
    }

    private static Durability lesser(Durability one, Durability other) {
        return one.covers(other) ? other : one;
    }

    /** What was written to a partition, or that it has failed. */
    private record Written(
            AppendStream.@Nullable Written there, @Nullable LedgerException failed) {
        AppendResult await() {
            if (failed != null) {
                throw LedgerException.again(failed);
            }
            return Objects.requireNonNull(there).await();
        }
    }

    private static Written attempt(Supplier<AppendStream.Written> write) {
        try {
            return new Written(write.get(), null);
        } catch (LedgerException failed) {
            return new Written(null, failed);
        }
    }

    private static AppendOutcome refused(Append append, LedgerException failed) {
        return new AppendOutcome.Refused(
                append.event().id(),
                failed.reason(),
                failed.told().orElse(failed.reason().meaning()));
    }

    /** {@inheritDoc} One partition that fails fails all of them: nothing more is written then. */
    @Override
    public AppendStream stream(Durability atLeast) {
        Map<Integer, AppendStream> streams = new HashMap<>();
        List<LedgerException> failures = Collections.synchronizedList(new ArrayList<>());
        return appends -> {
            if (!failures.isEmpty()) {
                throw LedgerException.again(failures.getFirst());
            }
            SortedMap<Integer, Share> shares = shares(appends);
            SortedMap<Integer, Written> written = new TreeMap<>();
            shares.forEach((p, share) -> written.put(
                    p,
                    attempt(() -> streams.computeIfAbsent(p, n -> partitions.get(n).log().stream(atLeast))
                            .write(share.appends()))));
            written.values().stream()
                    .map(Written::failed)
                    .filter(Objects::nonNull)
                    .forEach(failures::add);
            return () -> {
                try {
                    return whole(appends, shares, written);
                } catch (LedgerException failed) {
                    failures.add(failed);
                    throw failed;
                }
            };
        };
    }

    private static AppendResult whole(
            List<Append> appends, SortedMap<Integer, Share> shares, SortedMap<Integer, Written> written) {
        // The first that has failed is what is told.
        written.values().stream()
                .map(Written::failed)
                .filter(Objects::nonNull)
                .findFirst()
                .ifPresent(failed -> {
                    throw failed;
                });
        List<AppendResult> results = new ArrayList<>();
        written.values().forEach(one -> results.add(one.await()));
        AppendOutcome[] outcomes = new AppendOutcome[appends.size()];
        Durability reached = results.getFirst().reached();
        int next = 0;
        for (Share share : shares.values()) {
            AppendResult result = results.get(next++);
            reached = lesser(reached, result.reached());
            for (int i = 0; i < share.at().size(); i++) {
                outcomes[share.at().get(i)] = result.outcomes().get(i);
            }
        }
        return new AppendResult(Arrays.asList(outcomes), reached);
    }

    /** {@inheritDoc} Where several partitions have an event of this id, that of the first. */
    @Override
    public Lookup find(EventId id) {
        List<FanOut.Said<Lookup>> said =
                fanOut.said(partition -> partition.log().find(id));
        for (FanOut.Said<Lookup> one : said) {
            if (one.answer().orElse(null) instanceof Lookup.Found found) {
                return found;
            }
        }
        return said.stream()
                .map(FanOut.Said::orThrow)
                .filter(Lookup.Gone.class::isInstance)
                .findFirst()
                .orElseGet(Lookup.Unknown::new);
    }

    @Override
    public Map<EventId, Payload> payloads(Collection<EventId> ids) {
        return joined(fanOut.all(partition -> partition.log().payloads(ids)));
    }

    @Override
    public Map<EventId, Original> originals(Collection<EventId> ids) {
        return joined(fanOut.all(partition -> partition.log().originals(ids)));
    }

    private static <T> Map<EventId, T> joined(List<Map<EventId, T>> parts) {
        Map<EventId, T> all = new HashMap<>();
        parts.reversed().forEach(all::putAll);
        return all;
    }

    @Override
    public List<RecordedEvent> withOriginals(List<RecordedEvent> events) {
        return completed(events, EventLog::withOriginals);
    }

    @Override
    public List<RecordedEvent> whole(List<RecordedEvent> events) {
        return completed(events, EventLog::whole);
    }

    /** Each by the partition that it is of. */
    private List<RecordedEvent> completed(
            List<RecordedEvent> events, BiFunction<EventLog, List<RecordedEvent>, List<RecordedEvent>> complete) {
        Map<Integer, List<RecordedEvent>> parts = events.stream()
                .collect(groupingBy(event -> partitioning.of(event.event().sessionId())));
        Map<RecordedEvent, RecordedEvent> completed = new HashMap<>();
        parts.forEach((p, some) -> {
            List<RecordedEvent> whole = complete.apply(partitions.get(p).log(), some);
            for (int i = 0; i < some.size(); i++) {
                completed.put(some.get(i), whole.get(i));
            }
        });
        return events.stream()
                .map((Function<RecordedEvent, RecordedEvent>) event -> Objects.requireNonNull(completed.get(event)))
                .toList();
    }
}
