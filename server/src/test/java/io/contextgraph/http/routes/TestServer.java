// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.routes;

import io.contextgraph.access.Access;
import io.contextgraph.access.AccessSettings;
import io.contextgraph.access.RateLimits;
import io.contextgraph.archive.Archive;
import io.contextgraph.audit.AuditTrail;
import io.contextgraph.audit.Rebuild;
import io.contextgraph.audit.Repair;
import io.contextgraph.audit.Verifier;
import io.contextgraph.backup.TestBackups;
import io.contextgraph.capture.live.BroughtTraces;
import io.contextgraph.capture.live.OtlpIntake;
import io.contextgraph.capture.record.CaptureOptions;
import io.contextgraph.event.Event;
import io.contextgraph.event.EventId;
import io.contextgraph.event.EventLimits;
import io.contextgraph.event.EventType;
import io.contextgraph.event.Json;
import io.contextgraph.event.RecordedEvent;
import io.contextgraph.event.SessionId;
import io.contextgraph.graph.GraphAudit;
import io.contextgraph.graph.GraphReader;
import io.contextgraph.graph.GraphSink;
import io.contextgraph.graph.InstrumentedGraphReader;
import io.contextgraph.graph.Projection;
import io.contextgraph.graph.memory.InMemoryGraph;
import io.contextgraph.http.engine.Door;
import io.contextgraph.http.engine.HttpServer;
import io.contextgraph.http.engine.HttpSettings;
import io.contextgraph.http.engine.Origins;
import io.contextgraph.http.otlp.OtlpRoutes;
import io.contextgraph.http.ports.HttpPorts;
import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Delivery;
import io.contextgraph.ledger.DuplicateCounts;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ledger.Failure;
import io.contextgraph.ledger.Head;
import io.contextgraph.ledger.OtherLog;
import io.contextgraph.ledger.forward.InstrumentedLedger;
import io.contextgraph.ledger.memory.InMemoryLedger;
import io.contextgraph.ledger.partition.Partition;
import io.contextgraph.operation.Operations;
import io.contextgraph.ops.Check;
import io.contextgraph.ops.Check.Checked;
import io.contextgraph.ops.Concern;
import io.contextgraph.ops.Finding;
import io.contextgraph.ops.Health;
import io.contextgraph.ops.Metrics;
import io.contextgraph.privacy.sealing.PayloadSealer;
import io.contextgraph.privacy.sealing.SealingLedger;
import io.contextgraph.projection.GraphLag;
import io.contextgraph.projection.ProjectionLag;
import io.contextgraph.projection.Redrive;
import io.contextgraph.proof.TestProofs;
import io.contextgraph.restoring.TestArchive;
import io.contextgraph.retention.Ceilings;
import io.contextgraph.retention.Retention;
import io.contextgraph.retention.RetentionSettings;
import io.contextgraph.testing.FailingPorts;
import io.contextgraph.tls.Identity;
import io.contextgraph.tls.ServerCertificate;
import io.contextgraph.tls.TlsFileException;
import io.contextgraph.tracing.OwnTraces;
import io.contextgraph.tracing.Tracing;
import io.contextgraph.tracing.TracingSettings;
import io.contextgraph.wire.AuditWork;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The real server on a free port, over the in-memory ledger and graph, with a client. */
final class TestServer implements AutoCloseable {
    static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    /** Most of a request of OTLP. */
    static final int OTLP_BYTES = 1 << 20;

    private static final Checked WELL = new Checked(true, List.of());

    final InMemoryLedger ledger;
    final InMemoryGraph graph = new InMemoryGraph();
    final TestArchive archive = new TestArchive();
    final TestProofs proofs;
    final TestBackups backups = new TestBackups();
    final Metrics metrics = new Metrics();
    final HttpServer server;
    final Optional<ServerCertificate> certificate;
    final OwnTraces own;
    final Tracing tracing;
    final Operations operations;
    final OtlpIntake otlp;
    volatile Checked redis = WELL;
    volatile Checked neo4j = WELL;
    volatile Checked projection = WELL;
    volatile Runnable beforeSums = () -> {};
    /** Tells when operations begin and end. */
    volatile InstantSource time = () -> NOW;
    /** What requests have of the ledger. */
    final FailingPorts ledgerPorts = new FailingPorts();
    /** What requests have of the graph. */
    final FailingPorts graphPorts = new FailingPorts();

    private long projected;
    private final HttpClient client = HttpClient.newHttpClient();

    /** Something of which health tells. */
    static Checked wrong(boolean ready, Concern concern) {
        return new Checked(
                ready,
                List.of(Finding.of(Finding.Level.PROBLEM, "it", "is not well").as(concern)));
    }

    private static Check check(String name, Supplier<Checked> seen) {
        return new Check() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Checked look() {
                return seen.get();
            }

            @Override
            public Concern unavailable() {
                return Concern.stopping(name + "_unavailable");
            }
        };
    }

    static TestServer start() {
        return start(UnaryOperator.identity());
    }

    static TestServer start(UnaryOperator<HttpSettings> change) {
        return start(change, log -> log, graph -> graph);
    }

    static TestServer start(
            UnaryOperator<HttpSettings> change, UnaryOperator<EventLog> log, UnaryOperator<GraphReader> graph) {
        return start(change, log, graph, door -> door);
    }

    /** With another door than the open one. */
    static TestServer behind(UnaryOperator<Door> door) {
        return start(UnaryOperator.identity(), log -> log, graph -> graph, door);
    }

    private static TestServer start(
            UnaryOperator<HttpSettings> change,
            UnaryOperator<EventLog> log,
            UnaryOperator<GraphReader> graph,
            UnaryOperator<Door> door) {
        return start(new TestServer(change, log, graph, door, Optional.empty(), Times.STANDARD));
    }

    /** On the time of day, as spans of its own requests are, and those that others send. */
    static TestServer tracing(Optional<TracingSettings> tracing, UnaryOperator<GraphReader> graph) {
        return start(new TestServer(
                UnaryOperator.identity(),
                log -> log,
                graph,
                door -> door,
                Optional.empty(),
                new Times(Clock.systemUTC(), tracing)));
    }

    /** Its clock, and whether it traces its requests. */
    private record Times(Clock clock, Optional<TracingSettings> tracing) {
        private static final Times STANDARD = new Times(Clock.fixed(NOW, ZoneOffset.UTC), Optional.empty());
    }

    private static TestServer start(TestServer made) {
        made.server.start();
        return made;
    }

    /** With keys that seal what is about persons. */
    static TestServer with(TestPersons persons) {
        return start(new TestServer(
                UnaryOperator.identity(),
                log -> log,
                graph -> graph,
                door -> door,
                Optional.of(persons),
                Times.STANDARD));
    }

    private TestServer(
            UnaryOperator<HttpSettings> change,
            UnaryOperator<EventLog> log,
            UnaryOperator<GraphReader> reader,
            UnaryOperator<Door> doors,
            Optional<TestPersons> persons,
            Times times) {
        Clock clock = times.clock();
        ledger = new InMemoryLedger(clock);
        own = new OwnTraces(() -> ledger.epochs().now().identity().id());
        tracing = Tracing.start(times.tracing(), own, "1.2.3", metrics);
        ProjectionLag lag = new ProjectionLag(feed());
        Verifier verifier = new Verifier(ledger, new GraphLag(List.of(lag)), hooked());
        Repair repair = new Repair(verifier, ledger.parking(), graph, graph);
        Partition failing = ledgerPorts.of(new OtherLog(ledger, log.apply(ledger)));
        operations = new Operations(() -> time.instant(), failing.operations());
        AuditWork audit = new AuditWork(
                verifier, repair, new Rebuild(ledger, graph, graph, repair, Optional.empty(), clock), Duration.ZERO);
        Health health = new Health(
                List.of(
                        check("redis", () -> redis),
                        check("neo4j", () -> neo4j),
                        check("projection", () -> projection)),
                Duration.ofSeconds(1));
        proofs = new TestProofs(
                failing,
                clock,
                () -> archive.wanted ? Archive.of(archive.storage(), failing.epochs()) : Optional.empty(),
                TestProofs::sound,
                Optional::empty);
        HttpPorts.Privacy privacy = persons.map(all -> all.ports(failing)).orElse(HttpPorts.Privacy.NONE);
        Optional<PayloadSealer> sealer = persons.map(all -> all.sealer);
        DuplicateCounts duplicates = new DuplicateCounts(clock);
        HttpPorts ports = new HttpPorts(
                new InstrumentedLedger(new SealingLedger(failing, sealer), metrics, duplicates, tracing),
                duplicates,
                new InstrumentedGraphReader(graphPorts.of(GraphReader.class, reader.apply(graph)), metrics, tracing),
                new GraphLag(List.of(new ProjectionLag(ledgerPorts.of(EventFeed.class, feed())))),
                health,
                metrics,
                clock,
                new HttpPorts.Admin(
                        new Redrive(failing.parking(), graphPorts.of(GraphSink.class, graph)),
                        operations,
                        audit,
                        List.of(new HttpPorts.OfPartition(
                                new Retention(
                                        failing,
                                        RetentionSettings.DEFAULT,
                                        Ceilings.none(failing, clock),
                                        clock,
                                        "test"),
                                archive.of(failing, clock),
                                () -> backups.of(ledger.epochs()),
                                proofs.ports())),
                        () -> {
                            Head head = failing.order().head();
                            return List.of(Finding.of(Finding.Level.OK, "ledger", head.seq() + " events"));
                        }),
                privacy);
        otlp = new OtlpIntake(
                ports.ledger(),
                Durability.MEMORY,
                CaptureOptions.DEFAULTS,
                clock,
                metrics,
                new BroughtTraces(own, tracing));
        HttpSettings settings = change.apply(new HttpSettings(
                "127.0.0.1",
                0,
                "1.2.3",
                Durability.MEMORY,
                EventLimits.DEFAULTS,
                HttpSettings.Limits.DEFAULTS,
                HttpSettings.Timeouts.DEFAULTS,
                Optional.empty()));
        Door door = doors.apply(new Door(
                Access.open(),
                new RateLimits(
                        new AccessSettings(false, Optional.empty(), 0, 0),
                        settings.limits().maxBodyBytes()),
                new AuditTrail(failing.log(), Durability.MEMORY, clock),
                Origins.OWN));
        certificate = settings.tls().map(TestServer::certificate);
        server = new HttpServer(
                settings,
                door,
                certificate,
                Routes.all(
                        settings,
                        ports,
                        List.of(new OtlpRoutes(
                                otlp, Math.min(OTLP_BYTES, settings.limits().maxBodyBytes())))),
                metrics,
                tracing);
    }

    private static ServerCertificate certificate(Identity.Files files) {
        try {
            return ServerCertificate.read(files, Clock.systemUTC());
        } catch (TlsFileException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The group that {@link #project} stands for. */
    private EventFeed feed() {
        EventFeed real = ledger.feed("projection");
        return new EventFeed() {
            @Override
            public Consumer open(String consumerName) {
                return real.open(consumerName);
            }

            @Override
            public Progress progress() {
                return TestServer.this.progress();
            }
        };
    }

    /** The graph as operations see it. */
    private GraphAudit hooked() {
        return (GraphAudit) Proxy.newProxyInstance(
                TestServer.class.getClassLoader(), new Class<?>[] {GraphAudit.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("digests")) {
                        beforeSums.run();
                    }
                    return method.invoke(graph, arguments);
                });
    }

    /** Asks for an operation until it has ended. */
    JsonNode ended(String address) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        JsonNode operation = json(get(address));
        while (operation.get("state").stringValue().equals("running")) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("it has not ended: " + operation);
            }
            operation = json(get(address));
        }
        return operation;
    }

    /** What the projection would report that {@link #project} stands for. */
    private EventFeed.Progress progress() {
        Head head = ledger.head();
        var seen = projected == 0
                ? Head.EMPTY
                : new Head(projected, ledger.read(projected - 1, 1).getFirst().position());
        return new EventFeed.Progress(
                seen.position(),
                seen.seq(),
                head.seq() - seen.seq(),
                0,
                ledger.read(projected, 1).stream()
                        .map(RecordedEvent::recordedAt)
                        .findFirst(),
                head);
    }

    /** Brings everything that has been appended into the graph. */
    void project() {
        graph.apply(Projection.project(ledger.read(projected, 1_000_000)));
        projected = ledger.head().seq();
    }

    /** Appends an event and parks it instead of bringing it into the graph; returns the id under which it is parked. */
    String park() {
        ledger.append(List.of(Append.of(parkedEvent())), Durability.MEMORY);
        try (EventFeed.Consumer consumer = ledger.feed("projection").open("one")) {
            List<Delivery> all = consumer.poll(1_000, Duration.ZERO);
            consumer.park(all.removeLast(), new Failure("refused", NOW, 3));
            consumer.acknowledge(all.stream().map(Delivery::position).toList());
        }
        return ledger.parking().list(Optional.empty(), 1_000).getLast().id().toString();
    }

    private static Event parkedEvent() {
        return Event.builder(
                        EventId.of(UUID.randomUUID().toString()),
                        new EventType("tool.execute"),
                        NOW,
                        new SessionId("parked"))
                .agentId("a1")
                .payloadRef("ref:1")
                .build();
    }

    HttpResponse<String> delete(String pathAndQuery) {
        return send(HttpRequest.newBuilder(uri(pathAndQuery)).DELETE());
    }

    URI uri(String pathAndQuery) {
        return URI.create("http://127.0.0.1:" + server.port() + pathAndQuery);
    }

    HttpResponse<String> get(String pathAndQuery) {
        return send(HttpRequest.newBuilder(uri(pathAndQuery)));
    }

    HttpResponse<String> post(String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return send(request);
    }

    /** Waits for the answer for as long as it takes. */
    HttpResponse<String> patientPost(String path, String body) {
        return send(
                HttpRequest.newBuilder(uri(path))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body)),
                Duration.ofMinutes(5));
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        return send(request, Duration.ofSeconds(20));
    }

    private HttpResponse<String> send(HttpRequest.Builder request, Duration timeout) {
        try {
            return client.send(request.timeout(timeout).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    HttpResponse<InputStream> open(HttpRequest.Builder request) throws IOException, InterruptedException {
        return open(request, HttpResponse.BodyHandlers.ofInputStream());
    }

    <T> HttpResponse<T> open(HttpRequest.Builder request, HttpResponse.BodyHandler<T> body)
            throws IOException, InterruptedException {
        return client.send(request.build(), body);
    }

    Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), server.port());
    }

    /** Sends bytes as they are, and meanwhile reads until the server closes, which it may do before it has all of them. */
    String raw(String text) throws IOException {
        try (Socket socket = connect()) {
            socket.setSoTimeout(15_000);
            InputStream in = socket.getInputStream();
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            Thread reader = Thread.ofVirtual().start(() -> read(in, answer));
            OutputStream out = socket.getOutputStream();
            try {
                out.write(text.getBytes(StandardCharsets.ISO_8859_1));
                out.flush();
            } catch (SocketException answered) {
                // The server has said what it has to say.
            }
            reader.join();
            return answer.toString(StandardCharsets.ISO_8859_1);
        } catch (InterruptedException stop) {
            throw new IOException(stop);
        }
    }

    private static void read(InputStream in, ByteArrayOutputStream answer) {
        try {
            byte[] some = new byte[8192];
            for (int read = in.read(some); read >= 0; read = in.read(some)) {
                answer.write(some, 0, read);
            }
        } catch (SocketException closed) {
            // What it had said until then is there.
        } catch (IOException silent) {
            throw new UncheckedIOException(silent);
        }
    }

    static JsonNode json(HttpResponse<String> response) {
        return Json.MAPPER.readTree(response.body());
    }

    /** A complete event; {@code change} adds to it or takes away. */
    static ObjectNode event(Map<String, Object> change) {
        ObjectNode event = Json.MAPPER.createObjectNode();
        event.put("event_id", UUID.randomUUID().toString());
        event.put("event_type", "tool.execute");
        event.put("occurred_at", "2026-03-01T11:00:00.000Z");
        event.put("session_id", "s1");
        event.put("agent_id", "a1");
        event.put("trace_id", "t1");
        event.put("payload_ref", "ref:1");
        change.forEach((name, value) -> event.set(name, Json.MAPPER.valueToTree(value)));
        return event;
    }

    static ObjectNode event() {
        return event(Map.of());
    }

    @Override
    public void close() {
        server.close();
        tracing.close();
        operations.close();
        client.close();
        archive.close();
        proofs.close();
        backups.close();
    }
}
