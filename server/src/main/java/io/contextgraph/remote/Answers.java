// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.remote;

import io.contextgraph.event.Fault;
import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.Json;
import io.contextgraph.graph.GraphException;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ops.Version;
import io.contextgraph.wire.FaultJson;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** What answers of a server mean, and what to do about those that are problems. */
final class Answers {
    private static final long DEFAULT_WAIT_SECONDS = 1;

    private Answers() {}

    /** The body of a good answer. */
    static JsonNode read(HttpResponse<byte[]> answer, Api api, String asked) {
        int status = answer.statusCode();
        if (status >= 300 && status < 400) {
            String where = answer.headers().firstValue("Location").orElse("another address");
            throw new RemoteException(
                    status,
                    "redirected",
                    "the server at " + api.address() + " says that it is at " + where
                            + ": nothing is followed there, name it yourself");
        }
        String type = answer.headers().firstValue("Content-Type").orElse("");
        if (!type.startsWith("application/json") && !type.startsWith("application/problem+json")) {
            throw api.notOurs();
        }
        JsonNode json;
        try {
            json = Json.MAPPER.readTree(answer.body());
        } catch (JacksonException broken) {
            throw api.notOurs();
        }
        if (status < 300) {
            return json;
        }
        throw problem(status, json, api, asked);
    }

    /** The body of a good answer that is text. */
    static String text(HttpResponse<byte[]> answer, Api api, String asked) {
        if (answer.statusCode() == 200
                && answer.headers().firstValue("Content-Type").orElse("").startsWith("text/plain")) {
            return new String(answer.body(), StandardCharsets.UTF_8);
        }
        JsonNode ignored = read(answer, api, asked);
        throw api.notOurs();
    }

    static long retryAfter(HttpResponse<byte[]> answer) {
        return answer.headers()
                .firstValue("Retry-After")
                .filter(text -> text.matches("\\d{1,9}"))
                .map(Long::parseLong)
                .orElse(DEFAULT_WAIT_SECONDS);
    }

    private static RuntimeException problem(int status, JsonNode json, Api api, String asked) {
        String code = json.path("code").asString("");
        String detail = json.path("detail").asString("status " + status);
        List<Fault> faults = FaultJson.read(json.path("errors"));
        Optional<LedgerException.Reason> ledger = LedgerException.Reason.of(code);
        Optional<GraphException.Reason> graph = Arrays.stream(GraphException.Reason.values())
                .filter(reason -> reason.code().equals(code))
                .findFirst();
        if (ledger.isPresent()) {
            LedgerException told = LedgerException.telling(ledger.get(), detail);
            JsonNode partition = json.path("partition");
            return partition.isInt() ? LedgerException.ofPartition(partition.intValue(), told) : told;
        }
        if (graph.isPresent()) {
            return new GraphException(graph.get(), detail);
        }
        boolean unheardOf = code.equals("no_such_route")
                || code.equals("method_not_allowed")
                || faults.stream().anyMatch(fault -> fault.code().equals("unknown_parameter"));
        if (unheardOf) {
            return new RemoteException(
                    status,
                    "other_version",
                    "the server at " + api.address() + " does not know " + asked
                            + " as this program asks it: its version is " + api.version() + ", this program's "
                            + Version.current() + "; use the program of its version");
        }
        if (status == 503) {
            return LedgerException.telling(LedgerException.Reason.OVERLOADED, detail);
        }
        if (status == 422 && !faults.isEmpty()) {
            return new InvalidInputException(faults);
        }
        return new RemoteException(
                status, code.isEmpty() ? "status_" + status : code, detail + advice(status, asked), json);
    }

    /** What to do about it. */
    private static String advice(int status, String asked) {
        return switch (status) {
            case 401 ->
                " Set " + ServerAddress.KEY + " (or " + ServerAddress.KEY_FILE
                        + ") to a key of this server; contextgraph keys create makes one.";
            case 403 -> " Asked was " + asked + ": use a key that has the role for it.";
            case 429 -> " Ask less often, or have the limits of this key raised.";
            case 421 -> " Ask it under the name by which it listens.";
            default -> "";
        };
    }
}
