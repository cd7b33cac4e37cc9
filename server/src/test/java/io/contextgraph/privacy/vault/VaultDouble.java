// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.privacy.vault;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.contextgraph.event.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Speaks as a HashiCorp Vault does, on loopback: engine transit at {@code transit/}, engine KV 2 at {@code secret/}. It
 * follows the source of Vault where the documentation is silent: a check-and-set that fails is 400, {@code rewrap} knows no
 * associated data, and to encrypt by a name that is not there makes a key.
 */
final class VaultDouble implements AutoCloseable {
    static final String TOKEN = "hvs.token-of-tests";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final TransitDouble transit = new TransitDouble();
    private final KvDouble kv = new KvDouble();
    private final List<String> asked = new ArrayList<>();
    private Predicate<String> forbidden = path -> false;
    private Predicate<String> failing = path -> false;
    private boolean lost;
    private boolean isSealed;

    private VaultDouble(HttpServer server) {
        this.server = server;
        Object ignored = server.createContext("/v1/", this::serve);
        server.setExecutor(threads);
        server.start();
    }

    static VaultDouble start() {
        try {
            return new VaultDouble(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    TransitDouble transit() {
        return transit;
    }

    KvDouble kv() {
        return kv;
    }

    synchronized void seal(boolean newSealed) {
        isSealed = newSealed;
    }

    /** Paths, with their method before them, that the token may not use. */
    synchronized void forbid(Predicate<String> paths) {
        forbidden = paths;
    }

    /** The next request for such a path is done, or not, and its answer is lost. */
    synchronized void failOnce(Predicate<String> paths, boolean done) {
        failing = paths;
        lost = done;
    }

    /** What was asked, as {@code POST transit/encrypt/name}. */
    synchronized List<String> asked() {
        return List.copyOf(asked);
    }

    /** An answer of Vault. */
    record Reply(int status, @Nullable JsonNode body) {
        static Reply data(JsonNode data) {
            ObjectNode body =
                    Json.MAPPER.createObjectNode().put("request_id", "1").put("lease_duration", 0);
            body.set("data", data);
            return new Reply(200, body);
        }

        static Reply error(int status, String... errors) {
            ObjectNode body = Json.MAPPER.createObjectNode();
            var list = body.putArray("errors");
            for (String error : errors) {
                list.add(error);
            }
            return new Reply(status, body);
        }

        static Reply nothing() {
            return new Reply(204, null);
        }
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath().substring("/v1/".length());
            String method = exchange.getRequestMethod();
            boolean list = method.equals("LIST")
                    || Optional.ofNullable(exchange.getRequestURI().getQuery())
                            .filter(query -> query.contains("list=true"))
                            .isPresent();
            byte[] body = exchange.getRequestBody().readAllBytes();
            String what = (list ? "LIST" : method) + " " + path;
            if (breaksOff(what, false)) {
                return;
            }
            Reply reply = answer(exchange, list ? "LIST" : method, path, body, what);
            if (breaksOff(what, true)) {
                return;
            }
            send(exchange, reply);
        }
    }

    private synchronized boolean breaksOff(String what, boolean done) {
        boolean now = failing.test(what) && lost == done;
        if (now) {
            failing = path -> false;
        }
        return now;
    }

    private static void send(HttpExchange exchange, Reply reply) throws IOException {
        JsonNode body = reply.body();
        if (body == null) {
            exchange.sendResponseHeaders(reply.status(), -1);
            return;
        }
        byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(reply.status(), bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    private synchronized Reply answer(HttpExchange exchange, String method, String path, byte[] body, String what) {
        boolean ignored = asked.add(what);
        if (isSealed) {
            return Reply.error(503, "Vault is sealed");
        }
        String token = exchange.getRequestHeaders().getFirst("X-Vault-Token");
        if (!TOKEN.equals(token) || forbidden.test(what)) {
            return Reply.error(403, "permission denied");
        }
        JsonNode json = body.length == 0 ? Json.MAPPER.createObjectNode() : Json.MAPPER.readTree(body);
        if (path.startsWith("transit/")) {
            return transit.answer(method, path.substring("transit/".length()), json);
        }
        if (path.startsWith("secret/")) {
            return kv.answer(method, path.substring("secret/".length()), json);
        }
        return Reply.error(404, "no handler for route \"" + path + "\". route entry not found.");
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
