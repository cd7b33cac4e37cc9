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
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Appends each event to the partition of its session, and looks for ids in all of them.
 *
 * <p><b>Guarantees.</b> Where some partitions fail and others do not, the events of those are refused alone, each with the reason
 * and the number of its partition: they may have been taken, and may be repeated. No partition waits for another one. An id is
 * looked for everywhere before it is called unknown.
 */
final class PartitionedLog implements EventLog {
    private final Partitions partitions;

    PartitionedLog(Partitions partitions) {
        this.partitions = partitions;
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

    /** By partition, in the order in which they come first. */
    private Map<Partition, Share> shares(List<Append> appends) {
        if (appends.isEmpty() || appends.size() > MAX_BATCH) {
            throw new IllegalArgumentException("an append takes 1 to " + MAX_BATCH + " events: " + appends.size());
        }
        Map<Partition, Share> shares = new LinkedHashMap<>();
        for (int i = 0; i < appends.size(); i++) {
            Append append = appends.get(i);
            Share share = shares.computeIfAbsent(partitions.of(append.event().sessionId()), p -> new Share());
            share.at().add(i);
            share.appends().add(append);
        }
        return shares;
    }

    @Override
    public AppendResult append(List<Append> appends, Durability atLeast) {
        Map<Partition, Share> shares = shares(appends);
        if (shares.size() == 1) {
            return shares.keySet().iterator().next().log().append(appends, atLeast);
        }
        return judged(
                appends,
                shares,
                partitions.said(
                        shares.keySet(), partition -> partition.log().append(share(shares, partition), atLeast)));
    }

    private static List<Append> share(Map<Partition, Share> shares, Partition partition) {
        return Objects.requireNonNull(shares.get(partition)).appends();
    }

    /** @throws LedgerException where all have failed */
    private static AppendResult judged(
            List<Append> appends, Map<Partition, Share> shares, List<Partitions.Said<AppendResult>> said) {
        AppendOutcome[] outcomes = new AppendOutcome[appends.size()];
        Iterator<Partitions.Said<AppendResult>> results = said.iterator();
        for (Share share : shares.values()) {
            Partitions.Said<AppendResult> one = results.next();
            List<Integer> at = share.at();
            for (int i = 0; i < at.size(); i++) {
                outcomes[at.get(i)] = one.answer().isPresent()
                        ? one.answer().get().outcomes().get(i)
                        : refused(appends.get(at.get(i)), one.failed().orElseThrow());
            }
        }
        Durability reached = said.stream()
                .flatMap(one -> one.answer().stream())
                .map(AppendResult::reached)
                .reduce((one, other) -> one.covers(other) ? other : one)
                .orElseThrow(
                        () -> LedgerException.again(said.getFirst().failed().orElseThrow()));
        return new AppendResult(Arrays.asList(outcomes), reached);
    }

    private static AppendOutcome refused(Append append, LedgerException failed) {
        return new AppendOutcome.Refused(
                append.event().id(),
                failed.reason(),
                failed.told().orElse(failed.reason().meaning()));
    }

    /**
     * {@inheritDoc} The events of a call are written to their partitions at once. One that fails fails all of them: nothing more is
     * written then, but what the call that met it has written to the others.
     */
    @Override
    public AppendStream stream(Durability atLeast) {
        Map<Partition, AppendStream> streams = new ConcurrentHashMap<>();
        List<LedgerException> failures = Collections.synchronizedList(new ArrayList<>());
        return appends -> {
            if (!failures.isEmpty()) {
                throw LedgerException.again(failures.getFirst());
            }
            Map<Partition, Share> shares = shares(appends);
            List<Partitions.Said<AppendStream.Written>> written = partitions.said(
                    shares.keySet(),
                    partition -> streams.computeIfAbsent(partition, one -> one.log().stream(atLeast))
                            .write(share(shares, partition)));
            written.forEach(one -> one.failed().ifPresent(failures::add));
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
            List<Append> appends, Map<Partition, Share> shares, List<Partitions.Said<AppendStream.Written>> written) {
        // The first that has failed is what is told, before one is waited for.
        List<AppendStream.Written> there =
                written.stream().map(Partitions.Said::orThrow).toList();
        return judged(
                appends,
                shares,
                there.stream()
                        .map(one -> new Partitions.Said<>(Optional.of(one.await()), Optional.empty()))
                        .toList());
    }

    /** {@inheritDoc} Where several partitions have an event of this id, that of the first. */
    @Override
    public Lookup find(EventId id) {
        List<Partitions.Said<Lookup>> said =
                partitions.said(partition -> partition.log().find(id));
        for (Partitions.Said<Lookup> one : said) {
            if (one.answer().orElse(null) instanceof Lookup.Found found) {
                return found;
            }
        }
        return said.stream()
                .map(Partitions.Said::orThrow)
                .filter(Lookup.Gone.class::isInstance)
                .findFirst()
                .orElseGet(Lookup.Unknown::new);
    }

    @Override
    public Map<EventId, Payload> payloads(Collection<EventId> ids) {
        return joined(partitions.all(partition -> partition.log().payloads(ids)));
    }

    @Override
    public Map<EventId, Original> originals(Collection<EventId> ids) {
        return joined(partitions.all(partition -> partition.log().originals(ids)));
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
        Map<Partition, List<RecordedEvent>> parts = events.stream()
                .collect(groupingBy(event -> partitions.of(event.event().sessionId())));
        Map<RecordedEvent, RecordedEvent> completed = new HashMap<>();
        parts.forEach((partition, some) -> {
            List<RecordedEvent> whole = complete.apply(partition.log(), some);
            for (int i = 0; i < some.size(); i++) {
                completed.put(some.get(i), whole.get(i));
            }
        });
        return events.stream()
                .map((Function<RecordedEvent, RecordedEvent>) event -> Objects.requireNonNull(completed.get(event)))
                .toList();
    }
}
