// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static io.contextgraph.e2e.HuntRequests.BATCH;
import static io.contextgraph.e2e.HuntRequests.EVENTS;
import static io.contextgraph.e2e.HuntRequests.JSON;
import static io.contextgraph.e2e.HuntRequests.LINES;
import static io.contextgraph.e2e.HuntRequests.path;
import static io.contextgraph.e2e.HuntRequests.person;

import io.contextgraph.event.Json;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Every door of a server by which what is about persons comes in, well and badly. */
final class HuntDoors {
    private final HuntRequests requests;

    HuntDoors(HuntRequests requests) {
        this.requests = requests;
    }

    private ObjectNode personal(String by) {
        return requests.personal(by);
    }

    private String mark(String meaning) {
        return requests.mark(meaning);
    }

    /** What is to be stored, in each way; and of each way an event, whose person may be erased. */
    List<ObjectNode> sendWell() {
        ObjectNode single = personal("single");
        requests.append(201, "single", single);
        ObjectNode bare = personal("nothing said");
        bare.remove("payload");
        bare.put("payload_ref", "elsewhere");
        requests.append(201, "nothing said", bare);
        // Long enough to be compressed where it is not sealed.
        ObjectNode longer = personal("long");
        longer.putObject("payload").put("content", (mark("what was said by long") + " and so on. ").repeat(300));
        requests.append(201, "long", longer);
        ObjectNode batch = Json.MAPPER.createObjectNode();
        ObjectNode inBatch = personal("batch");
        batch.putArray("events").add(inBatch).add(personal("batch"));
        String ignored = requests.post(201, "batch", BATCH, JSON, batch.toString());
        ObjectNode line = personal("lines");
        ignored = requests.post(200, "lines", BATCH, LINES, line + "\n" + personal("lines") + "\n");
        ObjectNode again = personal("again");
        requests.append(201, "again", again);
        requests.append(201, "again", again);
        return List.of(single, longer, inBatch, line);
    }

    /** Events that nobody takes. */
    void sendBadly() {
        ObjectNode first = personal("conflict");
        requests.append(201, "conflict", first);
        ObjectNode other = first.deepCopy();
        other.putObject("payload").put("content", mark("what was said by a conflict"));
        requests.append(409, "conflict", other);
        requests.append(
                409, "conflict of persons", first.deepCopy().put("data_subject_id", mark("the id of a conflict")));
        for (String field : List.of("session_id", "agent_id", "trace_id", "tool_name", "payload_ref")) {
            ObjectNode naming = personal("named in " + field);
            naming.put(field, "about " + person(naming));
            requests.append(422, "named in " + field, naming);
        }
        requests.append(422, "unknown field", personal("unknown field").put("nonsense", mark("an unknown field")));
        requests.append(422, "bad time", personal("bad time").put("occurred_at", "yesterday"));
        requests.append(422, "bad type", personal("bad type").put("event_type", requests.echo("a bad type") + " !"));
        requests.append(422, "bad id", personal("bad id").put("event_id", requests.echo("a bad id")));
        ObjectNode longId = personal("long id");
        requests.append(
                422, "long id", longId.put("data_subject_id", mark("a long id").repeat(40)));
        ObjectNode noId = personal("no id");
        noId.putArray("data_subject_id").add(mark("an id in a list"));
        requests.append(422, "no id", noId);
        ObjectNode text = personal("payload of another type");
        requests.append(422, "no payload", text.put("payload", mark("what was said by a payload that is a text")));
        ObjectNode large = personal("too large");
        large.putObject("payload").put("content", mark("what was said by too large") + " ".repeat(300_000));
        requests.append(413, "too large", large);
        ObjectNode deep = personal("too deep");
        ObjectNode at = deep.putObject("payload");
        for (int i = 0; i < 40; i++) {
            at = at.putObject(mark("a name in too deep"));
        }
        requests.append(422, "too deep", deep);
        // As if it had been sealed before.
        ObjectNode sealed = personal("badly sealed").put("data_subject_id", "p1_" + "0".repeat(32));
        sealed.putObject("payload")
                .put("sealed", 1)
                .put("algorithm", "XAES-256-GCM")
                .put("key", "p1_" + "0".repeat(32) + ".1")
                .put("ciphertext", mark("a ciphertext that is none") + "!");
        requests.append(422, "badly sealed", sealed);
    }

    /** What is no event at all. */
    void sendBroken() {
        String cut = personal("cut").toString();
        String ignored = requests.post(400, "cut", EVENTS, JSON, cut.substring(0, cut.length() - 3));
        ignored = requests.post(400, "no JSON", EVENTS, JSON, mark("no JSON"));
        ignored =
                requests.post(400, "twice", EVENTS, JSON, cut.replace("\"payload\":{", "\"payload\":{},\"payload\":{"));
        ignored = requests.post(422, "a text", EVENTS, JSON, '"' + mark("a text for an event") + '"');
        ignored = requests.post(422, "a text for a batch", BATCH, JSON, '"' + mark("a text for a batch") + '"');
        ignored = requests.post(200, "cut line", BATCH, LINES, cut.substring(1) + "\n");
        ignored = requests.post(415, "other type", EVENTS, "text/plain", cut);
        ignored = requests.post(404, "no such route", "/v1/persons", JSON, cut);
        ignored = requests.post(
                422, "payloads", "/v1/events/payloads", JSON, "{\"ids\":[\"" + mark("an id of a payload") + "\"]}");
    }

    /** Addresses and reasons that have what they must not. */
    void askBadly() {
        for (String end : List.of("", "/export")) {
            String stranger = path(mark("the id of an unknown person"));
            String ignored = requests.get(404, "/v1/subjects/" + stranger + end);
        }
        String stranger = "/v1/subjects/" + path(mark("the id of an unknown person"));
        String ignored = requests.get(404, stranger + "/nothing");
        ignored = requests.get(422, stranger + "?unknown=1");
        ignored = requests.get(422, stranger + "%00");
        ignored = requests.get(422, stranger + "x".repeat(300));
        String reason = "?reason=" + path(mark("a reason for an erasure"));
        ignored = requests.call(404, "erase a stranger", "DELETE", stranger);
        ignored = requests.call(422, "erase, with a reason", "DELETE", stranger + reason);
        ignored = requests.ask(
                        "erase, with a body", "DELETE", stranger, JSON, "{\"reason\":\"" + mark("a body") + "\"}")
                .body();
        ignored = requests.call(404, "authorise a stranger", "POST", stranger + "/authorise");
        ignored = requests.call(422, "authorise, with a reason", "POST", stranger + "/authorise" + reason);
        ignored = requests.ask(
                        "authorise, with a body",
                        "POST",
                        stranger + "/authorise",
                        JSON,
                        "{\"reason\":\"" + mark("a body") + "\"}")
                .body();
        ignored = requests.call(405, "another method", "PUT", stranger);
        for (String address : List.of(
                "/v1/payloads/",
                "/v1/events/",
                "/v1/sessions/",
                "/v1/context/",
                "/v1/admin/operations/",
                "/v1/admin/archives/",
                "/v1/admin/backups/",
                "/v1/nothing/")) {
            ignored = requests.ask(
                            "GET " + address, "GET", address + path(requests.echo("a part of " + address)), "", "")
                    .body();
        }
        for (String query :
                List.of("cursor", "session_id", "agent_id", "limit", "from", "event_type", "min_position")) {
            ignored = requests.ask(
                            "search by " + query,
                            "GET",
                            EVENTS + "?" + query + "=" + path(requests.echo("a " + query)),
                            "",
                            "")
                    .body();
        }
        String holds = "/v1/admin/holds?session_id=hunt&reason=";
        ignored = requests.call(
                422, "too long a reason", "POST", holds + path(requests.reason("too long a reason") + "x".repeat(600)));
        ignored = requests.call(
                422, "a reason of two lines", "POST", holds + path(requests.reason("a reason") + "\nin two lines"));
        ignored = requests.call(
                404,
                "give up what is not parked",
                "DELETE",
                "/v1/admin/parked/1-1?reason=" + path(requests.reason("a reason")));
        ignored = requests.call(
                404,
                "release no group",
                "POST",
                "/v1/admin/retention/release?group=nobody&reason=" + path(requests.reason("a reason")));
        ignored = requests.call(
                404, "unhold", "DELETE", "/v1/admin/holds/" + path(requests.reason("a session that is not held")));
    }

    /** While no key can be had. */
    void sendWithoutKeys() {
        requests.append(503, "no keys", personal("no keys"));
        ObjectNode batch = Json.MAPPER.createObjectNode();
        batch.putArray("events").add(personal("no keys")).add(personal("no keys"));
        String ignored = requests.post(201, "no keys for a batch", BATCH, JSON, batch.toString());
        ignored = requests.post(200, "no keys for lines", BATCH, LINES, personal("no keys") + "\n");
        String stranger = "/v1/subjects/" + path(mark("the id of an unknown person"));
        ignored = requests.get(503, stranger);
        ignored = requests.call(503, "erase without keys", "DELETE", stranger);
    }

    /** While the ledger does not answer. */
    void sendWithoutLedger() {
        requests.append(503, "no ledger", personal("no ledger"));
    }

    /** What anybody may see. */
    void look() {
        for (String id : requests.ids()) {
            String ignored = requests.ask("GET /v1/events/...", "GET", "/v1/events/" + id, "", "")
                    .body();
        }
        for (String path : List.of(
                "/v1/events?session_id=hunt",
                "/v1/sessions",
                "/v1/sessions/hunt",
                "/v1/ledger",
                "/v1/ledger/events",
                "/metrics",
                "/v1/health",
                "/v1/admin/health/detailed",
                "/v1/admin/parked",
                "/v1/admin/parked/dropped",
                "/v1/admin/operations",
                "/v1/admin/holds",
                "/v1/admin/retention",
                "/v1/admin/stats",
                "/v1/admin/archives",
                "/v1/admin/backups",
                "/v1/context/hunt",
                "/v1/sessions/system.audit",
                "/v1/events?session_id=system.audit")) {
            String ignored = requests.get(200, path);
        }
    }
}
