// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger;

import io.contextgraph.event.EventId;
import io.contextgraph.event.Original;
import io.contextgraph.event.Payload;
import io.contextgraph.event.RecordedEvent;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The ledger: appends events for ever and reads them back by id.
 *
 * <p><b>Guarantees.</b> An event is in the order of its partition, in its session's order, in its document and in every index,
 * or in none. {@code seq} is gap-free over the partition and {@code session_seq} within a session. An event once
 * acknowledged at a level survives what that level promises. An id is held against those of the same partition: where there
 * are several, one that comes again with a session of another one is not noticed here.
 *
 * <p><b>Errors.</b> {@link LedgerException} says whether trying again is safe and useful; an append that failed with
 * it may or may not have been taken, and may always be repeated.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public interface EventLog {
    /** Most events in one call of {@link #append}. */
    int MAX_BATCH = 1000;

    /**
     * Appends each event on its own, in order: one that conflicts, or that the ledger refuses alone, does not stop the
     * others.
     *
     * <p><b>Guarantees.</b> Idempotent: an event that is already there with the same content hash is a
     * {@link AppendOutcome.Duplicate} of the first position and writes nothing; with another hash it is a
     * {@link AppendOutcome.Conflict}. Blocks until {@code atLeast} is reached.
     *
     * @param appends 1 to {@value #MAX_BATCH} events
     * @param atLeast the durability to wait for
     * @return one outcome for each event, in the same order, and the level reached, which is at least the one asked
     * @throws LedgerException when the store cannot take events now, or the level was not reached in time; where that
     *     passes by itself, some of the events may have been taken
     */
    AppendResult append(List<Append> appends, Durability atLeast);

    /**
     * Begins a stream of appends that are written one after the other and waited for apart.
     *
     * <p><b>Guarantees.</b> What is told is the same as by {@link #append}. Here each is waited for before the next one.
     *
     * @param atLeast the durability of each of them
     */
    default AppendStream stream(Durability atLeast) {
        return appends -> {
            AppendResult result = append(appends, atLeast);
            return () -> result;
        };
    }

    /** The event with its payload and its original, where the ledger has it. */
    Lookup find(EventId id);

    /** The payloads of those among {@code ids} that brought one. */
    Map<EventId, Payload> payloads(Collection<EventId> ids);

    /** The originals of those among {@code ids} that were imported from another ledger. */
    Map<EventId, Original> originals(Collection<EventId> ids);

    /** These events, each with its original where it has one. */
    default List<RecordedEvent> withOriginals(List<RecordedEvent> events) {
        Map<EventId, Original> originals =
                originals(events.stream().map(e -> e.event().id()).toList());
        return events.stream()
                .map(e -> e.withOriginal(
                        Optional.ofNullable(originals.get(e.event().id()))))
                .toList();
    }

    /** These events, each with its payload and its original where it has one. */
    default List<RecordedEvent> whole(List<RecordedEvent> events) {
        Map<EventId, Payload> payloads =
                payloads(events.stream().map(e -> e.event().id()).toList());
        return withOriginals(events).stream()
                .map(e ->
                        e.withPayload(Optional.ofNullable(payloads.get(e.event().id()))))
                .toList();
    }
}
