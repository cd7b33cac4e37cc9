// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.app;

import io.contextgraph.access.Access;
import io.contextgraph.access.AccessSettings;
import io.contextgraph.access.JwtTokens;
import io.contextgraph.access.KeyRing;
import io.contextgraph.access.KeyStore;
import io.contextgraph.access.RateLimits;
import io.contextgraph.access.Tokens;
import io.contextgraph.audit.AuditTrail;
import io.contextgraph.capture.live.OtlpSettings;
import io.contextgraph.config.ConfigurationException;
import io.contextgraph.config.Settings;
import io.contextgraph.http.engine.Door;
import io.contextgraph.http.engine.HttpSettings;
import io.contextgraph.http.engine.ListenAddress;
import io.contextgraph.http.engine.Origins;
import io.contextgraph.ledger.EventLog;
import io.contextgraph.ops.Metrics;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Builds the door of a server: whom it asks for a key, by its settings and the keys that there are. */
final class Doors {
    private static final Logger LOG = LoggerFactory.getLogger(Doors.class);

    private final Settings settings;
    private final InstantSource clock;
    private Optional<KeyRing> ring = Optional.empty();

    Doors(Settings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * Opens it.
     *
     * @param log in which it is recorded what is administrative
     * @param keys those that there are
     * @param running closes what watches the keys
     * @throws ConfigurationException when anybody could come in from beyond loopback
     */
    Door open(EventLog log, KeyStore keys, Metrics metrics, ClosingStack running) {
        AccessSettings access = AccessSettings.from(settings);
        HttpSettings http = HttpSettings.from(settings, "");
        if (http.tls().isEmpty() && !ListenAddress.isLoopback(http.host())) {
            LOG.warn(
                    "keys and events travel unencrypted beyond loopback, unless a proxy in front of the server encrypts them:"
                            + " set http.tls-certificate and http.tls-key");
        }
        return new Door(
                access(access, http, keys, metrics, running),
                new RateLimits(access, Math.max(http.limits().maxBodyBytes(), settings.get(OtlpSettings.BODY))),
                new AuditTrail(log, http.durability(), clock),
                Origins.from(settings));
    }

    /** What a server knows of the keys; empty where it asks nobody for one. */
    Optional<KeyRing> ring() {
        return ring;
    }

    private Access access(
            AccessSettings access, HttpSettings http, KeyStore stored, Metrics metrics, ClosingStack running) {
        if (access.dev()) {
            require(ListenAddress.refusalOfDev(http.host()));
            LOG.warn("nobody is asked for an access key (access.dev)");
            return Access.open();
        }
        KeyRing keys = new KeyRing(stored, clock);
        Optional<Tokens> tokens = access.jwt().map(jwt -> new JwtTokens(jwt, clock));
        require(ListenAddress.refusal(http.host(), keys.hasKeys() || tokens.isPresent()));
        running.push(keys).start();
        ring = Optional.of(keys);
        metrics.gauge(
                "contextgraph.access.keys.age.seconds",
                "Time since the access keys were read; they count for " + KeyRing.PATIENCE.toSeconds() + " s",
                () -> keys.age().toSeconds());
        Access door = Access.by(keys, tokens, !ListenAddress.isLoopback(http.host()));
        LOG.info(door.isOpen() ? "nobody is asked for an access key until there is one" : "access keys are asked for");
        return door;
    }

    private static void require(Optional<String> refusal) {
        refusal.ifPresent(problem -> {
            throw new ConfigurationException(List.of(problem));
        });
    }
}
