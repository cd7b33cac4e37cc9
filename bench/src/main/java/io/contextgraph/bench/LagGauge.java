// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench;

import io.contextgraph.bench.load.HttpConnection;
import io.contextgraph.bench.load.Load;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.DoubleSummaryStatistics;
import org.jspecify.annotations.Nullable;

/** The lag that a server itself reports, scraped again and again while a load counts. */
final class LagGauge implements Load.Watch {
    private static final String NAME = "contextgraph_projection_lag_seconds ";
    private static final Duration PAUSE = Duration.ofMillis(250);

    private final URI server;
    private final DoubleSummaryStatistics seconds = new DoubleSummaryStatistics();
    private volatile boolean ended;
    private volatile @Nullable IOException failure;
    private @Nullable Thread scraper;

    LagGauge(URI server) {
        this.server = server;
    }

    @Override
    public void begin() {
        scraper = Thread.ofVirtual().start(() -> {
            try (HttpConnection connection = new HttpConnection(server)) {
                while (!ended) {
                    seconds.accept(read(connection.get("/metrics")));
                    Thread.sleep(PAUSE);
                }
            } catch (IOException e) {
                failure = e;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static double read(String metrics) throws IOException {
        return metrics.lines()
                .filter(line -> line.startsWith(NAME))
                .findFirst()
                .map(line -> Double.parseDouble(line.substring(NAME.length())))
                .orElseThrow(() -> new IOException("the server has no " + NAME));
    }

    @Override
    public void end() throws IOException {
        ended = true;
        Thread running = scraper;
        if (running != null) {
            try {
                running.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        IOException failed = failure;
        if (failed != null) {
            throw failed;
        }
    }

    double meanMillis() {
        return seconds.getAverage() * 1e3;
    }

    double mostMillis() {
        return seconds.getMax() * 1e3;
    }
}
