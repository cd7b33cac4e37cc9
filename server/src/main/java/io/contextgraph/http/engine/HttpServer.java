// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.engine;

import io.contextgraph.ops.Metrics;
import io.contextgraph.tls.Arrivals;
import io.contextgraph.tls.ServerCertificate;
import io.contextgraph.tracing.Tracing;
import io.helidon.common.socket.SocketOptions;
import io.helidon.common.tls.Tls;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.HttpRouting;
import java.util.List;
import java.util.Optional;
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
    private final List<RouteGroup> groups;
    private final OpenConnections connections;
    private final Dispatcher dispatcher;
    private final HttpMetrics metrics;
    private final Optional<ServerCertificate> certificate;
    private final Tracing tracing;
    private @Nullable WebServer server;

    /**
     * A server that is not listening yet.
     *
     * @param door who gets in
     * @param certificate what it shows to clients; empty: it speaks plain HTTP
     * @param groups what it answers; closed with it
     * @param tracing of its requests
     */
    public HttpServer(
            HttpSettings settings,
            Door door,
            Optional<ServerCertificate> certificate,
            List<RouteGroup> groups,
            Metrics metrics,
            Tracing tracing) {
        this.settings = settings;
        this.tracing = tracing;
        this.certificate = certificate;
        this.groups = List.copyOf(groups);
        this.routes = groups.stream().flatMap(group -> group.routes().stream()).toList();
        this.metrics = new HttpMetrics(metrics);
        this.connections = new OpenConnections(settings.limits().maxConnections(), metrics, this.metrics);
        this.dispatcher = new Dispatcher(new Router(routes), settings, door, this.metrics, tracing);
        routes.forEach(this.metrics::register);
        metrics.gauge(
                "contextgraph.http.requests.in.work",
                "Requests being answered, streams included",
                dispatcher::requestsInWork);
        metrics.gauge("contextgraph.http.streams.open", "Streams that are open", dispatcher::streamsOpen);
        metrics.store(
                () -> certificate,
                List.of(new Metrics.Reading<>(
                        "http.certificate.end.seconds",
                        "When the certificate of the server ends, in seconds since 1970; NaN: it has none",
                        shown -> shown.map(one -> (double) one.notAfter().getEpochSecond())
                                .orElse(Double.NaN))));
    }

    /** What another way in has in common with this one. */
    public SharedParts shared() {
        return new SharedParts(
                settings,
                dispatcher.gate(),
                dispatcher.memory(),
                certificate.map(
                        shown -> shown.context(new Handshake.Begins(connections, settings.timeouts(), metrics))),
                tracing);
    }

    /** Every route, for the test that holds the contract against them. */
    public List<Route> routes() {
        return routes;
    }

    /** @throws IllegalStateException when the address cannot be had */
    public void start() {
        if (connections.bound() < settings.limits().maxConnections()) {
            LOG.warn(
                    "the bound of {} open connections is lowered to {}: half of the files that this process may have open, or what a"
                            + " quarter of its heap holds",
                    settings.limits().maxConnections(),
                    connections.bound());
        }
        WebServerConfig.Builder builder = WebServer.builder()
                .host(settings.host())
                .port(settings.port())
                .shutdownHook(false)
                .protocolsDiscoverServices(false)
                .featuresDiscoverServices(false)
                .addConnectionSelector(new ConnectionGuard(settings, connections))
                .maxTcpConnections(connections.most())
                .connectionOptions(SocketOptions.builder().tcpNoDelay(true).build())
                .shutdownGracePeriod(settings.timeouts().shutdown())
                .contentEncoding(new AnyCoding())
                .directHandlers(new Refusals(metrics).handlers())
                .routing(HttpRouting.builder().any(dispatcher));
        certificate.ifPresent(shown -> secure(builder, shown));
        WebServer started = builder.build().start();
        if (!started.isRunning()) {
            throw new IllegalStateException(
                    "cannot listen on " + settings.host() + ":" + settings.port() + ": is the port in use?");
        }
        server = started;
        connections.start();
    }

    /**
     * On sockets instead of channels: there the engine asks for the name of each client before it begins with TLS, and holds a
     * lock as long as a handshake takes, so that nobody could close the connection meanwhile.
     */
    private void secure(WebServerConfig.Builder builder, ServerCertificate shown) {
        Arrivals arrivals = new Handshake.Begins(connections, settings.timeouts(), metrics);
        builder.useNio(false)
                .tls(Tls.builder().sslContext(shown.context(arrivals)).build());
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
        groups.forEach(RouteGroup::close);
        WebServer running = server;
        if (running != null) {
            running.stop();
        }
        connections.close();
    }
}
