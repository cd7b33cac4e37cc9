// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.load;

import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.Json;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Looks at events in the graph over HTTP, on a connection of its own. */
public final class GraphView implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final HttpConnection connection;

    public GraphView(URI server) throws IOException {
        connection = new HttpConnection(server);
    }

    /**
     * Asks for an event's causes as of its position, again where the server stops waiting, until the answer comes.
     *
     * @throws IOException where the answer is not from the graph: the event itself and what it is caused by
     */
    public void awaitSeen(long number, String position) throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        String question = question(number) + "&timeout_ms=30000&min_position=" + position;
        HttpConnection.Answer answer = connection.ask(question);
        while (answer.status() == 503 && answer.body().contains("graph_behind")) {
            if (System.nanoTime() - end > 0) {
                throw new IOException("not in the graph after " + PATIENCE + ": " + answer);
            }
            answer = connection.ask(question);
        }
        requireSeen(number, answer.status() == 200 ? answer.body() : "{}");
    }

    /** Asks for the causes of an event that is there. */
    public void read(long number) throws IOException {
        requireSeen(number, connection.get(question(number)));
    }

    private static String question(long number) {
        return "/v1/nodes/" + Workload.event(number).id() + "/lineage?max_depth=1&max_nodes=2";
    }

    private static void requireSeen(long number, String answer) throws IOException {
        if (!shows(Json.MAPPER.readTree(answer), Workload.event(number))) {
            throw new IOException("event " + number + " is not in the graph: " + answer);
        }
    }

    /**
     * Whether the graph itself says so: the server answers with the event's node even where only the ledger has it, but
     * then without edges, and says that something is missing.
     */
    private static boolean shows(JsonNode answer, Event event) {
        String id = event.id().toString();
        if (!answer.at("/nodes/" + id + "/attributes/event_type").isString()) {
            return false;
        }
        Optional<EventId> parent = event.parentId();
        if (parent.isEmpty()) {
            return !answer.required("meta").required("truncated").booleanValue();
        }
        for (JsonNode edge : answer.required("edges")) {
            if (edge.required("edge_type").stringValue().equals("CAUSED_BY")
                    && edge.required("source").stringValue().equals(id)
                    && edge.required("target").stringValue().equals(parent.get().toString())) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
