// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.operation;

import io.contextgraph.event.Json;
import io.contextgraph.event.Times;
import java.util.NoSuchElementException;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An operation as JSON, for clients and for the record of it.
 *
 * <p><b>Shape.</b> {@code id}, {@code kind}, {@code state}, {@code started_at}; {@code ended_at}, {@code progress} with
 * {@code phase}, {@code done} and {@code total}, {@code result} and {@code error}, each null where there is none. The
 * record has {@code lock}, too.
 */
public final class OperationJson {
    private static final String LOCK = "lock";
    private static final String PROGRESS = "progress";
    private static final String RESULT = "result";

    private OperationJson() {}

    /** As clients see it. */
    public static ObjectNode of(Operation operation) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("id", operation.id());
        json.put("kind", operation.kind());
        json.put("state", operation.state().wireName());
        json.put("started_at", Times.format(operation.startedAt()));
        json.put("ended_at", operation.endedAt().map(Times::format).orElse(null));
        operation
                .progress()
                .ifPresentOrElse(
                        progress -> json.putObject(PROGRESS)
                                .put("phase", progress.phase())
                                .put("done", progress.done())
                                .put("total", progress.total()),
                        () -> json.putNull(PROGRESS));
        operation.result().ifPresentOrElse(result -> json.set(RESULT, result), () -> json.putNull(RESULT));
        json.put("error", operation.error().orElse(null));
        return json;
    }

    static String record(Operation operation) {
        return of(operation).put(LOCK, operation.lock()).toString();
    }

    /** What a record says; nothing of one that cannot be read. */
    static Optional<Operation> read(String record) {
        try {
            JsonNode json = Json.MAPPER.readTree(record);
            return Optional.of(new Operation(
                    json.required("id").stringValue(),
                    json.required("kind").stringValue(),
                    json.required(LOCK).stringValue(),
                    Operation.State.parse(json.required("state").stringValue()).orElseThrow(),
                    Times.parse(json.required("started_at").stringValue()).orElseThrow(),
                    text(json, "ended_at").flatMap(Times::parse),
                    json.get(PROGRESS) instanceof ObjectNode come
                            ? Optional.of(new Operation.Progress(
                                    come.required("phase").stringValue(),
                                    come.required("done").longValue(),
                                    come.required("total").longValue()))
                            : Optional.empty(),
                    json.get(RESULT) instanceof ObjectNode result ? Optional.of(result) : Optional.empty(),
                    text(json, "error")));
        } catch (JacksonException | NoSuchElementException unreadable) {
            return Optional.empty();
        }
    }

    private static Optional<String> text(JsonNode json, String name) {
        return Optional.ofNullable(json.get(name)).filter(JsonNode::isString).map(JsonNode::stringValue);
    }
}
