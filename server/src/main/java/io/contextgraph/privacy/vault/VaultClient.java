// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.vault;

import io.contextgraph.event.Json;
import io.contextgraph.ops.BoundedBody;
import io.contextgraph.privacy.key.KeyServiceException;
import io.contextgraph.privacy.key.KeyServiceException.Reason;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Asks a Vault.
 *
 * <p><b>Units and bounds.</b> A request has its time, and so many attempts where it may be repeated; an answer is at most
 * {@value #MOST_BYTES} bytes.
 *
 * <p><b>Errors.</b> {@link KeyServiceException}: UNAVAILABLE where it does not answer, is sealed or too busy; REFUSED where
 * the token may not do it. What is 400 or 404 is for the caller to understand.
 *
 * <p><b>Threads.</b> Safe.
 *
 * <p><b>Source.</b> HashiCorp Vault, HTTP API.
 */
public final class VaultClient {
    static final int OK = 200;
    static final int INVALID = 400;
    static final int MISSING = 404;
    private static final int FORBIDDEN = 403;

    /** Standby, recovering, over its quota, behind what was asked for, sealed: all of it may be over soon. */
    private static final Set<Integer> PASSING = Set.of(412, 429, 472, 473, 500, 502, 503, 504);

    private static final int MOST_BYTES = 16 << 20;
    private static final int MOST_TEXT = 200;
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final VaultSettings settings;
    private final HttpClient http;

    /** @param http of the caller, who gives it its trust and its time for connecting */
    public VaultClient(VaultSettings settings, HttpClient http) {
        this.settings = settings;
        this.http = http;
    }

    /**
     * An answer that the caller understands.
     *
     * @param status 2xx, 400 or 404
     * @param body an empty object where there is none
     */
    record Answer(int status, JsonNode body) {
        boolean isOk() {
            return status < INVALID;
        }

        JsonNode data() {
            return body.path("data");
        }
    }

    /** Asks something that changes nothing, or the same however often it is asked. */
    Answer repeatably(String method, String path, @Nullable JsonNode body) {
        KeyServiceException last = null;
        for (int attempt = 0; attempt < settings.attempts(); attempt++) {
            if (attempt > 0) {
                LockSupport.parkNanos(PAUSE.toNanos() << (attempt - 1));
            }
            try {
                return once(method, path, body);
            } catch (KeyServiceException failed) {
                if (failed.reason() != Reason.UNAVAILABLE
                        || Thread.currentThread().isInterrupted()) {
                    throw failed;
                }
                last = failed;
            }
        }
        throw last == null ? unavailable(path, "was not asked", null) : last;
    }

    /** Asks something that is another thing the second time: after UNAVAILABLE it may have happened. */
    Answer once(String method, String path, @Nullable JsonNode body) {
        HttpResponse<byte[]> response = sent(request(method, path, body), path);
        int status = response.statusCode();
        if (status == FORBIDDEN) {
            throw new KeyServiceException(
                    Reason.REFUSED,
                    "Vault refuses " + method + " of " + path + ": the token is none or has expired, or its policy does"
                            + " not allow this" + said(response));
        }
        if (PASSING.contains(status)) {
            throw unavailable(path, "answers " + status + said(response), null);
        }
        if ((status >= OK && status < 300) || status == INVALID || status == MISSING) {
            return new Answer(status, json(response));
        }
        throw new KeyServiceException(
                Reason.REFUSED,
                "Vault answers " + status + " to " + method + " of " + path + said(response)
                        + ": is this the address of a Vault, and is the engine mounted there?");
    }

    private HttpRequest request(String method, String path, @Nullable JsonNode body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(settings.address().toString().replaceFirst("/+$", "") + "/v1/" + path))
                .timeout(settings.timeout())
                .header("X-Vault-Request", "true")
                .header("X-Vault-Token", settings.token().get());
        settings.namespace().ifPresent(name -> {
            HttpRequest.Builder ignored = request.header("X-Vault-Namespace", name);
        });
        return body == null
                ? request.method(method, BodyPublishers.noBody()).build()
                : request.header("Content-Type", "application/json")
                        .method(
                                method,
                                BodyPublishers.ofByteArray(body.toString().getBytes(StandardCharsets.UTF_8)))
                        .build();
    }

    private HttpResponse<byte[]> sent(HttpRequest request, String path) {
        CompletableFuture<HttpResponse<byte[]>> answer = http.sendAsync(request, BoundedBody.of(MOST_BYTES));
        try {
            // The request's own timeout ends with the head of the answer.
            return answer.get(settings.timeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            boolean ignored = answer.cancel(true);
            throw unavailable(
                    path, "does not answer within " + settings.timeout().toMillis() + " ms", late);
        } catch (ExecutionException failed) {
            throw unavailable(path, "cannot be reached: " + failed.getCause(), failed);
        } catch (InterruptedException asked) {
            boolean ignored = answer.cancel(true);
            Thread.currentThread().interrupt();
            throw unavailable(path, "was asked by a thread that is to end", asked);
        }
    }

    private KeyServiceException unavailable(String path, String what, @Nullable Exception cause) {
        String message = settings + " " + what + " (" + path + ")";
        return cause == null
                ? new KeyServiceException(Reason.UNAVAILABLE, message)
                : new KeyServiceException(Reason.UNAVAILABLE, message, cause);
    }

    private static JsonNode json(HttpResponse<byte[]> response) {
        if (response.body().length == 0) {
            return Json.MAPPER.createObjectNode();
        }
        try {
            return Json.MAPPER.readTree(response.body());
        } catch (JacksonException other) {
            throw new KeyServiceException(
                    Reason.REFUSED, "what answers is no Vault: its answer is no JSON; check the address");
        }
    }

    /** What Vault says is wrong: names of paths and rules, nothing of what was sent. */
    private static String said(HttpResponse<byte[]> response) {
        try {
            return Optional.of(Json.MAPPER
                            .readTree(response.body())
                            .path("errors")
                            .path(0)
                            .asString(""))
                    .filter(text -> !text.isBlank())
                    .map(text -> " ("
                            + text.strip().substring(0, Math.min(text.strip().length(), MOST_TEXT)) + ")")
                    .orElse("");
        } catch (JacksonException other) {
            return "";
        }
    }

    /** For people. */
    String describe() {
        return settings.toString();
    }
}
