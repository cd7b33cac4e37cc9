// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.cli;

import io.contextgraph.event.RecordedEvent;
import io.contextgraph.graph.GraphReader;
import io.contextgraph.graph.Projection;
import io.contextgraph.graph.memory.InMemoryGraph;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.EventSearch;
import io.contextgraph.ledger.Sessions;
import io.contextgraph.ledger.memory.InMemoryLedger;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.function.LongConsumer;

/** The reference stores as a workspace; outlives the commands that open it. */
final class InMemoryWorkspace implements Workspace {
    final InMemoryLedger ledger;
    final InMemoryGraph graph = new InMemoryGraph();
    private long projected;

    InMemoryWorkspace(Clock clock) {
        this.ledger = new InMemoryLedger(clock);
    }

    @Override
    public EventLog log() {
        return ledger;
    }

    @Override
    public EventSearch search() {
        return ledger;
    }

    @Override
    public Sessions sessions() {
        return ledger;
    }

    @Override
    public GraphReader graph() {
        return graph;
    }

    @Override
    public EventFeed.Progress progress() {
        return new EventFeed.Progress(ledger.head().position(), projected, 0, ledger.head());
    }

    @Override
    public long catchUp(LongConsumer lag) {
        for (List<RecordedEvent> events = ledger.read(projected, 100);
                !events.isEmpty();
                events = ledger.read(projected, 100)) {
            graph.apply(events.stream()
                    .flatMap(event -> Projection.project(event).stream())
                    .toList());
            projected = events.getLast().seq();
            lag.accept(ledger.head().seq() - projected);
        }
        return 0;
    }

    @Override
    public List<Finding> examine() {
        return List.of(new Finding(Finding.Level.OK, "ledger", "in memory"));
    }

    @Override
    public Serving serve() {
        return new Serving() {
            @Override
            public URI address() {
                return URI.create("http://127.0.0.1:0");
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void close() {}
}
