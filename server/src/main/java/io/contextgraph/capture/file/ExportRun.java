// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.event.EventId;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.Json;
import io.contextgraph.event.Original;
import io.contextgraph.event.Payload;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Epochs;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.LedgerException.Reason;
import io.contextgraph.ledger.LedgerIdentity;
import io.contextgraph.ledger.PersonalPayloads;
import io.contextgraph.ledger.epoch.PositionPrunedException;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.ledger.prune.Pruning;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes the events of a ledger, or a selection of them, as an import takes them: one a line, with payload and with
 * what the ledger has assigned, in commit order.
 *
 * <p><b>Guarantees.</b> Everything selected that the ledger held when the run began, each once, or an exception: then
 * whole lines have been written up to some event. What comes meanwhile is left out, so that a run ends. An event whose
 * content does not fit its hash, such as one that has lost its payload, is written as it is, and named. A few events
 * with their payloads are held in memory.
 *
 * <p><b>Threads.</b> A run belongs to one thread.
 */
public final class ExportRun {
    /** Most damaged events that are named; all are counted. */
    public static final int MAX_DAMAGED_NAMED = 100;

    /** Events whose payloads are read in one go, at most; fewer where payloads are large. */
    private static final int MOST_AT_ONCE = 100;

    private static final int FIRST_AT_ONCE = 10;
    private static final int CHARS_AT_ONCE = 4 << 20;

    private final Partition ledger;
    private final EventLog log;
    private final EventQuery filters;
    private final boolean skipping;
    private final List<EventId> damaged = new ArrayList<>();
    private Head asOf = Head.EMPTY;
    private Pruning.Extent pruned = Pruning.Extent.NONE;
    private Optional<Original.Source> source = Optional.empty();
    private int atOnce = FIRST_AT_ONCE;
    private long damagedTotal;
    private long events;
    private long firstSeq;
    private long lastSeq;
    private long bytes;

    /**
     * @param filters what to select; its order, limit and cursor play no part
     * @param skipping whether to pass over what has been pruned behind the place where the run goes on, or is pruned before the
     *     run comes to it
     */
    public ExportRun(Partition ledger, EventQuery filters, boolean skipping) {
        this.ledger = ledger;
        this.log = ledger.log();
        this.filters = filters;
        this.skipping = skipping;
    }

    /**
     * Writes what follows {@code after}, or everything that is there.
     *
     * @throws PositionPrunedException when events that follow have been pruned, whether or not they were of the selection
     * @throws IOException when {@code out} takes no more
     * @throws io.contextgraph.ledger.LedgerException when the ledger does not answer, or not completely
     */
    public ExportSummary run(Optional<RecordedEvent> after, OutputStream out, ExportProgress progress)
            throws IOException {
        Epochs.Standing now = ledger.epochs().now();
        asOf = now.head();
        source = source(now.identity());
        Pruning.Extent begun = after.isPresent() ? Pruning.Extent.NONE : pruned();
        CommitOrder selected = new CommitOrder(ledger, filters, after, asOf);
        while (!selected.ended()) {
            long behind = selected.seq();
            List<RecordedEvent> page = selected.next();
            if (selected.mayLack() && !skipping) {
                require(behind, begun);
            }
            int from = 0;
            while (from < page.size()) {
                int to = Math.min(from + atOnce, page.size());
                write(page.subList(from, to), out);
                progress.advanced(lastSeq, asOf.seq(), events);
                from = to;
            }
            progress.advanced(Math.min(selected.seq(), asOf.seq()), asOf.seq(), events);
        }
        pruned = pruned();
        return soFar();
    }

    /** @param begun what was gone before anything was read */
    private void require(long behind, Pruning.Extent begun) {
        Pruning.Extent now = pruned();
        if (now.through().seq() > behind && now.events() > begun.events()) {
            throw new PositionPrunedException(behind, now.through());
        }
    }

    /** What has gone from among the events that are asked for. */
    private Pruning.Extent pruned() {
        EventQuery.Builder one =
                EventQuery.builder().order(EventQuery.Order.POSITION_DESC).limit(1);
        if (filters.sessionId().isPresent()) {
            try {
                return ledger.search()
                        .search(one.sessionId(filters.sessionId().get()).build())
                        .scope()
                        .pruned();
            } catch (LedgerException unanswered) {
                if (unanswered.reason() != Reason.INCOMPLETE) {
                    throw unanswered;
                }
            }
        }
        return ledger.search().search(one.sessionId(null).build()).scope().pruned();
    }

    /** What has been written up to now. */
    public ExportSummary soFar() {
        return new ExportSummary(events, firstSeq, lastSeq, bytes, asOf, source, damaged, damagedTotal, pruned);
    }

    private void write(List<RecordedEvent> part, OutputStream out) throws IOException {
        List<EventId> ids = part.stream().map(e -> e.event().id()).toList();
        Map<EventId, Payload> payloads = log.payloads(ids);
        Map<EventId, Original> originals = log.originals(ids);
        for (RecordedEvent slim : part) {
            EventId id = slim.event().id();
            RecordedEvent event = slim.withPayload(Optional.ofNullable(payloads.get(id)))
                    .withOriginal(Optional.ofNullable(originals.get(id)));
            if (!PersonalPayloads.isGenuine(event)) {
                damaged(id);
            }
            byte[] line = line(event, source);
            out.write(line);
            bytes += line.length;
            events++;
            firstSeq = firstSeq == 0 ? event.seq() : firstSeq;
            lastSeq = event.seq();
        }
        out.flush();
        int largest = payloads.values().stream()
                .mapToInt(p -> p.json().length())
                .max()
                .orElse(0);
        atOnce = Math.clamp(CHARS_AT_ONCE / (largest + 1), 1, MOST_AT_ONCE);
    }

    private void damaged(EventId id) {
        damagedTotal++;
        if (damaged.size() < MAX_DAMAGED_NAMED) {
            damaged.add(id);
        }
    }

    /** Which ledger lines are of; empty for one without events. */
    public static Optional<Original.Source> source(LedgerIdentity identity) {
        return identity.id()
                .map(id -> new Original.Source(UUID.fromString(id), identity.partition(), identity.epoch()));
    }

    /** The line of an event of a ledger, with its end. */
    public static byte[] line(RecordedEvent event, Optional<Original.Source> source) {
        ObjectNode json = EventJson.toJson(event);
        source.ifPresent(known -> EventJson.source(json, known));
        byte[] text = Json.MAPPER.writeValueAsBytes(json);
        byte[] line = Arrays.copyOf(text, text.length + 1);
        line[text.length] = '\n';
        return line;
    }
}
