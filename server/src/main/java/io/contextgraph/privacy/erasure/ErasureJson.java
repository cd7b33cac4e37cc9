// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.erasure;

import io.contextgraph.event.Json;
import io.contextgraph.event.SessionId;
import io.contextgraph.event.Times;
import io.contextgraph.privacy.erasure.ErasureReport.State;
import io.contextgraph.privacy.key.KeyId;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What is told of an erasure as JSON, for clients and for what is remembered; each is read beside where it is written. */
public final class ErasureJson {
    private ErasureJson() {}

    /** {@code id}, {@code state}, {@code keys}, {@code started_at}, {@code done_at}, {@code held_by}, {@code places}. */
    public static ObjectNode of(ErasureReport report) {
        ObjectNode json = Json.MAPPER
                .createObjectNode()
                .put("id", report.id().toString())
                .put("state", report.state().wireName());
        report.keys().forEach(key -> json.withArray("keys").add(key.toString()));
        json.put("started_at", Times.format(report.startedAt()));
        json.put("done_at", report.doneAt().map(Times::format).orElse(null));
        var sessions = json.putArray("held_by");
        report.heldBy().forEach(session -> sessions.add(session.value()));
        var places = json.putArray("places");
        report.places().forEach(sweep -> places.add(of(sweep)));
        return json;
    }

    /** @throws IllegalArgumentException when it is none */
    public static ErasureReport report(JsonNode json) {
        try {
            return new ErasureReport(
                    UUID.fromString(text(json, "id")),
                    State.parse(text(json, "state")).orElseThrow(),
                    json.required("keys")
                            .valueStream()
                            .map(key -> KeyId.parse(key.stringValue()).orElseThrow())
                            .toList(),
                    time(json.required("started_at")),
                    Optional.of(json.required("done_at"))
                            .filter(at -> !at.isNull())
                            .map(ErasureJson::time),
                    json.required("held_by")
                            .valueStream()
                            .map(session -> new SessionId(session.stringValue()))
                            .toList(),
                    json.required("places")
                            .valueStream()
                            .map(ErasureJson::sweep)
                            .toList());
        } catch (RuntimeException other) {
            throw new IllegalArgumentException("not a report of an erasure", other);
        }
    }

    /** {@code place}, {@code found}, {@code done}, {@code remains}, {@code unreadable}. */
    private static ObjectNode of(Sweep sweep) {
        ObjectNode json = Json.MAPPER
                .createObjectNode()
                .put("place", sweep.place())
                .put("found", sweep.found())
                .put("done", sweep.done());
        var remains = json.putArray("remains");
        sweep.remains().forEach(remains::add);
        return json.put("unreadable", sweep.unreadable());
    }

    private static Sweep sweep(JsonNode json) {
        return new Sweep(
                text(json, "place"),
                json.required("found").longValue(),
                text(json, "done"),
                json.required("remains")
                        .valueStream()
                        .map(JsonNode::stringValue)
                        .toList(),
                text(json, "unreadable"));
    }

    /** {@code report} and {@code receipt}. */
    public static ObjectNode of(ErasureOutcome.Erased erased) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.set("report", of(erased.report()));
        json.set("receipt", of(erased.receipt()));
        return json;
    }

    /** {@code payload}, {@code key}, {@code signature}. */
    public static ObjectNode of(ErasureReceipt receipt) {
        return Json.MAPPER
                .createObjectNode()
                .put("payload", receipt.payload())
                .put("key", receipt.key())
                .put("signature", receipt.signature());
    }

    /** @throws IllegalArgumentException when it is none */
    public static ErasureReceipt receipt(JsonNode json) {
        try {
            return new ErasureReceipt(text(json, "payload"), text(json, "key"), text(json, "signature"));
        } catch (RuntimeException other) {
            throw new IllegalArgumentException("not a receipt for an erasure", other);
        }
    }

    private static String text(JsonNode json, String name) {
        return json.required(name).stringValue();
    }

    private static Instant time(JsonNode json) {
        return Times.parse(json.stringValue()).orElseThrow();
    }
}
