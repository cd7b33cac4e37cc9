// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.remote;

import io.contextgraph.audit.Rebuild;
import io.contextgraph.audit.Verifier;
import io.contextgraph.event.EventLimits;
import io.contextgraph.event.Json;
import io.contextgraph.graph.GraphReader;
import io.contextgraph.ledger.Ledger;
import io.contextgraph.ledger.ParkedEntry;
import io.contextgraph.ledger.ParkedId;
import io.contextgraph.operation.Watcher;
import io.contextgraph.ops.Finding;
import io.contextgraph.projection.ProjectionLag;
import io.contextgraph.projection.Redrive;
import io.contextgraph.wire.FindingJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A server, open for one command: what {@link Api} tells, as the parts of the product know it.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
public final class RemoteServer implements AutoCloseable {
    /** How often a client that waits for the graph asks, at most. */
    private static final long ASK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final int MOST_NAMED = 1000;
    private static final int IDS_AT_ONCE = 1000;

    private final Api api;
    private final RemoteLedger ledger;
    private final RemoteGraph graph;

    private RemoteServer(Api api) {
        this.api = api;
        this.ledger = new RemoteLedger(api);
        this.graph = new RemoteGraph(api, ledger);
    }

    /**
     * Makes sure that a server is there.
     *
     * @throws IOException with a message that names the cause
     */
    public static RemoteServer open(ServerAddress address) throws IOException {
        return new RemoteServer(Api.open(address));
    }

    /** Its ledger. */
    public Ledger ledger() {
        return ledger;
    }

    /** Its graph. */
    public GraphReader graph() {
        return graph;
    }

    /** What it does with each partition of its ledger. */
    public List<RemoteDesk> partitions() {
        int of = ledger.partitions().size();
        return IntStream.range(0, of)
                .mapToObj(number -> new RemoteDesk(api, RemotePartition.where(number, of), this::operation))
                .toList();
    }

    /** Its version. */
    public String version() {
        return api.version();
    }

    /** What an event may be. */
    public EventLimits limits() {
        return ledger.limits();
    }

    /** How far its graph is behind each partition; asked not too often while somebody waits. */
    public List<ProjectionLag> lag() {
        return ledger.partitions().stream()
                .map(partition -> new ProjectionLag(
                        partition.feed("projection"), System::nanoTime, nanos -> sleep(Math.max(ASK_NANOS, nanos))))
                .toList();
    }

    /** What it finds when it examines its parts. */
    public List<Finding> examine() {
        return FindingJson.read(api.get("/v1/admin/health/detailed", Map.of()).required("findings"));
    }

    /** Has ledger and graph compared; answers as {@link io.contextgraph.wire.ReportReader} reads it. */
    public JsonNode verify(Verifier.Depth depth, int max, Watcher watcher) {
        return run("verify", "deep", depth == Verifier.Depth.EXACT, max, watcher);
    }

    /** Has the graph put right. */
    public JsonNode repair(Verifier.Depth depth, int max, Watcher watcher) {
        return run("repair", "deep", depth == Verifier.Depth.EXACT, max, watcher);
    }

    /** Has the ledger replayed. */
    public JsonNode rebuild(Rebuild.Start start, int max, Watcher watcher) {
        return start == Rebuild.Start.ARCHIVE
                ? run("rebuild", "from_archive", true, max, watcher)
                : run("rebuild", "anew", start == Rebuild.Start.ANEW, max, watcher);
    }

    private JsonNode run(String kind, String flag, boolean set, int max, Watcher watcher) {
        Map<String, String> parameters =
                Map.of(flag, Boolean.toString(set), "max", Integer.toString(Math.clamp(max, 0, MOST_NAMED)));
        return operation().run(kind, parameters, watcher);
    }

    private RemoteOperation operation() {
        return new RemoteOperation(api, millis -> sleep(TimeUnit.MILLISECONDS.toNanos(millis)));
    }

    /** Has parked entries tried again, in their order. */
    public List<Redrive.Result> redrive(List<ParkedId> ids) {
        Map<ParkedId, ParkedEntry> before = ledger.parked(ids);
        List<Redrive.Result> results = new ArrayList<>();
        for (int from = 0; from < ids.size(); from += IDS_AT_ONCE) {
            ObjectNode body = Json.MAPPER.createObjectNode();
            ArrayNode some = body.putArray("ids");
            ids.subList(from, Math.min(ids.size(), from + IDS_AT_ONCE)).forEach(id -> some.add(id.toString()));
            api.post("/v1/admin/parked/redrive", Map.of(), Map.of(), body)
                    .required("results")
                    .forEach(result -> results.add(Redrive.Result.of(result, before)));
        }
        return results;
    }

    private static void sleep(long nanos) {
        try {
            TimeUnit.NANOSECONDS.sleep(nanos);
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        }
    }

    @Override
    public void close() {
        api.close();
    }
}
