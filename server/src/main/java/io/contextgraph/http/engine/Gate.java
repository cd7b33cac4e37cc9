// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.engine;

import io.contextgraph.access.Caller;
import io.contextgraph.access.Identified;
import io.contextgraph.access.KeyRole;
import io.contextgraph.access.RateLimits.Allowance;
import io.contextgraph.audit.AuditTrail;
import io.contextgraph.http.problem.Problem;
import io.contextgraph.http.problem.ProblemCode;
import io.contextgraph.http.problem.ProblemException;
import io.contextgraph.http.problem.Problems;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/** Lets requests in: those whose caller is known, may do what they ask, and does not ask for too much. */
public final class Gate {
    private static final String CHALLENGE = "Bearer realm=\"contextgraph\"";

    private final Door door;
    private final Semaphore requests;
    private final HttpMetrics metrics;

    /** @param mostRequests that may be in work at once */
    Gate(Door door, int mostRequests, HttpMetrics metrics) {
        this.door = door;
        this.requests = new Semaphore(mostRequests);
        this.metrics = metrics;
    }

    /**
     * Who was let in.
     *
     * @param allowance what the caller may still ask for; empty where there is no limit
     */
    public record Admitted(Caller caller, Optional<Allowance> allowance) {}

    /** @throws ProblemException 401, 403, 429, or 503 where the keys cannot be read */
    Admitted admit(Route route, ServerRequestHeaders headers) {
        return admit(route.role(), headers.first(HeaderNames.AUTHORIZATION), headers.contentLength());
    }

    /**
     * Lets somebody in.
     *
     * @param authorization what is said of who asks
     * @param bytes of the body, where that is known
     * @throws ProblemException 401, 403, 429, or 503 where the keys cannot be read
     */
    public Admitted admit(Route.Role role, Optional<String> authorization, OptionalLong bytes) {
        if (role == Route.Role.OPEN) {
            return new Admitted(Caller.SOMEBODY, Optional.empty());
        }
        Caller caller = caller(authorization);
        role.keyRole().ifPresent(needed -> requireRole(caller, needed));
        Optional<Allowance> allowance = door.limits().of(caller);
        allowance.flatMap(left -> left.request(bytes.orElse(0))).ifPresent(this::refuseForNow);
        // A body of known size has been taken already.
        return new Admitted(caller, bytes.isPresent() ? Optional.empty() : allowance);
    }

    /**
     * Takes a body, whose size was not known when it was let in, from what its caller may send.
     *
     * @throws ProblemException 429
     */
    public void charge(Admitted admitted, long bytes) {
        admitted.allowance().flatMap(left -> left.body(bytes)).ifPresent(this::refuseForNow);
    }

    /**
     * Does the work of one request.
     *
     * @throws ProblemException 503 where as many as may be are in work
     */
    public <T> T inWork(Supplier<T> work) {
        if (!requests.tryAcquire()) {
            metrics.refused(HttpMetrics.Refusal.OVERLOADED);
            throw Problem.unavailable(
                            ProblemCode.SERVER_OVERLOADED, "Too many requests are in work.", Duration.ofSeconds(1))
                    .raised();
        }
        try {
            return work.get();
        } finally {
            requests.release();
        }
    }

    private Caller caller(Optional<String> authorization) {
        return switch (door.access().identify(authorization)) {
            case Identified.As known -> known.caller();
            case Identified.Not not -> throw unauthenticated(not.why());
            case Identified.Later ignored -> {
                metrics.refused(HttpMetrics.Refusal.KEYS_UNAVAILABLE);
                throw Problem.unavailable(
                                ProblemCode.KEYS_UNAVAILABLE,
                                "Whose key or token this is cannot be told now.",
                                Duration.ofSeconds(5))
                        .raised();
            }
        };
    }

    private ProblemException unauthenticated(Identified.Why why) {
        metrics.refused(HttpMetrics.Refusal.UNAUTHENTICATED);
        String message = why.message();
        String challenge = why == Identified.Why.MISSING ? CHALLENGE : CHALLENGE + ", error=\"invalid_token\"";
        return Problem.of(
                        ProblemCode.UNAUTHENTICATED,
                        Character.toUpperCase(message.charAt(0)) + message.substring(1) + ".")
                .with("reason", why.wireName())
                .withHeader("WWW-Authenticate", challenge)
                .raised();
    }

    private void requireRole(Caller caller, KeyRole role) {
        if (!caller.roles().contains(role)) {
            metrics.refused(HttpMetrics.Refusal.FORBIDDEN);
            throw Problem.of(
                            ProblemCode.FORBIDDEN,
                            "This needs the role " + role.wireName() + ", which " + caller.label() + " does not have.")
                    .with("required_role", role.wireName())
                    .raised();
        }
    }

    private void refuseForNow(Duration wait) {
        metrics.refused(HttpMetrics.Refusal.LIMITED);
        throw Problem.limited(
                        "More was asked for in a second than this key or token may have.",
                        Duration.ofSeconds(Math.max(1, wait.plusMillis(999).toSeconds())))
                .raised();
    }

    /**
     * Answers, and records what is administrative before and after.
     *
     * @param asked of the request: its id, method, address and query
     */
    Answer audited(Route route, Caller caller, Asked asked, Supplier<Answer> handler) {
        if (!route.isAdministrative()) {
            return handler.get();
        }
        Map<String, String> details = new LinkedHashMap<>();
        details.put("via", "http");
        details.put("path", asked.path());
        // Whoever may see what is personal may write it anywhere.
        if (!asked.query().isEmpty() && route.role() != Route.Role.PRIVACY) {
            details.put("query", asked.query());
        }
        AuditTrail.Recorded recorded = door.trail()
                .record(new AuditTrail.Request(
                        caller.label(), asked.requestId(), route.method() + " " + route.template(), details));
        try {
            Answer answer = handler.get();
            door.trail().outcome(recorded, true, Map.of("status", Integer.toString(status(answer))));
            return answer;
        } catch (RuntimeException failure) {
            Problem problem = Problems.of(failure);
            door.trail()
                    .outcome(
                            recorded,
                            false,
                            Map.of("status", Integer.toString(problem.status()), "code", problem.code()));
            throw failure;
        }
    }

    /** What is recorded of a request. */
    record Asked(String requestId, String path, String query) {}

    private static int status(Answer answer) {
        return switch (answer) {
            case Answer.Whole whole -> whole.status();
            case Answer.Streamed streamed -> streamed.status();
        };
    }
}
