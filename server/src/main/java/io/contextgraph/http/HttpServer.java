// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http;

import io.contextgraph.ops.Metrics;
import io.helidon.common.socket.SocketOptions;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP API.
 *
 * <p><b>Guarantees.</b> {@link #start} returns once requests are answered and throws when the port cannot be had.
 * {@link #close} stops accepting, ends the live streams, lets requests in work finish within the configured time, and
 * cuts off the rest. It leaves the ports open: whoever made them closes them.
 *
 * <p><b>Threads.</b> A virtual thread for each connection.
 */
public final class HttpServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

    private final HttpSettings settings;
    private final List<Route> routes;
    private final Tail tail;
    private final OpenConnections connections;
    private final Dispatcher dispatcher;
    private final Metrics metrics;
    private @Nullable WebServer server;

    /** A server that is not listening yet. */
    public HttpServer(HttpSettings settings, HttpPorts ports) {
        this.settings = settings;
        this.metrics = ports.metrics();
        this.tail = new Tail(ports.log());
        this.routes = routes(settings, ports, tail);
        this.connections = new OpenConnections(settings.limits().maxConnections(), metrics);
        this.dispatcher = new Dispatcher(new Router(routes), settings, metrics);
        routes.forEach(route -> metrics.registerRoute(
                route.method(), route.template(), route.method().equals("POST") ? 201 : 200));
        metrics.gauge(
                "contextgraph.http.requests.in.work",
                "Requests being answered, streams included",
                dispatcher::requestsInWork);
        metrics.gauge("contextgraph.http.streams.open", "Streams that are open", dispatcher::streamsOpen);
    }

    private static List<Route> routes(HttpSettings settings, HttpPorts ports, Tail tail) {
        return Stream.of(
                        new EventRoutes(settings, ports).routes(),
                        new BatchRoutes(settings, ports).routes(),
                        new StreamRoutes(settings, ports, tail).routes(),
                        new SessionRoutes(ports).routes(),
                        new GraphRoutes(ports).routes(),
                        new ParkedRoutes(ports).routes(),
                        new OperationRoutes(ports).routes(),
                        new SystemRoutes(settings, ports).routes())
                .flatMap(List::stream)
                .toList();
    }

    /** Every route, for the test that holds the contract against them. */
    List<Route> routes() {
        return routes;
    }

    /** @throws IllegalStateException when the address cannot be had */
    public void start() {
        if (connections.bound() < settings.limits().maxConnections()) {
            LOG.warn(
                    "the bound of {} open connections is lowered to {}, half of the files that this process may have open",
                    settings.limits().maxConnections(),
                    connections.bound());
        }
        WebServer started = WebServer.builder()
                .host(settings.host())
                .port(settings.port())
                .shutdownHook(false)
                .protocolsDiscoverServices(false)
                .featuresDiscoverServices(false)
                .addConnectionSelector(new ConnectionGuard(settings, connections))
                .maxTcpConnections(connections.most())
                .connectionOptions(SocketOptions.builder().tcpNoDelay(true).build())
                .shutdownGracePeriod(settings.timeouts().shutdown())
                .directHandlers(new Refusals(metrics).handlers())
                .routing(HttpRouting.builder().any(dispatcher))
                .build()
                .start();
        if (!started.isRunning()) {
            throw new IllegalStateException(
                    "cannot listen on " + settings.host() + ":" + settings.port() + ": is the port in use?");
        }
        server = started;
        connections.start();
    }

    /** The port in use, also where the settings say 0. */
    public int port() {
        WebServer running = server;
        if (running == null) {
            throw new IllegalStateException("the server has not been started");
        }
        return running.port();
    }

    @Override
    public void close() {
        tail.close();
        WebServer running = server;
        if (running != null) {
            running.stop();
        }
        connections.close();
    }
}
