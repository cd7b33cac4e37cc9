// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.proof.witness;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.contextgraph.proof.note.LogCheckpoint;
import io.contextgraph.proof.note.SignedNote;
import io.contextgraph.proof.note.VerifierKey;
import io.contextgraph.proof.tree.Hash;
import io.contextgraph.proof.tree.Proofs;
import io.contextgraph.proof.tree.TreeHasher;
import io.contextgraph.signing.SigningKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;

/** A witness that checks what it is shown as C2SP tlog-witness has it, and may then say something else. */
public final class TestWitness implements AutoCloseable {
    /** When it says that it looked. */
    public static final long SECONDS = 1_700_000_000;

    private final SigningKey secret = SigningKey.generate();
    private final VerifierKey key;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, List<VerifierKey>> logs = new ConcurrentHashMap<>();
    private final Map<String, LogCheckpoint> seen = new ConcurrentHashMap<>();
    private final List<Long> olds = new CopyOnWriteArrayList<>();
    private volatile UnaryOperator<Reply> saying = UnaryOperator.identity();

    /** What it answers. */
    public record Reply(int status, String type, String body) {
        public static Reply of(int status) {
            return new Reply(status, "text/plain", "");
        }
    }

    public TestWitness(String name) throws IOException {
        key = new VerifierKey(name, VerifierKey.Kind.WITNESS, secret.shown());
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/prefix/add-checkpoint", this::answer);
        server.start();
    }

    public Witness witness() {
        return Witness.parse(setting());
    }

    /** As {@code proof.witnesses} has it. */
    public String setting() {
        return key + " " + address() + "/prefix/";
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    public VerifierKey key() {
        return key;
    }

    /** Knows a log from now on. */
    public void trust(String origin, List<VerifierKey> keys) {
        logs.put(origin, keys);
    }

    /** What it has cosigned last. */
    public Optional<LogCheckpoint> seen(String origin) {
        return Optional.ofNullable(seen.get(origin));
    }

    /** As if it had cosigned this. */
    void saw(LogCheckpoint checkpoint) {
        seen.put(checkpoint.origin(), checkpoint);
    }

    /** Sizes from which it was shown that a log has grown. */
    public List<Long> olds() {
        return List.copyOf(olds);
    }

    /** Has it say something else than what it found. */
    public void say(UnaryOperator<Reply> other) {
        saying = other;
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
        Reply reply = saying.apply(exchange.getRequestMethod().equals("POST") ? checked(body) : Reply.of(405));
        byte[] bytes = reply.body().getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", reply.type());
        if (reply.status() / 100 == 3) {
            exchange.getResponseHeaders().set("Location", "/prefix/add-checkpoint");
        }
        try (exchange) {
            exchange.sendResponseHeaders(reply.status(), bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private synchronized Reply checked(String body) {
        int end = body.indexOf("\n\n");
        List<String> lines = body.substring(0, end).lines().toList();
        long old = Long.parseLong(lines.getFirst().substring("old ".length()));
        List<Hash> proof = lines.stream().skip(1).map(Hash::ofBase64).toList();
        SignedNote note = SignedNote.parse(body.substring(end + 2));
        LogCheckpoint checkpoint = LogCheckpoint.parse(note.text());
        olds.add(old);
        List<VerifierKey> trusted = logs.get(checkpoint.origin());
        if (trusted == null) {
            return Reply.of(404);
        }
        if (trusted.stream().noneMatch(note::isSignedBy)) {
            return Reply.of(403);
        }
        if (old > checkpoint.size()) {
            return Reply.of(400);
        }
        LogCheckpoint last = seen(checkpoint.origin())
                .orElseGet(() -> new LogCheckpoint(checkpoint.origin(), 0, new TreeHasher().empty()));
        if (old != last.size()) {
            return new Reply(409, "text/x.tlog.size", last.size() + "\n");
        }
        if (!Proofs.extend(old, last.root(), checkpoint.size(), checkpoint.root(), proof)) {
            return Reply.of(422);
        }
        saw(checkpoint);
        return new Reply(200, "text/plain", cosigned(note.text(), SECONDS));
    }

    /** Its cosignature of a text. */
    String cosigned(String text, long seconds) {
        byte[] signature = secret.sign(("cosignature/v1\ntime " + seconds + "\n" + text).getBytes(UTF_8));
        byte[] line = ByteBuffer.allocate(Integer.BYTES + Long.BYTES + signature.length)
                .putInt(key.id())
                .putLong(seconds)
                .put(signature)
                .array();
        return "\u2014 " + key.name() + " " + Base64.getEncoder().encodeToString(line) + "\n";
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
