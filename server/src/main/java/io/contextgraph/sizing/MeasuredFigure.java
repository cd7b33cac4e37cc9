// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.sizing;

import java.util.Map;

/**
 * What was measured, as the benchmarks have published it: the only place where the program has such figures, each with its source.
 *
 * <p><b>Units and bounds.</b> Events of 395 bytes as a plain document, without payloads unless said otherwise, engine search unless
 * said otherwise; of one machine with two cores. Bytes agree with the published figure within {@value #BYTES_PERCENT}%, times and
 * rates within {@value #TIMES_PERCENT}%: they are measured again now and then, and vary by as much.
 *
 * <p><b>Source.</b> {@code docs/benchmarks/<file>.json}, which {@code bench/run <file>} writes.
 */
public enum MeasuredFigure {
    HOT("an event while it is in the streams", 1_573, Unit.BYTES, "archive", Table.TIERS, "hot", "bytes of RAM"),
    COLD("an event that has left the streams", 1_192, Unit.BYTES, "archive", Table.TIERS, "cold", "bytes of RAM"),
    GONE("an event that has left Redis", 256, Unit.BYTES, "archive", Table.TIERS, "gone", "bytes of RAM"),
    GONE_ID(
            "of it its id, as long as that is remembered",
            110.2,
            Unit.BYTES,
            "archive",
            Table.LEFTOVERS,
            "ids of events that have gone",
            "bytes/event"),
    ARCHIVED("an event in the archive", 85, Unit.BYTES, "archive", Table.TIERS, "gone", "bytes in the archive"),
    ARCHIVED_ID("its id in the archive", 72, Unit.BYTES, "archive", Table.LEFTOVERS, "files of ids", "bytes/event"),
    GRAPH_SUMMARY(
            "what sums up an event that has gone, on Neo4j's disk",
            109.6,
            Unit.BYTES,
            "archive",
            Table.LEFTOVERS,
            "summaries, links to what they cover, marks",
            "bytes/event"),
    HOT_SORTED_SET(
            "the same with engine sorted-set, in the streams",
            1_743,
            Unit.BYTES,
            "memory",
            Table.TRIMMED,
            "sorted-set",
            "hot event, bytes"),
    COLD_SORTED_SET(
            "the same with engine sorted-set, out of the streams",
            1_362,
            Unit.BYTES,
            "memory",
            Table.TRIMMED,
            "sorted-set",
            "cold event, bytes"),
    HOT_WITH_PAYLOAD(
            "an event with a payload of 286 bytes",
            2_081,
            Unit.BYTES,
            "privacy",
            Table.ERASURE,
            "an event about nobody, bytes of RAM",
            "measured"),
    PERSONAL(
            "the same about a person, its payload sealed",
            3_251,
            Unit.BYTES,
            "privacy",
            Table.ERASURE,
            "an event about a person, bytes of RAM",
            "measured"),
    REWRITTEN_FILE(
            "1,000,000 events in an append-only file that was rewritten",
            666,
            Unit.MEBIBYTES,
            "restart",
            Table.RESTART,
            "in order, after a rewrite of its file",
            "append-only file, MB: snapshot + commands"),
    RESTART(
            "from the start of Redis to its first answers, with 1,000,000 events, after a kill",
            45.41,
            Unit.SECONDS,
            "restart",
            Table.RESTART,
            "killed (`kill -9`)",
            "query answered, s"),
    REDIS_TIME(
            "processor time of Redis for an append, with 5,000,000 events",
            53.4,
            Unit.MICROSECONDS,
            "growth",
            Table.GROWTH,
            "append: Redis, us/event",
            "5,000,000 events"),
    REDIS_RATE(
            "appends that one Redis takes, with 5,000,000 events",
            17_990,
            Unit.EVENTS_A_SECOND,
            "growth",
            Table.GROWTH,
            "append: events/s",
            "5,000,000 events"),
    SERVER_TIME_SINGLE(
            "processor time of the server for an event of its own request",
            30.3,
            Unit.MICROSECONDS,
            "http",
            Table.HTTP,
            "single",
            "64",
            "server, us/event"),
    SERVER_TIME_BATCH(
            "processor time of the server for an event in batches of 100",
            12.2,
            Unit.MICROSECONDS,
            "http",
            Table.HTTP,
            "batches of 100",
            "8",
            "server, us/event"),
    EDGES(
            "edges of the graph with 1,000,000 events",
            3_480_000,
            Unit.EDGES,
            "graph",
            Table.GRAPH,
            "projection",
            "1,000,000",
            "edges there are then"),
    GRAPH_EVENT(
            "an event in the graph with its edges and what it is found by, on Neo4j's disk, with 1,000,000 events",
            1_187,
            Unit.BYTES,
            "lineage",
            Table.GRAPH_DISK,
            "nodes, edges and indexes",
            "bytes/event"),
    GRAPH_RATE(
            "events that one worker brings into the graph",
            5_138,
            Unit.EVENTS_A_SECOND,
            "graph",
            Table.GRAPH,
            "projection",
            "1,000,000",
            "events/s"),
    NEO4J_TIME(
            "processor time of Neo4j for an event of sessions side by side",
            318,
            Unit.MICROSECONDS,
            "graph",
            Table.WORKERS,
            "20 side by side",
            "1",
            "Neo4j, us/event"),
    WORKER_TIME(
            "processor time of the server that brings it there",
            53,
            Unit.MICROSECONDS,
            "graph",
            Table.WORKERS,
            "20 side by side",
            "1",
            "worker, us/event");

    /** How far bytes may be from what is published. */
    public static final int BYTES_PERCENT = 2;

    /** How far times and rates may be. */
    public static final int TIMES_PERCENT = 20;

    private final String text;
    private final double value;
    private final Unit unit;
    private final String file;
    private final Table table;
    private final String row;
    private final String secondRow;
    private final String column;

    MeasuredFigure(String text, double value, Unit unit, String file, Table table, String row, String column) {
        this(text, value, unit, file, table, row, "", column);
    }

    MeasuredFigure(
            String text,
            double value,
            Unit unit,
            String file,
            Table table,
            String row,
            String secondRow,
            String column) {
        this.text = text;
        this.value = value;
        this.unit = unit;
        this.file = file;
        this.table = table;
        this.row = row;
        this.secondRow = secondRow;
        this.column = column;
    }

    /** What a figure counts. */
    public enum Unit {
        BYTES("bytes"),
        MEBIBYTES("MB of 1,048,576 bytes"),
        SECONDS("s"),
        MICROSECONDS("us"),
        EVENTS_A_SECOND("events/s"),
        EDGES("edges");

        private final String text;

        Unit(String text) {
            this.text = text;
        }

        /** For people. */
        public String text() {
            return text;
        }
    }

    /** The tables of the benchmarks in which they stand. */
    enum Table {
        TIERS("One event in each tier", "tier"),
        LEFTOVERS("What is kept of events that have gone", "what"),
        TRIMMED("What trimming the streams gives back", "store"),
        ERASURE("Memory, and an erasure", "what"),
        RESTART("From the start of Redis to the first answers: 1,000,000 events", "Redis ended"),
        GROWTH("What a ledger costs as it grows", "what"),
        HTTP("Appending over HTTP", "events travel as", "connections"),
        GRAPH_DISK("The graph on Neo4j's disk", "what"),
        GRAPH("Events into the graph", "written by", "events"),
        WORKERS("One worker, and two", "sessions in the ledger", "workers");

        private final String title;
        private final String key;
        private final String secondKey;

        Table(String title, String key) {
            this(title, key, "");
        }

        Table(String title, String key, String secondKey) {
            this.title = title;
            this.key = key;
            this.secondKey = secondKey;
        }

        String title() {
            return title;
        }
    }

    /** What it is, for people. */
    public String text() {
        return text;
    }

    /** The figure, in its unit. */
    public double value() {
        return value;
    }

    public Unit unit() {
        return unit;
    }

    /** The command that measures it. */
    public String source() {
        return "bench/run " + file;
    }

    String file() {
        return file;
    }

    Table table() {
        return table;
    }

    /** Which row of the table: columns that tell it from the others, and what they say. */
    Map<String, String> row() {
        return secondRow.isEmpty() ? Map.of(table.key, row) : Map.of(table.key, row, table.secondKey, secondRow);
    }

    String column() {
        return column;
    }
}
