// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.redis.RedisLedger;
import io.contextgraph.ledger.redis.client.RedisSettings.Tls;
import io.contextgraph.testing.Certificates;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.TlsProxy;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Redis with TLS: what is wrong with it is named. */
class RedisTlsIT {
    @TempDir
    private Path folder;

    private Certificates authority;

    @SuppressWarnings("NullAway.Init")
    RedisTlsIT() {}

    @BeforeEach
    void make() {
        authority = new Certificates(folder, "ours");
    }

    private static TlsProxy proxy(Certificates.Pair shown, Optional<Path> clients) {
        return TlsProxy.to(RedisServers.seven().getPort(), shown, clients);
    }

    private static RedisSettings settings(String scheme, int port, Tls tls) {
        return RedisSettings.defaults(
                        URI.create(scheme + "://" + RedisServers.seven().getUserInfo() + "@localhost:" + port))
                .withPrefix("tls-" + UUID.randomUUID() + ":")
                .withEngine(Engine.SORTED_SET)
                .withTls(tls);
    }

    private Tls trusting() {
        return new Tls(Optional.of(authority.authority()), Optional.empty(), Optional.empty());
    }

    private static void assertUnavailable(RedisSettings settings, String why) {
        assertThatThrownBy(() -> RedisLedger.connect(settings))
                .isInstanceOf(LedgerException.class)
                .hasMessageContaining(why);
    }

    @Test
    void theLedgerIsUsedOverTls() {
        try (TlsProxy proxy = proxy(authority.of("localhost"), Optional.empty());
                RedisLedger ledger = RedisLedger.connect(settings("rediss", proxy.port(), trusting()))) {
            assertThat(ledger.log()
                            .append(Events.mixed(20).stream().map(Append::of).toList(), Durability.MEMORY)
                            .outcomes())
                    .hasSize(20);
            assertThat(ledger.log().read(0, 100)).hasSize(20);
            // Those who block have connections of their own.
            try (var consumer = ledger.feed("projection").open("one")) {
                assertThat(consumer.poll(100, Duration.ZERO)).hasSize(20);
            }
        }
    }

    @Test
    void aServerThatIsNotTrustedIsRefused() {
        try (TlsProxy proxy = proxy(authority.of("localhost"), Optional.empty())) {
            assertUnavailable(
                    settings("rediss", proxy.port(), Tls.PLAIN),
                    "Redis does not answer: its certificate is signed by an authority that is not trusted here");
        }
        try (TlsProxy proxy = proxy(authority.of("redis.example.com"), Optional.empty())) {
            assertUnavailable(settings("rediss", proxy.port(), trusting()), "its certificate is for another host");
        }
        try (TlsProxy proxy = proxy(authority.expired("localhost"), Optional.empty())) {
            assertUnavailable(settings("rediss", proxy.port(), trusting()), "its certificate has expired");
        }
    }

    @Test
    void aServerMayAskForACertificateOfTheClient() {
        Certificates clients = new Certificates(folder, "clients");
        Certificates.Pair own = clients.of("contextgraph");
        Tls showing =
                new Tls(Optional.of(authority.authority()), Optional.of(own.certificate()), Optional.of(own.key()));
        try (TlsProxy proxy = proxy(authority.of("localhost"), Optional.of(clients.authority()))) {
            try (RedisLedger ledger = RedisLedger.connect(settings("rediss", proxy.port(), showing))) {
                assertThat(ledger.check().reachable()).isTrue();
            }
            assertUnavailable(settings("rediss", proxy.port(), trusting()), "wants a certificate of the client");
        }
    }

    @Test
    void bothSidesMustSpeakTheSame() {
        int plain = RedisServers.seven().getPort();
        assertUnavailable(settings("rediss", plain, trusting()), "speak TLS on this port");
        try (TlsProxy proxy = proxy(authority.of("localhost"), Optional.empty())) {
            assertUnavailable(
                    settings("redis", proxy.port(), Tls.PLAIN), "if this port speaks TLS, the address is rediss://");
        }
    }

    @Test
    void aFileThatCannotBeUsedIsNamed() {
        Path absent = folder.resolve("absent.pem");
        assertUnavailable(
                settings("rediss", 1, new Tls(Optional.of(absent), Optional.empty(), Optional.empty())),
                "TLS to Redis: cannot read " + absent);
    }
}
