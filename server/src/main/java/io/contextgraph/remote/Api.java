// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.remote;

import io.contextgraph.event.InvalidInputException;
import io.contextgraph.event.Json;
import io.contextgraph.graph.GraphException;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ops.BoundedBody;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.LongConsumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The HTTP interface of a server, as a client calls it.
 *
 * <p><b>Units and bounds.</b> Each call ends within {@link #ANSWER_TIMEOUT}, but for what a server asks to wait; an answer has at
 * most {@value #MAX_ANSWER_BYTES} bytes. Redirects are not followed: the key goes to one server.
 *
 * <p><b>Errors.</b> {@link LedgerException} and {@link GraphException} where the server says so, or does not answer;
 * {@link InvalidInputException} for what it finds wrong with the input; {@link RemoteException} for the rest.
 *
 * <p><b>Threads.</b> Safe for threads.
 */
final class Api implements AutoCloseable {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(90);
    private static final int MAX_ANSWER_BYTES = 512 << 20;

    /** How often a server that is asked too much may say so, and for how long it may make its client wait. */
    private static final int MOST_WAITS = 5;

    private static final long LONGEST_WAIT_SECONDS = 30;
    private static final String JSON = "application/json";

    private final ServerAddress server;
    private final HttpClient client;
    private final LongConsumer waiting;
    private String version = "unknown";

    private Api(ServerAddress server, HttpClient client, LongConsumer waiting) {
        this.server = server;
        this.client = client;
        this.waiting = waiting;
    }

    /**
     * Makes sure that a server is there.
     *
     * @throws IOException with a message that names the cause
     */
    static Api open(ServerAddress server) throws IOException {
        return open(server, Api::sleepMillis);
    }

    /** @param waiting lets so many milliseconds pass */
    static Api open(ServerAddress server, LongConsumer waiting) throws IOException {
        HttpClient.Builder client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(CONNECT_TIMEOUT);
        if (server.authorities().isPresent()) {
            client.sslContext(ServerTrust.of(server.authorities().get()));
        }
        Api api = new Api(server, client.build(), waiting);
        try {
            JsonNode signpost = api.get("/", Map.of());
            if (!signpost.path("name").asString("").equals("Context Graph")) {
                throw api.notOurs();
            }
            api.version = signpost.path("version").asString("unknown");
            return api;
        } catch (LedgerException away) {
            api.close();
            throw new IOException(away.getMessage(), away);
        } catch (RuntimeException | Error failure) {
            api.close();
            throw failure;
        }
    }

    private static void sleepMillis(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        }
    }

    /** The version of the server. */
    String version() {
        return version;
    }

    /** Where the server is. */
    URI address() {
        return server.base();
    }

    JsonNode get(String path, Map<String, String> query) {
        return call("GET", path, query, Map.of(), null);
    }

    JsonNode post(String path, Map<String, String> query, Map<String, String> headers, @Nullable JsonNode body) {
        return call("POST", path, query, headers, body);
    }

    JsonNode delete(String path, Map<String, String> query) {
        return call("DELETE", path, query, Map.of(), null);
    }

    /** What stands in a path for {@code text}. */
    static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** An answer that is text. */
    String text(String path, Map<String, String> query) {
        return ask("GET", path, query, Map.of(), null, answer -> Answers.text(answer, this, "GET " + path));
    }

    private JsonNode call(
            String method,
            String path,
            Map<String, String> query,
            Map<String, String> headers,
            @Nullable JsonNode body) {
        return ask(method, path, query, headers, body, answer -> Answers.read(answer, this, method + " " + path));
    }

    private <T> T ask(
            String method,
            String path,
            Map<String, String> query,
            Map<String, String> headers,
            @Nullable JsonNode body,
            Function<HttpResponse<byte[]>, T> read) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path, query))
                .header("Accept", JSON + ", application/problem+json, text/plain")
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(Json.MAPPER.writeValueAsBytes(body)));
        if (body != null) {
            request.header("Content-Type", JSON);
        }
        headers.forEach(request::header);
        server.key().ifPresent(key -> request.header("Authorization", "Bearer " + key));
        for (int waits = 0; ; waits++) {
            HttpResponse<byte[]> answer = send(request.build());
            if (answer.statusCode() != 429 || waits == MOST_WAITS) {
                return read.apply(answer);
            }
            long seconds = Answers.retryAfter(answer);
            if (seconds > LONGEST_WAIT_SECONDS) {
                return read.apply(answer);
            }
            waiting.accept(TimeUnit.SECONDS.toMillis(Math.max(1, seconds)));
        }
    }

    private URI uri(String path, Map<String, String> query) {
        StringBuilder text = new StringBuilder(server.base().toString()).append(path);
        char joint = '?';
        for (Map.Entry<String, String> parameter : query.entrySet()) {
            text.append(joint).append(parameter.getKey()).append('=').append(segment(parameter.getValue()));
            joint = '&';
        }
        return URI.create(text.toString());
    }

    private HttpResponse<byte[]> send(HttpRequest request) {
        CompletableFuture<HttpResponse<byte[]>> answer = client.sendAsync(request, BoundedBody.of(MAX_ANSWER_BYTES));
        try {
            return answer.get(ANSWER_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            throw away(failed.getCause());
        } catch (TimeoutException late) {
            boolean ignored = answer.cancel(true);
            throw away(late);
        } catch (InterruptedException asked) {
            boolean ignored = answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        }
    }

    private LedgerException away(@Nullable Throwable why) {
        return new LedgerException(
                LedgerException.Reason.UNAVAILABLE,
                "the server at " + server + " cannot be asked: " + cause(why),
                why == null ? new IOException("unknown") : why);
    }

    private static String cause(@Nullable Throwable failure) {
        for (Throwable why = failure; why != null; why = why.getCause()) {
            switch (why) {
                case UnresolvedAddressException unknown -> {
                    return "there is no host of that name";
                }
                case UnknownHostException unknown -> {
                    return "there is no host of that name";
                }
                case HttpConnectTimeoutException late -> {
                    return "no connection within " + CONNECT_TIMEOUT.toSeconds() + " s";
                }
                case HttpTimeoutException late -> {
                    return "no answer within " + ANSWER_TIMEOUT.toSeconds() + " s";
                }
                case TimeoutException late -> {
                    return "no answer within " + ANSWER_TIMEOUT.toSeconds() + " s";
                }
                case SSLException tls -> {
                    return certificate(tls);
                }
                default -> {}
            }
        }
        if (failure instanceof ConnectException refused) {
            boolean unresolved = refused.getCause() instanceof UnresolvedAddressException;
            return unresolved ? "there is no host of that name" : "nothing listens there (connection refused)";
        }
        return failure == null ? "unknown" : String.valueOf(failure.getMessage());
    }

    private static String certificate(SSLException tls) {
        for (Throwable why = tls; why != null; why = why.getCause()) {
            if (why instanceof CertificateExpiredException) {
                return "its certificate has expired";
            }
            if (why instanceof CertPathBuilderException) {
                return "its certificate is of an authority that is not known here: name the authority's file with "
                        + ServerAddress.AUTHORITIES;
            }
            if (why instanceof CertificateException wrong && wrong.getCause() == null) {
                return "its certificate is not that of this host (" + wrong.getMessage() + ")";
            }
        }
        return "TLS fails (" + tls.getMessage() + "): is it a server with TLS?";
    }

    RemoteException notOurs() {
        return new RemoteException(502, "not_a_server", "what answers at " + server + " is no Context Graph server");
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
