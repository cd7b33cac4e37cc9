// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.sizing;

import static io.contextgraph.sizing.MeasuredFigure.ARCHIVED;
import static io.contextgraph.sizing.MeasuredFigure.ARCHIVED_ID;
import static io.contextgraph.sizing.MeasuredFigure.COLD;
import static io.contextgraph.sizing.MeasuredFigure.COLD_SORTED_SET;
import static io.contextgraph.sizing.MeasuredFigure.EDGES;
import static io.contextgraph.sizing.MeasuredFigure.GONE;
import static io.contextgraph.sizing.MeasuredFigure.GONE_ID;
import static io.contextgraph.sizing.MeasuredFigure.GRAPH_EVENT;
import static io.contextgraph.sizing.MeasuredFigure.GRAPH_RATE;
import static io.contextgraph.sizing.MeasuredFigure.GRAPH_SUMMARY;
import static io.contextgraph.sizing.MeasuredFigure.HOT;
import static io.contextgraph.sizing.MeasuredFigure.HOT_SORTED_SET;
import static io.contextgraph.sizing.MeasuredFigure.HOT_WITH_PAYLOAD;
import static io.contextgraph.sizing.MeasuredFigure.NEO4J_TIME;
import static io.contextgraph.sizing.MeasuredFigure.PERSONAL;
import static io.contextgraph.sizing.MeasuredFigure.REDIS_RATE;
import static io.contextgraph.sizing.MeasuredFigure.REDIS_TIME;
import static io.contextgraph.sizing.MeasuredFigure.RESTART;
import static io.contextgraph.sizing.MeasuredFigure.REWRITTEN_FILE;
import static io.contextgraph.sizing.MeasuredFigure.SERVER_TIME_BATCH;
import static io.contextgraph.sizing.MeasuredFigure.SERVER_TIME_SINGLE;
import static io.contextgraph.sizing.MeasuredFigure.WORKER_TIME;

import io.contextgraph.sizing.SizeLine.Unit;
import java.util.ArrayList;
import java.util.List;

/**
 * What a deployment needs: measured figures times what is to be kept, and nothing else.
 *
 * @param lines the figures, each after those that it is made from
 * @param warnings what cannot be had so
 * @param assumptions what is taken for granted and was not measured here
 * @param notMeasured what is not in the figures, because nobody has measured it
 */
public record SizeEstimate(
        List<SizeLine> lines, List<String> warnings, List<String> assumptions, List<String> notMeasured) {
    /** Of its memory, above which a ledger begins to shorten what it keeps, in percent. */
    static final int FULL_PERCENT = 80;

    private static final double MILLION = 1e6;
    private static final double MEBIBYTE = 1 << 20;
    private static final double SECONDS_A_DAY = 86_400;

    /** Beside maxmemory, for what is copied while a forked process works. */
    private static final double MACHINE = 1.5;

    /** How large the file becomes at least before it is rewritten: {@code auto-aof-rewrite-min-size}. */
    private static final double LEAST_REWRITE = 1 << 30;

    /** Of the payload whose memory was measured. */
    private static final int MEASURED_PAYLOAD = 286;

    /** Of events whose edges, file and restart were measured. */
    private static final double MEASURED_EVENTS = 1_000_000;

    public SizeEstimate {
        lines = List.copyOf(lines);
        warnings = List.copyOf(warnings);
        assumptions = List.copyOf(assumptions);
        notMeasured = List.copyOf(notMeasured);
    }

    /** What an event takes in each tier, without a payload. */
    public static EventBytes measuredBytes() {
        return new EventBytes(
                HOT.value(),
                COLD.value(),
                GONE.value(),
                GONE.value() - GONE_ID.value(),
                ARCHIVED.value() + ARCHIVED_ID.value());
    }

    /** What the key of a payload takes beside the payload. */
    static double payloadKey() {
        return HOT_WITH_PAYLOAD.value() - HOT.value() - MEASURED_PAYLOAD;
    }

    /** The same with a payload. */
    public static EventBytes measuredBytes(long payloadBytes) {
        return payloadBytes == 0
                ? measuredBytes()
                : measuredBytes().withPayload(payloadBytes + payloadKey(), (double) payloadBytes);
    }

    /** Calculates. */
    public static SizeEstimate of(SizeRequest request) {
        return new Sum(request).estimate();
    }

    /** The sum as it is done. */
    private static final class Sum {
        private final SizeRequest request;
        private final Stay.Days days;
        private final List<SizeLine> lines = new ArrayList<>();
        private final List<String> warnings = new ArrayList<>();
        private final List<String> assumptions = new ArrayList<>();
        private final List<String> notMeasured = new ArrayList<>();

        Sum(SizeRequest request) {
            this.request = request;
            this.days = request.stay().after(request.days());
        }

        SizeEstimate estimate() {
            double kept = memory();
            if (!request.sortedSet()) {
                disk(kept);
            }
            archive();
            graph();
            load();
            if (!request.sortedSet()) {
                restart(kept);
            }
            caveats();
            return new SizeEstimate(lines, warnings, assumptions, notMeasured);
        }

        private double events(int ofDays) {
            return (double) request.eventsPerDay() * ofDays;
        }

        /** Memory of Redis; how many events are in it. */
        private double memory() {
            MeasuredFigure hot = request.sortedSet() ? HOT_SORTED_SET : HOT;
            MeasuredFigure cold = request.sortedSet() ? COLD_SORTED_SET : COLD;
            double memory = times("hot", "Redis: hot events", events(days.hot()), hot.value());
            memory += times("cold", "Redis: cold events", events(days.cold()), cold.value());
            if (!request.sortedSet()) {
                EventBytes each = measuredBytes();
                memory += times(
                        "gone_remembered", "Redis: gone, id remembered", events(days.remembered()), each.remembered());
                memory += times("gone", "Redis: gone for longer", events(days.gone()), each.gone());
            }
            double kept = events(days.kept());
            if (request.payloadBytes() > 0) {
                memory += times("payloads", "Redis: payloads", kept, request.payloadBytes() + payloadKey());
            }
            bytes("redis_memory", "Redis: memory in use", memory, "the sum");
            double maxmemory = memory * 100 / FULL_PERCENT;
            bytes("maxmemory", "maxmemory", maxmemory, FULL_PERCENT + "% of it in use; above that less is kept");
            bytes(
                    "machine_memory",
                    "memory of its machine",
                    maxmemory * MACHINE,
                    "half as much again, for what is copied beside a forked process");
            return kept;
        }

        private void disk(double kept) {
            double each = REWRITTEN_FILE.value() * MEBIBYTE / MEASURED_EVENTS;
            double file = times("append_only_file", "append-only file, rewritten", kept, each + request.payloadBytes());
            bytes(
                    "redis_disk",
                    "disk of Redis",
                    Math.max(2 * file, LEAST_REWRITE) + 2 * file,
                    "the file before a rewrite (twice as large, 1 GB at least), the new one, a snapshot");
        }

        private void archive() {
            double each = measuredBytes().archived() + request.payloadBytes();
            double ignored = times("archive", "archive", events(days.left()), each);
        }

        private void graph() {
            double nodes = events(request.days());
            double edges = EDGES.value() / MEASURED_EVENTS;
            add("graph_nodes", "graph: events", nodes, Unit.COUNT, "every event (graph.full-for=0)");
            add("graph_edges", "graph: edges", nodes * edges, Unit.COUNT, Amounts.plain(edges) + " an event");
            double disk = times("graph_disk", "graph: events on disk", nodes, GRAPH_EVENT.value());
            disk += times("graph_summaries", "graph: summaries on disk", events(days.left()), GRAPH_SUMMARY.value());
            bytes("neo4j_disk", "disk of Neo4j", disk, "the sum");
        }

        private void load() {
            double mean = request.eventsPerDay() / SECONDS_A_DAY;
            double peak = mean * request.peak();
            add("events_per_second", "events a second", mean, Unit.EVENTS_A_SECOND, "evenly over the day");
            add(
                    "peak_events_per_second",
                    "events a second, at the peak",
                    peak,
                    Unit.EVENTS_A_SECOND,
                    Amounts.plain(request.peak()) + " times that");
            if (!request.sortedSet()) {
                cores("redis_cores", "Redis at the peak", peak, REDIS_TIME.value());
                if (peak > REDIS_RATE.value()) {
                    warnings.add("at the peak more events come in than one Redis was seen to take: "
                            + Amounts.count(REDIS_RATE.value()) + " a second");
                }
            }
            cores("server_cores_single", "servers, an event a request", peak, SERVER_TIME_SINGLE.value());
            cores("server_cores_batch", "servers, batches of 100", peak, SERVER_TIME_BATCH.value());
            cores("graph_cores", "Neo4j and worker", peak, NEO4J_TIME.value() + WORKER_TIME.value());
            if (peak > GRAPH_RATE.value()) {
                warnings.add("at the peak more events come in than one worker was seen to bring into the graph, "
                        + Amounts.count(GRAPH_RATE.value()) + " a second: it lags behind until fewer do");
            }
            if (mean > GRAPH_RATE.value()) {
                warnings.add("on average, too: the graph never catches up");
            }
        }

        private void restart(double kept) {
            add(
                    "restart",
                    "restart of Redis",
                    kept / MEASURED_EVENTS * RESTART.value(),
                    Unit.SECONDS,
                    Amounts.count(kept) + " events x " + Amounts.plain(RESTART.value()) + " s a million");
        }

        private void caveats() {
            assumptions.add(
                    "Events are as large as those that were measured: 395 bytes as a plain JSON document, 100 to a session.");
            assumptions.add(
                    "Processor time and restarts are those of one core of the machine that measured; yours will differ.");
            assumptions.add(
                    "Prices: $%s for a GB of memory and $%s for a GB of the archive, each a month; machines, copies and the room below maxmemory come on top."
                            .formatted(
                                    Amounts.plain(request.prices().memory()),
                                    Amounts.plain(request.prices().archive())));
            notMeasured.add(
                    "the log of transactions of Neo4j, which its settings bound, and what larger graphs take on disk");
            notMeasured.add("how much memory Neo4j and the servers need");
            notMeasured.add(
                    "what Redis keeps on disk of events that have gone, and whether cold events take less there than hot ones");
            if (request.payloadBytes() > 0) {
                assumptions.add("Payloads count as they are, in memory, file and archive; "
                        + Amounts.plain(payloadKey()) + " bytes of memory for the key of each, as was measured with "
                        + MEASURED_PAYLOAD + " bytes.");
                notMeasured.add(
                        "what compressing saves of payloads (from 1,024 bytes on in Redis, always in the archive)");
            }
            assumptions.add("No event is about a person; those that are take more: "
                    + Amounts.count(PERSONAL.value()) + " bytes of memory where others take "
                    + Amounts.count(HOT_WITH_PAYLOAD.value()) + ", with a payload of " + MEASURED_PAYLOAD + " bytes.");
            if (request.sortedSet()) {
                notMeasured.add(
                        "engine sorted-set: what is left of events that have gone, files on disk, processor time and restarts");
            }
        }

        private double times(String name, String text, double count, double each) {
            double all = count * each;
            bytes(name, text, all, "%s x %s bytes".formatted(Amounts.count(count), Amounts.plain(each)));
            return all;
        }

        private void bytes(String name, String text, double value, String how) {
            add(name, text, value, Unit.BYTES, how);
        }

        private void cores(String name, String text, double peak, double micros) {
            add(name, text, peak * micros / MILLION, Unit.CORES, "%s us an event".formatted(Amounts.plain(micros)));
        }

        private void add(String name, String text, double value, Unit unit, String how) {
            lines.add(new SizeLine(name, text, value, unit, how));
        }
    }
}
