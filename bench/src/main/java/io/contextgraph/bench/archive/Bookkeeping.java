// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.archive;

import io.contextgraph.archive.Archive;
import io.contextgraph.bench.report.Table;
import io.contextgraph.bench.server.Neo4jServer;
import io.contextgraph.bench.server.RedisServer;
import io.contextgraph.event.SessionId;
import io.contextgraph.storage.Storage;
import io.contextgraph.storage.StoredFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.neo4j.driver.Driver;

/**
 * What is kept of events that have gone, so that they are accounted for: bytes in Redis, in files and in the graph.
 *
 * @param inRedis bytes, by what they are for
 * @param inFiles the same in the archive, besides the events themselves
 * @param events bytes of the files of events
 * @param summaries in the graph
 * @param covered links from summaries to the events that they cover
 */
public record Bookkeeping(
        Map<String, Long> inRedis, Map<String, Long> inFiles, long events, long summaries, long covered) {
    private static final double MILLION = 1e6;
    private static final double MEGABYTE = 1e6;
    static final String IDS = "ids of events that have gone";

    /** @param sessions of which every event has gone */
    public static Bookkeeping of(
            RedisServer redis, Stream<SessionId> sessions, Storage storage, Archive archive, Neo4jServer neo4j) {
        Map<String, Long> inRedis = new LinkedHashMap<>();
        inRedis.put(IDS, bytes(redis, "dedup:events"));
        inRedis.put("records of prunings", bytes(redis, "prunings"));
        inRedis.put(
                "stubs of sessions of which nothing is left",
                sessions.mapToLong(session -> bytes(redis, "session:" + session.value()))
                        .sum());
        Map<String, Long> inFiles = new LinkedHashMap<>();
        long events = 0;
        for (StoredFile file : storage.list("")) {
            if (file.name().endsWith(".zst")) {
                events += file.bytes();
            } else {
                inFiles.merge(file.name().endsWith(".ids") ? "files of ids" : "manifests", file.bytes(), Long::sum);
            }
        }
        long written = archive.list().segments().stream()
                .mapToLong(segment -> segment.counts().packedBytes())
                .sum();
        if (written != events) {
            throw new IllegalStateException("files have " + events + " bytes, manifests name " + written);
        }
        try (Driver driver = neo4j.driver()) {
            return new Bookkeeping(
                    inRedis,
                    inFiles,
                    events,
                    count(driver, "MATCH (s:Summary) RETURN count(s) AS n"),
                    count(driver, "MATCH ()-[r:SUMMARIZES]->() RETURN count(r) AS n"));
        }
    }

    private static long bytes(RedisServer redis, String key) {
        Long bytes = redis.client().memoryUsage(key, 0);
        return bytes == null ? 0 : bytes;
    }

    private static long count(Driver driver, String query) {
        return driver.executableQuery(query)
                .execute()
                .records()
                .getFirst()
                .get("n")
                .asLong();
    }

    /** Bytes of a gone event that the ledger forgets after a while. */
    public double idBytes(long gone) {
        return (double) inRedis.getOrDefault(IDS, 0L) / gone;
    }

    /** Bytes of an event in the archive, besides the event itself. */
    public double fileBytes(long gone) {
        return inFiles.values().stream().mapToLong(bytes -> bytes).sum() / (double) gone;
    }

    /**
     * What it is for a million events.
     *
     * @param gone how many there are
     * @param left bytes in Redis that each of them has left there, all told
     * @param store bytes by which the graph has grown on disk
     */
    public Table table(long gone, double left, long store) {
        List<List<String>> rows = new ArrayList<>();
        double rest = left * gone;
        for (Map.Entry<String, Long> part : inRedis.entrySet()) {
            rows.add(row("Redis", part.getKey(), (double) part.getValue(), gone));
            rest -= part.getValue();
        }
        rows.add(row("Redis", "the rest: directory of sessions, pages of numbers, tables of keys", rest, gone));
        inFiles.forEach((what, bytes) -> rows.add(row("archive", what, (double) bytes, gone)));
        rows.add(row("graph", "summaries, links to what they cover, marks", (double) store, gone));
        return new Table(
                "What is kept of events that have gone",
                List.of("where", "what", "bytes/event", "MB/million events"),
                rows,
                List.of(
                        "In Redis: `MEMORY USAGE` of the keys; the rest is what `used_memory` has not fallen by. The ids go after `retention.remember`.",
                        "In the graph: by how much its files on disk have grown, with %,.0f summaries and %,.0f links for a million events; the nodes of the events themselves stay besides."
                                .formatted(summaries * MILLION / gone, covered * MILLION / gone)));
    }

    private static List<String> row(String where, String what, double bytes, long gone) {
        return List.of(
                where, what, "%,.1f".formatted(bytes / gone), "%,.2f".formatted(bytes / gone * MILLION / MEGABYTE));
    }
}
