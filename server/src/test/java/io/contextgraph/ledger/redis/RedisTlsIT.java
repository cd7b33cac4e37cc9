// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.ledger.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.contextgraph.ledger.Append;
import io.contextgraph.ledger.Durability;
import io.contextgraph.ledger.EventFeed;
import io.contextgraph.ledger.LedgerException;
import io.contextgraph.ledger.redis.client.Engine;
import io.contextgraph.ledger.redis.client.Redis;
import io.contextgraph.ledger.redis.client.RedisSettings;
import io.contextgraph.ledger.redis.mend.RedisMender;
import io.contextgraph.testing.Certificates;
import io.contextgraph.testing.Events;
import io.contextgraph.testing.RedisServers;
import io.contextgraph.testing.TlsProxy;
import io.contextgraph.tls.ClientTls;
import io.contextgraph.tls.Identity;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every connection to a Redis that speaks TLS, and what is said where it cannot be secured. */
class RedisTlsIT {
    private static final URI REDIS = RedisServers.any();

    private final Path folder;
    private final Certificates certificates;
    private final String prefix = "tls" + UUID.randomUUID() + ":";

    RedisTlsIT(@TempDir Path folder) {
        this.folder = folder;
        this.certificates = Certificates.in(folder);
    }

    private RedisSettings at(String scheme, String host, int port) {
        String login = REDIS.getRawUserInfo() == null ? "" : REDIS.getRawUserInfo() + "@";
        return RedisSettings.defaults(URI.create(scheme + "://" + login + host + ":" + port))
                .withPrefix(prefix)
                .withEngine(Engine.SORTED_SET);
    }

    private ClientTls trusting() {
        return new ClientTls(Optional.of(certificates.authority()), Optional.empty());
    }

    private static String refused(RedisSettings settings) {
        LedgerException refused = catchThrowableOfType(
                LedgerException.class, () -> RedisLedger.connect(settings).close());
        assertThat(refused.reason()).isEqualTo(LedgerException.Reason.UNAVAILABLE);
        return String.valueOf(refused.getMessage());
    }

    @Test
    void aLedgerIsWrittenReadFollowedAndExaminedThroughTls() {
        try (TlsProxy proxy = TlsProxy.asking(REDIS.getPort(), certificates.loopback(), certificates.authority())) {
            RedisSettings settings = at("rediss", "localhost", proxy.port())
                    .withTls(
                            new ClientTls(Optional.of(certificates.authority()), Optional.of(certificates.loopback())));
            try (RedisLedger ledger = RedisLedger.connect(settings)) {
                ledger.log().append(List.of(Append.of(Events.event(1, "s1"))), Durability.MEMORY);
                try (EventFeed.Consumer consumer = ledger.feed("projection").open("one")) {
                    assertThat(consumer.poll(10, Duration.ofSeconds(5))).hasSize(1);
                }
                assertThat(ledger.redisCheck().look().ready()).isTrue();
                assertThat(ledger.accessCheck().examine()).isNotEmpty();
            }
            try (RedisMender mender = RedisMender.open(settings)) {
                assertThat(mender.examine(damage -> {}, looked -> {}).total()).isZero();
            }
        }
    }

    @Test
    void theCauseIsNamed(@TempDir Path other) {
        assertThat(refused(certificates.loopback(), ClientTls.STANDARD))
                .contains("an authority that is not known here");
        assertThat(refused(Certificates.in(other).loopback(), trusting()))
                .contains("an authority that is not known here");
        assertThat(refused(certificates.elsewhere(), trusting())).contains("is for another host name");
        assertThat(refused(certificates.expired(), trusting())).contains("has expired");
        try (TlsProxy asking = TlsProxy.asking(REDIS.getPort(), certificates.loopback(), certificates.authority())) {
            assertThat(refused(at("rediss", "localhost", asking.port()).withTls(trusting())))
                    .contains("the server wants a client certificate");
        }
        RedisSettings hasty = at("rediss", "localhost", REDIS.getPort())
                .withTimeouts(new RedisSettings.Timeouts(
                        Duration.ofMillis(200), Duration.ofSeconds(10), Duration.ofSeconds(5)));
        assertThat(refused(hasty.withTls(trusting()))).contains("does not speak TLS");
    }

    private String refused(Identity.Files shown, ClientTls tls) {
        try (TlsProxy proxy = TlsProxy.to(REDIS.getPort(), shown)) {
            String message = refused(at("rediss", "localhost", proxy.port()).withTls(tls));
            assertThat(message).contains("the connection to Redis cannot be secured: ");
            if (REDIS.getRawUserInfo() != null) {
                assertThat(message).doesNotContain(REDIS.getRawUserInfo().replaceFirst(".*:", ""));
            }
            return message;
        }
    }

    @Test
    void anAddressWithoutTlsAtAPortThatWantsItIsTold() {
        try (TlsProxy proxy = TlsProxy.to(REDIS.getPort(), certificates.loopback())) {
            assertThat(refused(at("redis", "localhost", proxy.port())))
                    .contains("this port speaks TLS: redis.url must begin with rediss://");
        }
    }

    /** For new connections, a few seconds later; a new client looks at once. */
    @Test
    void aNewAuthorityIsBelieved(@TempDir Path other) throws Exception {
        Path authority = folder.resolve("authority.pem");
        Files.copy(certificates.authority(), authority);
        Certificates next = Certificates.in(other);
        ClientTls tls = new ClientTls(Optional.of(authority), Optional.empty());
        try (TlsProxy proxy = TlsProxy.to(REDIS.getPort(), next.loopback())) {
            RedisSettings settings = at("rediss", "localhost", proxy.port()).withTls(tls);
            assertThat(refused(settings)).contains("an authority that is not known here");
            Files.copy(next.authority(), authority, StandardCopyOption.REPLACE_EXISTING);
            try (Redis redis = new Redis(settings)) {
                assertThat(redis.<String>call(client -> client.ping())).isEqualTo("PONG");
            }
        }
    }
}
