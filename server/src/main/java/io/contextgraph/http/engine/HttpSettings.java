// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.engine;

import io.contextgraph.config.Forms;
import io.contextgraph.config.Setting;
import io.contextgraph.config.SettingGroup;
import io.contextgraph.config.Settings;
import io.contextgraph.event.EventLimits;
import io.contextgraph.intake.IntakeSettings;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.DurabilitySettings;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.tls.Identity;
import io.contextgraph.tls.TlsSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Where the server listens and how much it takes.
 *
 * @param host name or address to listen on
 * @param port 0 for any free one
 * @param version of the product, as answers show it
 * @param durability what an append gets that asks for nothing
 * @param events what an event may be
 * @param bounds how much at once, which may change while the server runs
 * @param timeouts how long
 * @param tls the certificate that it shows; empty: it speaks plain HTTP
 */
public record HttpSettings(
        String host,
        int port,
        String version,
        Durability durability,
        EventLimits events,
        AtomicReference<Limits> bounds,
        Timeouts timeouts,
        Optional<Identity.Files> tls) {
    private static final Duration MOST_NOTICE = Duration.ofSeconds(30);
    private static final Duration MOST_DRAIN = Duration.ofSeconds(60);

    public static final Setting<String> HOST = Setting.of(
            "http.host",
            "127.0.0.1",
            Forms.text(),
            "Address to listen on. Anything but a loopback address is refused as long as there are no access keys and no jwt.keys.");
    public static final Setting<Integer> PORT = Setting.of(
            "http.port", "8080", Forms.whole(0, 65535), "Port to listen on; 0 takes any free one, which is printed.");
    public static final Setting<Optional<Path>> TLS_CERTIFICATE = Setting.of(
            "http.tls-certificate",
            "",
            Forms.pathOrNone(),
            "PEM file with the certificate of the server, then those that lead from it to the authority; with it the server speaks"
                    + " HTTPS and nothing else. Looked at every few seconds: a new one counts without a restart.");
    public static final Setting<Optional<Path>> TLS_KEY = Setting.of(
            "http.tls-key",
            "",
            Forms.pathOrNone(),
            "PEM file with the private key of http.tls-certificate, not encrypted; for the server's eyes only.");
    public static final Setting<Long> BODY =
            Setting.of("limits.body", "8mb", Forms.bytes("1kb", "1gb"), "Largest request body.");
    public static final Setting<Integer> BATCH =
            Setting.of("limits.batch", "1000", Forms.whole(1, EventLog.MAX_BATCH), "Most events in one batch request.");
    public static final Setting<Integer> CONNECTIONS = Setting.of(
            "limits.connections",
            "4096",
            Forms.whole(512, 1_000_000),
            "Connections that may be open at once; beyond it the longest idle are closed, so that new ones get in. At most half"
                    + " of the files that the process may have open, and one for each 128 kB of its heap.");

    public static final Setting<Integer> METRICS_PORT = Setting.of(
            "metrics.port",
            "9464",
            Forms.whole(0, 65535),
            "Port of 127.0.0.1 on which a process that only feeds the graph (project) answers /metrics and /v1/health; a server does so"
                    + " on http.port. 0 takes any free one, which is printed.");

    public static final Setting<Duration> NOTICE = Setting.of(
            "http.stop-notice",
            "0ms",
            Forms.duration("0ms"),
            "How long a server that is asked to stop goes on as before while /v1/health/ready answers 503, so that whoever shares out"
                    + " requests sends it none; at most 30s count.");
    public static final Setting<Duration> DRAIN = Setting.of(
            "http.stop-drain",
            "20s",
            Forms.duration("1s"),
            "How long requests that are in work may take to finish then, while no new ones are taken; at most 60s count.");

    public static final SettingGroup SETTINGS = new SettingGroup(
            List.of(HOST, PORT, TLS_CERTIFICATE, TLS_KEY, NOTICE, DRAIN, METRICS_PORT),
            settings -> TlsSettings.both(settings, TLS_CERTIFICATE, TLS_KEY));
    public static final SettingGroup LIMITS =
            new SettingGroup(List.of(BODY, BATCH, CONNECTIONS), HttpSettings::problems);

    private static List<String> problems(Settings settings) {
        return settings.get(IntakeSettings.EVENT) > settings.get(BODY)
                ? List.of("limits.event must not be larger than limits.body")
                : List.of();
    }

    /** With limits to begin with. */
    public HttpSettings(
            String host,
            int port,
            String version,
            Durability durability,
            EventLimits events,
            Limits limits,
            Timeouts timeouts,
            Optional<Identity.Files> tls) {
        this(host, port, version, durability, events, new AtomicReference<>(limits), timeouts, tls);
    }

    /** The same for another address, with which everything is open and unencrypted. */
    public HttpSettings at(String otherHost, int otherPort) {
        return new HttpSettings(otherHost, otherPort, version, durability, events, bounds, timeouts, Optional.empty());
    }

    /** How much at once, now. */
    public Limits limits() {
        return bounds.get();
    }

    /** Sets what may change while the server runs, for requests that begin from now on. */
    public void change(int maxBodyBytes, int maxBatch) {
        Limits ignored = bounds.updateAndGet(
                now -> new Limits(maxBodyBytes, maxBatch, now.maxRequests(), now.maxConnections(), now.maxStreams()));
    }

    /** As they are set. */
    public static HttpSettings from(Settings settings, String version) {
        Limits standard = Limits.DEFAULTS;
        return new HttpSettings(
                settings.get(HOST),
                settings.get(PORT),
                version,
                settings.get(DurabilitySettings.DEFAULT),
                IntakeSettings.limits(settings),
                new Limits(
                        Math.toIntExact(settings.get(BODY)),
                        settings.get(BATCH),
                        standard.maxRequests(),
                        settings.get(CONNECTIONS),
                        standard.maxStreams()),
                Timeouts.DEFAULTS.withShutdown(atMost(settings.get(DRAIN), MOST_DRAIN)),
                tls(settings));
    }

    /** How long a server that is asked to stop goes on as before. */
    public static Duration notice(Settings settings) {
        return atMost(settings.get(NOTICE), MOST_NOTICE);
    }

    private static Duration atMost(Duration set, Duration most) {
        return set.compareTo(most) > 0 ? most : set;
    }

    /** The files of the certificate that the server shows. */
    public static Optional<Identity.Files> tls(Settings settings) {
        return TlsSettings.files(settings, TLS_CERTIFICATE, TLS_KEY);
    }

    /**
     * How much at once.
     *
     * @param maxBodyBytes largest body, NDJSON excepted, of which any amount may stream through
     * @param maxBatch most events in one JSON batch, at most {@value EventLog#MAX_BATCH}
     * @param maxRequests requests in work at once; health and metrics are answered beyond it
     * @param maxConnections open connections, more than requests and streams together; beyond it the longest idle are closed
     * @param maxStreams live and NDJSON streams open at once
     */
    public record Limits(int maxBodyBytes, int maxBatch, int maxRequests, int maxConnections, int maxStreams) {
        /** 8 MiB, 1000 events, 256 requests, 4096 connections, 64 streams. */
        public static final Limits DEFAULTS = new Limits(8 * 1024 * 1024, EventLog.MAX_BATCH, 256, 4096, 64);

        /**
         * @throws IllegalArgumentException when a bound is below 1, the batch is larger than the ledger takes, or requests
         *     and streams need all connections
         */
        public Limits {
            if (maxBodyBytes < 1 || maxBatch < 1 || maxRequests < 1 || maxConnections < 1 || maxStreams < 1) {
                throw new IllegalArgumentException("every limit must be at least 1");
            }
            if (maxConnections <= maxRequests + maxStreams) {
                throw new IllegalArgumentException("there must be more connections than requests and streams need: "
                        + maxConnections + ", " + maxRequests + ", " + maxStreams);
            }
            if (maxBatch > EventLog.MAX_BATCH) {
                throw new IllegalArgumentException(
                        "a batch must not have more than " + EventLog.MAX_BATCH + " events: " + maxBatch);
            }
        }
    }

    /**
     * How long.
     *
     * @param idle a connection may stay open between requests
     * @param head a request's line and headers may take from their first byte on
     * @param body a request's body may take in all, NDJSON excepted
     * @param silence a body may bring nothing, and a client may take nothing
     * @param heartbeat a live stream may be silent
     * @param shutdown requests in work may take to finish when the server closes
     */
    public record Timeouts(
            Duration idle, Duration head, Duration body, Duration silence, Duration heartbeat, Duration shutdown) {
        /** 75 s, 10 s, 60 s, 30 s, 15 s, 5 s. */
        public static final Timeouts DEFAULTS = new Timeouts(
                Duration.ofSeconds(75),
                Duration.ofSeconds(10),
                Duration.ofSeconds(60),
                Duration.ofSeconds(30),
                Duration.ofSeconds(15),
                Duration.ofSeconds(5));

        /** With another time to finish. */
        Timeouts withShutdown(Duration newShutdown) {
            return new Timeouts(idle, head, body, silence, heartbeat, newShutdown);
        }
    }
}
