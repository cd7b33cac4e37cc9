// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.problem;

import io.contextgraph.event.Fault;
import io.contextgraph.event.Json;
import io.contextgraph.wire.FaultJson;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * An answer that says what is wrong.
 *
 * @param status HTTP status
 * @param code stable, for machines
 * @param detail for people; never a payload, a secret or a stack trace
 * @param errors every fault of a bad input
 * @param extras further members, strings and numbers by name
 * @param retryAfter when trying again may help
 * @param headers that go with the answer
 */
public record Problem(
        int status,
        String code,
        String detail,
        List<Fault> errors,
        Map<String, Object> extras,
        Optional<Duration> retryAfter,
        Map<String, String> headers) {
    /** The media type of {@link #body}. */
    public static final String CONTENT_TYPE = "application/problem+json";

    public Problem {
        errors = List.copyOf(errors);
        extras = Map.copyOf(extras);
        headers = Map.copyOf(headers);
    }

    public static Problem of(ProblemCode code, String detail) {
        return of(code.status(), code.code(), detail);
    }

    /** A problem of a store, whose code it is. */
    public static Problem of(int status, String code, String detail) {
        return new Problem(status, code, detail, List.of(), Map.of(), Optional.empty(), Map.of());
    }

    /** 422 with all faults. */
    public static Problem invalid(String code, List<Fault> errors) {
        String detail = errors.size() == 1
                ? "One thing is wrong; see errors."
                : errors.size() + " things are wrong; see errors.";
        return new Problem(422, code, detail, errors, Map.of(), Optional.empty(), Map.of());
    }

    /** 503, worth repeating after a while. */
    public static Problem unavailable(ProblemCode code, String detail, Duration retryAfter) {
        return unavailable(code.code(), detail, retryAfter);
    }

    /** 503 because of a store, worth repeating after a while. */
    public static Problem unavailable(String code, String detail, Duration retryAfter) {
        return new Problem(503, code, detail, List.of(), Map.of(), Optional.of(retryAfter), Map.of());
    }

    /** 429: the same request may be sent again after a while. */
    public static Problem limited(String detail, Duration retryAfter) {
        ProblemCode code = ProblemCode.TOO_MANY_REQUESTS;
        return new Problem(code.status(), code.code(), detail, List.of(), Map.of(), Optional.of(retryAfter), Map.of());
    }

    public Problem with(String member, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(extras);
        more.put(member, value);
        return new Problem(status, code, detail, errors, more, retryAfter, headers);
    }

    public Problem withErrors(List<Fault> newErrors) {
        return new Problem(status, code, detail, newErrors, extras, retryAfter, headers);
    }

    /** This one, whose answer has a header. */
    public Problem withHeader(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Problem(status, code, detail, errors, extras, retryAfter, more);
    }

    public ProblemException raised() {
        return new ProblemException(this);
    }

    /** Members in the order of RFC 9457, then our own. */
    public byte[] body(String requestId) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("type", "urn:contextgraph:problem:" + code);
        json.put("title", title());
        json.put("status", status);
        json.put("detail", detail);
        json.put("code", code);
        json.put("request_id", requestId);
        extras.keySet().stream().sorted().forEach(name -> json.putPOJO(name, extras.get(name)));
        if (!errors.isEmpty()) {
            json.set("errors", FaultJson.of(errors));
        }
        return Json.MAPPER.writeValueAsBytes(json);
    }

    private String title() {
        String words = code.replace('_', ' ');
        return Character.toUpperCase(words.charAt(0)) + words.substring(1);
    }
}
