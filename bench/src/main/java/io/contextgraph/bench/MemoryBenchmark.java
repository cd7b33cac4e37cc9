// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import io.contextgraph.bench.load.LedgerFill;
import io.contextgraph.bench.load.NaiveLedger;
import io.contextgraph.bench.load.RawClient;
import io.contextgraph.bench.load.Workload;
import io.contextgraph.bench.report.Figure;
import io.contextgraph.bench.report.Report;
import io.contextgraph.bench.report.Setting;
import io.contextgraph.bench.report.Table;
import io.contextgraph.bench.server.RedisServer;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.Engine;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.params.XTrimParams;
import redis.clients.jedis.resps.ScanResult;

/**
 * What one event takes of Redis's memory, part by part: a Redis is filled, then each part is taken out, and what comes
 * back was that part.
 */
final class MemoryBenchmark {
    private static final int BATCH = 1000;
    private static final int KEYS_AT_ONCE = 1000;

    private static final String GLOBAL = "global stream";
    private static final String SESSIONS = "session streams";
    private static final String INDEX = "index";
    private static final String DOCUMENTS = "documents";

    /** What keys hold, by how their names begin; the longest beginning counts. */
    private static final Map<String, String> PARTS = new TreeMap<>(Map.of(
            "events:__global__",
            GLOBAL,
            "events:",
            SESSIONS,
            "by:",
            INDEX,
            "evt:",
            DOCUMENTS,
            "session:",
            "session directory",
            "sessions",
            "session directory",
            "ids:",
            "ids by number",
            "payload:",
            "payloads"));

    private final int events;
    private final Duration pause;
    private final Map<String, Map<String, Double>> stores = new LinkedHashMap<>();
    private final List<String> indexSizes = new ArrayList<>();

    /** @param pause between two looks at the memory in use, of which several in a row must agree */
    MemoryBenchmark(int events, Duration pause) {
        this.events = events;
        this.pause = pause;
    }

    Report run() throws Exception {
        Map<String, String> setting = Setting.here();
        List<Engine> engines = RedisServer.engines();
        for (Engine engine : engines) {
            try (RedisServer redis = RedisServer.start()) {
                setting.put("redis", redis.describe());
                try (RedisLedger ledger = redis.ledger(engine)) {
                    long empty = redis.settledMemory(pause);
                    for (long first = 0; first < events; first += BATCH) {
                        LedgerFill.append(ledger.log(), Workload.events(first, BATCH), Durability.MEMORY);
                    }
                    takeApart(engine.configName(), redis, empty);
                }
            }
        }
        if (engines.contains(Engine.SEARCH)) {
            try (RedisServer redis = RedisServer.start();
                    RawClient client = new RawClient(redis.url())) {
                String sha = NaiveLedger.prepare(client);
                long empty = redis.settledMemory(pause);
                client.pipeline(NaiveLedger.calls(sha, events, 1), NaiveLedger::appended);
                takeApart("naive script", redis, empty);
            }
        }
        return new Report("bench/run memory", setting, List.of(parts(), trimming()), figures());
    }

    private void takeApart(String store, RedisServer redis, long empty) throws IOException {
        Map<String, Double> parts = new LinkedHashMap<>();
        stores.put(store, parts);
        long before = redis.settledMemory(pause);
        parts.put("all", (double) (before - empty) / events);
        Map<String, Set<String>> keys = keys(redis);
        // In the order in which retention would take them, and the index before what it points to.
        redis.client()
                .xtrim("events:__global__", XTrimParams.xTrimParams().maxLen(0).exactTrimming());
        before = note(parts, GLOBAL, redis, before);
        before = delete(parts, SESSIONS, keys, redis, before);
        if (!store.equals(Engine.SORTED_SET.configName())) {
            for (String index : redis.client().ftList()) {
                Object megabytes = redis.client().ftInfo(index).get("total_index_memory_sz_mb");
                double bytes = Double.parseDouble(String.valueOf(megabytes)) * (1 << 20) / events;
                indexSizes.add("%s: %,.0f".formatted(store, bytes));
                redis.client().ftDropIndex(index);
            }
            before = note(parts, INDEX, redis, before);
        }
        before = delete(parts, INDEX, keys, redis, before);
        before = delete(parts, DOCUMENTS, keys, redis, before);
        for (String part : List.copyOf(keys.keySet())) {
            before = delete(parts, part, keys, redis, before);
        }
        parts.put("not given back: tables of keys, buffers", (double) (before - empty) / events);
        System.err.println(store + ": " + parts);
    }

    /** The keys of each part. */
    private static Map<String, Set<String>> keys(RedisServer redis) {
        Map<String, Set<String>> keys = new LinkedHashMap<>();
        String cursor = ScanParams.SCAN_POINTER_START;
        do {
            ScanResult<String> found = redis.client().scan(cursor, new ScanParams().count(KEYS_AT_ONCE));
            found.getResult()
                    .forEach(key -> keys.computeIfAbsent(part(key), part -> new TreeSet<>())
                            .add(key));
            cursor = found.getCursor();
        } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
        return keys;
    }

    /** What is not known has its own name, so that nothing is left out. */
    private static String part(String key) {
        String best = "";
        for (String start : PARTS.keySet()) {
            if (key.startsWith(start) && start.length() > best.length()) {
                best = start;
            }
        }
        return PARTS.getOrDefault(best, "`" + key.replaceFirst(":.*", ":*") + "`");
    }

    private long delete(
            Map<String, Double> parts, String part, Map<String, Set<String>> keys, RedisServer redis, long before)
            throws IOException {
        Set<String> names = keys.remove(part);
        if (names == null) {
            return before;
        }
        List<String> left = new ArrayList<>(names);
        for (int from = 0; from < left.size(); from += KEYS_AT_ONCE) {
            List<String> some = left.subList(from, Math.min(left.size(), from + KEYS_AT_ONCE));
            redis.client().del(some.toArray(String[]::new));
        }
        return note(parts, part, redis, before);
    }

    private long note(Map<String, Double> parts, String part, RedisServer redis, long before) throws IOException {
        long now = redis.settledMemory(pause);
        parts.merge(part, (double) (before - now) / events, Double::sum);
        return now;
    }

    /** The memory in use once it does not change any more: some is given back in the background. */
    private Table parts() {
        Set<String> names = new LinkedHashSet<>();
        stores.values().forEach(parts -> names.addAll(parts.keySet()));
        List<String> columns = new ArrayList<>(List.of("part"));
        stores.keySet().forEach(store -> columns.add(store + ", bytes/event"));
        List<List<String>> rows = new ArrayList<>();
        for (String name : names) {
            List<String> row = new ArrayList<>(List.of(name));
            stores.values()
                    .forEach(parts -> row.add(parts.containsKey(name) ? "%,.0f".formatted(parts.get(name)) : ""));
            rows.add(row);
        }
        return new Table(
                "RAM for one event",
                columns,
                rows,
                List.of(
                        "`all`: by how much `used_memory` grew over %,d events. A part: by how much it fell when that part was taken out."
                                .formatted(events),
                        "The index as the search module itself counts it, bytes/event: " + String.join("; ", indexSizes)
                                + ".",
                        Workload.describe()));
    }

    private Table trimming() {
        List<List<String>> rows = new ArrayList<>();
        stores.forEach((store, parts) -> {
            double global = parts.getOrDefault(GLOBAL, 0.0);
            double sessions = parts.getOrDefault(SESSIONS, 0.0);
            double all = parts.getOrDefault("all", 0.0);
            rows.add(List.of(
                    store,
                    "%,.0f".formatted(all),
                    "%,.0f".formatted(global),
                    "%,.0f".formatted(sessions),
                    "%.0f%%".formatted(100 * (global + sessions) / all),
                    "%,.0f".formatted(all - global - sessions)));
        });
        return new Table(
                "What trimming the streams gives back",
                List.of(
                        "store",
                        "hot event, bytes",
                        "trimming the global stream",
                        "dropping the session stream",
                        "share given back",
                        "cold event, bytes"),
                rows,
                List.of(
                        "The streams were really trimmed (`XTRIM ... MAXLEN = 0`) and dropped; the events stay readable by document and index."));
    }

    private List<Figure> figures() {
        Map<String, Double> search = stores.get(Engine.SEARCH.configName());
        if (search == null) {
            return List.of();
        }
        return List.of(Figure.atMost(
                "RAM for one event of " + Workload.DOCUMENT_BYTES + " bytes, search engine",
                1700,
                search.getOrDefault("all", 0.0),
                "%,.0f bytes"));
    }
}
