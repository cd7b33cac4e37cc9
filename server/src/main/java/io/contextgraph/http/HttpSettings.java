// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http;

import io.contextgraph.event.EventLimits;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventLog;
import java.time.Duration;

/**
 * Where the server listens and how much it takes.
 *
 * @param host name or address to listen on
 * @param port 0 for any free one
 * @param version of the product, as answers show it
 * @param durability what an append gets that asks for nothing
 * @param events what an event may be
 * @param limits how much at once
 * @param timeouts how long
 */
public record HttpSettings(
        String host,
        int port,
        String version,
        Durability durability,
        EventLimits events,
        Limits limits,
        Timeouts timeouts) {

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
    }

    /** The documented defaults. */
    public static HttpSettings of(String host, int port, String version) {
        return new HttpSettings(
                host, port, version, Durability.MEMORY, EventLimits.DEFAULTS, Limits.DEFAULTS, Timeouts.DEFAULTS);
    }

    /** These settings with another default durability. */
    public HttpSettings withDurability(Durability newDurability) {
        return new HttpSettings(host, port, version, newDurability, events, limits, timeouts);
    }

    /** These settings with other bounds of an event. */
    public HttpSettings withEvents(EventLimits newEvents) {
        return new HttpSettings(host, port, version, durability, newEvents, limits, timeouts);
    }

    /** These settings with other bounds. */
    public HttpSettings withLimits(Limits newLimits) {
        return new HttpSettings(host, port, version, durability, events, newLimits, timeouts);
    }

    /** These settings with other times. */
    public HttpSettings withTimeouts(Timeouts newTimeouts) {
        return new HttpSettings(host, port, version, durability, events, limits, newTimeouts);
    }
}
