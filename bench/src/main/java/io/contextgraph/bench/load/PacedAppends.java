// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.load;

import io.contextgraph.bench.report.Figure;
import io.contextgraph.bench.report.Table;
import io.contextgraph.bench.server.ServerProcess;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Single appends at a constant rate: the latency that a client sees, and the one that the server says it has. */
public final class PacedAppends {
    private static final List<Double> BOUNDS_MILLIS = List.of(0.5, 1.0, 2.0, 5.0);
    private static final String REQUESTS = "contextgraph_http_requests_seconds_bucket";
    private static final String STORE = "contextgraph_store_duration_seconds_bucket";

    private final Load.Plan plan;
    private final int perSecond;
    private final List<List<String>> rows = new ArrayList<>();
    private Load.@Nullable Result result;

    public PacedAppends(Load.Plan plan, int perSecond) {
        this.plan = plan;
        this.perSecond = perSecond;
    }

    public void run(ServerProcess server, IntFunction<Load.Step> steps, AtomicLong numbers) throws Exception {
        try (Scrapes scrapes =
                new Scrapes(new HttpConnection(server.address()), plan.warmUp().isPositive())) {
            Load.Result measured = Load.open(plan, perSecond, steps, numbers, scrapes);
            result = measured;
            List<String> client = new ArrayList<>(List.of("client, from the moment when it should have sent"));
            for (double bound : BOUNDS_MILLIS) {
                client.add(share(measured.latency().getPercentileAtOrBelowValue(Math.round(bound * 1e6))));
            }
            client.addAll(List.of(measured.shown(50), measured.shown(99)));
            rows.add(client);
            rows.add(scrapes.row("server, whole request", REQUESTS, "route=\"/v1/events\",status=\"201\""));
            rows.add(scrapes.row("server, ledger alone", STORE, "operation=\"append\""));
        }
    }

    private static String share(double percent) {
        return "%.2f%%".formatted(percent);
    }

    /** The server's own histograms, before and after. */
    private static final class Scrapes implements Load.Watch, AutoCloseable {
        private final HttpConnection connection;
        private final boolean warmsUp;
        private String before;
        private String after = "";

        /** @param warmsUp whether there are requests that are not counted */
        Scrapes(HttpConnection connection, boolean warmsUp) throws IOException {
            this.connection = connection;
            this.warmsUp = warmsUp;
            before = connection.get("/metrics");
        }

        @Override
        public void begin() throws IOException {
            // Beside requests a scrape of a busy machine takes as long as all of them may.
            if (warmsUp) {
                before = connection.get("/metrics");
            }
        }

        @Override
        public void end() throws IOException {
            after = connection.get("/metrics");
        }

        List<String> row(String name, String family, String labels) throws IOException {
            NavigableMap<Double, Double> begun = buckets(before, family, labels);
            NavigableMap<Double, Double> counts = buckets(after, family, labels);
            counts.replaceAll((bound, count) -> count - begun.getOrDefault(bound, 0.0));
            if (counts.isEmpty() || counts.lastEntry().getValue() == 0) {
                throw new IOException("the server has counted nothing as " + family + " " + labels);
            }
            double all = counts.lastEntry().getValue();
            List<String> row = new ArrayList<>(List.of(name));
            for (double bound : BOUNDS_MILLIS) {
                row.add(share(100 * counts.getOrDefault(bound / 1e3, 0.0) / all));
            }
            row.add(bound(counts, 0.50));
            row.add(bound(counts, 0.99));
            return row;
        }

        /** The least bound that is known to hold so many. */
        private static String bound(NavigableMap<Double, Double> counts, double share) {
            double all = counts.lastEntry().getValue();
            for (var entry : counts.entrySet()) {
                if (entry.getValue() >= share * all) {
                    return "up to " + "%.2f".formatted(entry.getKey() * 1e3);
                }
            }
            return "";
        }

        /** Events up to each bound in seconds, summed up, as Prometheus has them. */
        private static NavigableMap<Double, Double> buckets(String metrics, String family, String labels) {
            NavigableMap<Double, Double> counts = new TreeMap<>();
            metrics.lines()
                    .filter(line -> line.startsWith(family + "{") && line.contains(labels))
                    .forEach(line -> {
                        int from = line.indexOf("le=\"") + "le=\"".length();
                        String bound = line.substring(from, line.indexOf('"', from));
                        counts.merge(
                                bound.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(bound),
                                Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)),
                                Double::sum);
                    });
            return counts;
        }

        @Override
        public void close() throws IOException {
            connection.close();
        }
    }

    private Load.Result result() {
        Load.Result measured = result;
        if (measured == null) {
            throw new IllegalStateException("nothing has been measured");
        }
        return measured;
    }

    public Table table() {
        return new Table(
                "Latency of single appends at %,d a second".formatted(perSecond),
                List.of("seen by", "within 0.5 ms", "1 ms", "2 ms", "5 ms", "p50 ms", "p99 ms"),
                rows,
                List.of(
                        "Requests begin at a constant rate, whether earlier ones have been answered or not, over %d connections; %s were answered in a second."
                                .formatted(plan.writers(), result().rate()),
                        "The client counts from the moment when a request should have begun, so that a pause of the server is not hidden.",
                        "The server knows its latency by buckets only: `up to` is the bound of the one that holds the percentile."));
    }

    public List<Figure> figures() {
        return List.of(
                Figure.atMost(
                        "Append latency at %,d events/s, p50".formatted(perSecond), 1, result().millis(50), "%.2f ms"),
                Figure.atMost(
                        "Append latency at %,d events/s, p99".formatted(perSecond), 5, result().millis(99), "%.2f ms"));
    }
}
