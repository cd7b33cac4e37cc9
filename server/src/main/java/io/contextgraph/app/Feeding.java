// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.config.Settings;
import io.contextgraph.graph.GraphSink;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.redis.feed.FeedSettings;
import io.contextgraph.projection.ProjectionLag;
import io.contextgraph.projection.ProjectionSettings;
import io.contextgraph.projection.ProjectionWorker;
import io.contextgraph.projection.WorkerRunner;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Supplier;

/** What takes events from the ledger to the graph, and how far that is. */
final class Feeding {
    /** The consumer group that feeds the graph. */
    private static final String PROJECTION = "projection";

    private final Supplier<GraphSink> graph;
    private final Clock clock;
    private final ProjectionSettings settings;
    private final EventFeed feed;
    private final ProjectionLag lag;

    Feeding(StoredPartition partition, Stores stores, Settings settings, Clock clock) {
        this.graph = stores::graph;
        this.clock = clock;
        this.settings = ProjectionSettings.from(settings);
        // Alone, whatever another consumer has left behind belongs to a process that is gone: no need to wait for it.
        Duration claimAfter = stores.alone() ? Duration.ZERO : settings.get(ProjectionSettings.CLAIM_AFTER);
        this.feed = partition.feed(PROJECTION, new FeedSettings(claimAfter, settings.get(ProjectionSettings.LINGER)));
        this.lag = new ProjectionLag(feed);
    }

    ProjectionLag lag() {
        return lag;
    }

    /** A worker that waits for events, on a thread of its own that is still to be started. */
    WorkerRunner runner(ClosingStack running) {
        ProjectionWorker worker = running.push(worker(settings));
        return running.push(new WorkerRunner(worker, lag::moved, clock));
    }

    /** A worker that takes what is there. */
    ProjectionWorker hastyWorker() {
        return worker(new ProjectionSettings(
                settings.batchSize(), Duration.ZERO, settings.maxAttempts(), settings.retryAfter()));
    }

    private ProjectionWorker worker(ProjectionSettings how) {
        String name = "worker-" + ProcessHandle.current().pid() + "-"
                + UUID.randomUUID().toString().substring(0, 8);
        return new ProjectionWorker(name, feed, graph.get(), how, clock);
    }
}
