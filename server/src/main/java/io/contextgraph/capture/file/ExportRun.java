// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.capture.file;

import io.contextgraph.event.EventId;
import io.contextgraph.event.EventJson;
import io.contextgraph.event.EventQuery;
import io.contextgraph.event.Json;
import io.contextgraph.event.Original;
import io.contextgraph.event.Payload;
import io.contextgraph.event.Position;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.ledger.Epochs;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.EventPage;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.Ledger;
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
 * what the ledger has assigned, in commit order; of several partitions each in its own order, some events of each in turn.
 *
 * <p><b>Guarantees.</b> Everything selected that the ledger held when the run began, each once, or an exception: then
 * whole lines have been written up to some event of each partition. What comes meanwhile is left out, so that a run ends. An
 * event whose content does not fit its hash, such as one that has lost its payload, is written as it is, and named. A few events
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

    private final EventQuery filters;
    private final boolean skipping;
    private final List<Part> parts;
    private final List<EventId> damaged = new ArrayList<>();
    private long damagedTotal;
    private long bytes;

    /**
     * @param filters what to select; its order, limit and cursor play no part
     * @param skipping whether to pass over what has been pruned behind the place where the run goes on, or is pruned before the
     *     run comes to it
     */
    public ExportRun(Ledger ledger, EventQuery filters, boolean skipping) {
        this.filters = filters;
        this.skipping = skipping;
        this.parts = partitions(ledger, filters).stream().map(Part::new).toList();
    }

    /** Those that have what is selected. */
    static List<Partition> partitions(Ledger ledger, EventQuery filters) {
        return filters.sessionId().map(ledger::partitionOf).map(List::of).orElseGet(ledger::partitions);
    }

    /**
     * Writes what follows, or everything that is there.
     *
     * @param after the last event of each partition that is not wanted any more; none of one that begins with its first
     * @throws PositionPrunedException when events that follow have been pruned, whether or not they were of the selection
     * @throws IOException when {@code out} takes no more
     * @throws io.contextgraph.ledger.LedgerException when the ledger does not answer, or not completely; of several
     *     partitions it names the one
     */
    public ExportSummary run(List<RecordedEvent> after, OutputStream out, ExportProgress progress) throws IOException {
        List<Pages> left = new ArrayList<>();
        for (Part part : parts) {
            left.add(part.begin(after.stream().filter(part::has).findFirst()));
        }
        while (!left.isEmpty()) {
            for (Pages pages : left) {
                if (!pages.ended()) {
                    pages.write(out, progress);
                }
            }
            left.removeIf(Pages::ended);
        }
        for (Part part : parts) {
            part.pruned = part.gone();
        }
        return soFar();
    }

    /** What has been written up to now. */
    public ExportSummary soFar() {
        return new ExportSummary(parts.stream().map(Part::soFar).toList(), bytes, damaged, damagedTotal);
    }

    private void tell(ExportProgress progress) {
        progress.advanced(
                parts.stream().mapToLong(part -> part.at).sum(),
                parts.stream().mapToLong(part -> part.asOf.seq()).sum(),
                parts.stream().mapToLong(part -> part.events).sum());
    }

    /** A partition, and what was written of it. */
    private final class Part {
        private final Partition partition;
        private final EventLog log;
        private Head asOf = Head.EMPTY;
        private Optional<Original.Source> source = Optional.empty();
        private Pruning.Extent pruned = Pruning.Extent.NONE;
        private int atOnce = FIRST_AT_ONCE;
        private long at;
        private long events;
        private long firstSeq;
        private long lastSeq;

        Part(Partition partition) {
            this.partition = partition;
            this.log = partition.log();
        }

        /** Whether an event is of it. */
        boolean has(RecordedEvent event) {
            return event.position().partition()
                    == partition.named(event.position()).partition();
        }

        Pages begin(Optional<RecordedEvent> after) {
            Epochs.Standing now = partition.epochs().now();
            asOf = new Head(now.head().seq(), partition.named(now.head().position()));
            source = source(now.identity());
            EventPage newest = newest();
            // A client of a server finds over all partitions, and reads each.
            boolean finding = newest.scopes().size() == 1;
            return new Pages(
                    this,
                    new CommitOrder(partition, filters, after, asOf, finding),
                    after.isPresent() ? Pruning.Extent.NONE : gone(newest));
        }

        /** What has gone from among the events that are asked for. */
        Pruning.Extent gone() {
            return gone(newest());
        }

        private Pruning.Extent gone(EventPage newest) {
            return newest.scope(partition.named(Position.START).partition()).pruned();
        }

        private EventPage newest() {
            EventQuery.Builder one =
                    EventQuery.builder().order(EventQuery.Order.POSITION_DESC).limit(1);
            if (filters.sessionId().isPresent()) {
                try {
                    return partition
                            .search()
                            .search(one.sessionId(filters.sessionId().get()).build());
                } catch (LedgerException unanswered) {
                    if (unanswered.reason() != Reason.INCOMPLETE) {
                        throw unanswered;
                    }
                }
            }
            return partition.search().search(one.sessionId(null).build());
        }

        ExportSummary.Part soFar() {
            return new ExportSummary.Part(events, firstSeq, lastSeq, asOf, source, pruned);
        }

        void write(List<RecordedEvent> some, OutputStream out) throws IOException {
            List<EventId> ids = some.stream().map(e -> e.event().id()).toList();
            Map<EventId, Payload> payloads = log.payloads(ids);
            Map<EventId, Original> originals = log.originals(ids);
            for (RecordedEvent slim : some) {
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
    }

    /** What is left of a partition. */
    private final class Pages {
        private final Part part;
        private final CommitOrder selected;

        /** What was gone before anything was read. */
        private final Pruning.Extent begun;

        Pages(Part part, CommitOrder selected, Pruning.Extent begun) {
            this.part = part;
            this.selected = selected;
            this.begun = begun;
            part.at = Math.min(selected.seq(), part.asOf.seq());
        }

        boolean ended() {
            return selected.ended();
        }

        void write(OutputStream out, ExportProgress progress) throws IOException {
            long behind = selected.seq();
            List<RecordedEvent> page = selected.next();
            if (selected.mayLack() && !skipping) {
                require(behind);
            }
            int from = 0;
            while (from < page.size()) {
                int to = Math.min(from + part.atOnce, page.size());
                part.write(page.subList(from, to), out);
                part.at = part.lastSeq;
                tell(progress);
                from = to;
            }
            part.at = Math.min(selected.seq(), part.asOf.seq());
            tell(progress);
        }

        private void require(long behind) {
            Pruning.Extent now = part.gone();
            if (now.through().seq() > behind && now.events() > begun.events()) {
                int number = now.through().position().partition();
                throw new PositionPrunedException(behind, now.through())
                        .with(number == Position.WHOLE ? "" : ", in partition " + number);
            }
        }
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
