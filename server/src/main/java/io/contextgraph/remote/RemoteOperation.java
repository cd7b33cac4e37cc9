// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.remote;

import io.contextgraph.ledger.LedgerException;
import io.contextgraph.operation.Watcher;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.LongConsumer;
import tools.jackson.databind.JsonNode;

/**
 * Long work that a server does while its client looks on: begun, watched, ended when the client ends.
 *
 * <p><b>Guarantees.</b> A client that is interrupted, or whose watcher throws, asks the server to end the work; one that
 * cannot reach the server for longer than {@link #PATIENCE} leaves it at work.
 */
final class RemoteOperation {
    private static final String ADDRESS = "/v1/admin/operations/";

    /** How long a server may not be reached while it works. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final long FIRST_PAUSE_MILLIS = 20;
    private static final long LONGEST_PAUSE_MILLIS = 1_000;

    private final Api api;
    private final LongConsumer sleepMillis;

    RemoteOperation(Api api, LongConsumer sleepMillis) {
        this.api = api;
        this.sleepMillis = sleepMillis;
    }

    /** Has it done, and answers with its report. */
    JsonNode run(String kind, Map<String, String> parameters, Watcher watcher) {
        String id = api.post("/v1/admin/" + kind, parameters, Map.of(), null)
                .required("id")
                .stringValue();
        Thread interrupted = new Thread(() -> end(id), "operation-interrupted");
        Runtime.getRuntime().addShutdownHook(interrupted);
        try {
            return watch(id, watcher);
        } catch (CancellationException asked) {
            end(id);
            throw asked;
        } finally {
            forget(interrupted);
        }
    }

    private JsonNode watch(String id, Watcher watcher) {
        long pause = FIRST_PAUSE_MILLIS;
        long reachedNanos = System.nanoTime();
        while (true) {
            try {
                JsonNode operation = api.get(ADDRESS + id, Map.of());
                reachedNanos = System.nanoTime();
                JsonNode progress = operation.path("progress");
                if (progress.isObject()) {
                    String phase = progress.required("phase").stringValue();
                    watcher.at(
                            () -> phase,
                            progress.required("done").longValue(),
                            progress.required("total").longValue());
                }
                String state = operation.required("state").stringValue();
                if (!state.equals("running")) {
                    return report(state, operation);
                }
            } catch (LedgerException away) {
                if (System.nanoTime() - reachedNanos > PATIENCE.toNanos()) {
                    throw away;
                }
            }
            sleepMillis.accept(pause);
            pause = Math.min(LONGEST_PAUSE_MILLIS, 2 * pause);
        }
    }

    private static JsonNode report(String state, JsonNode operation) {
        return switch (state) {
            case "succeeded" -> operation.required("result");
            case "cancelled" ->
                throw new RemoteException(409, "operation_cancelled", "somebody has ended it; what is done is done");
            default ->
                throw new RemoteException(
                        503, "operation_failed", operation.path("error").asString("it failed"));
        };
    }

    private void end(String id) {
        try {
            JsonNode ignored = api.delete(ADDRESS + id, Map.of());
        } catch (RuntimeException away) {
            // It goes on there; nobody is left to be told.
        }
    }

    private static void forget(Thread hook) {
        try {
            boolean ignored = Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException endingAlready) {
            // It is running.
        }
    }
}
