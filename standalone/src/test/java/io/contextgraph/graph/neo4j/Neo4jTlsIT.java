// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.testing.Certificates;
import io.contextgraph.testing.Neo4jServers;
import io.contextgraph.testing.TlsProxy;
import io.contextgraph.tls.Identity;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Neo4j that speaks TLS, and what is said where the connection cannot be secured. */
final class Neo4jTlsIT {
    private static final int PLAIN = URI.create(Neo4jServers.shared().uri()).getPort();

    private final Certificates certificates;

    Neo4jTlsIT(@TempDir Path folder) {
        this.certificates = Certificates.in(folder);
    }

    private static Neo4jHealth health(String scheme, int port, Optional<Path> authorities) {
        Neo4jSettings usual = CleanNeo4j.settings(Duration.ofSeconds(5));
        Neo4jSettings settings = Neo4jSettings.of(
                        scheme + "://localhost:" + port, usual.user(), usual.password(), usual.database())
                .withAuthorities(authorities);
        try (Neo4jGraph graph = new Neo4jGraph(settings)) {
            return graph.health();
        }
    }

    @Test
    void aServerOfAnAuthorityOfOnesOwnIsTrusted() {
        try (TlsProxy proxy = TlsProxy.to(PLAIN, certificates.loopback())) {
            assertThat(health("bolt+s", proxy.port(), Optional.of(certificates.authority())))
                    .matches(Neo4jHealth::reachable);
            assertThat(health("bolt+ssc", proxy.port(), Optional.empty())).matches(Neo4jHealth::reachable);
        }
    }

    @Test
    void theCauseIsNamed(@TempDir Path other) {
        Optional<Path> own = Optional.of(certificates.authority());
        assertThat(problem(certificates.loopback(), Optional.empty())).contains("an authority that is not known here");
        assertThat(problem(Certificates.in(other).loopback(), own)).contains("an authority that is not known here");
        assertThat(problem(certificates.elsewhere(), own)).contains("is for another host name");
        assertThat(problem(certificates.expired(), own)).contains("has expired");
        assertThat(health("bolt+s", PLAIN, own).problem()).contains("does not speak TLS");
        try (TlsProxy proxy = TlsProxy.to(PLAIN, certificates.loopback())) {
            assertThat(health("bolt", proxy.port(), Optional.empty()).problem())
                    .contains("this port speaks TLS: neo4j.uri must begin with");
        }
    }

    private static String problem(Identity.Files shown, Optional<Path> authorities) {
        try (TlsProxy proxy = TlsProxy.to(PLAIN, shown)) {
            Neo4jHealth health = health("neo4j+s", proxy.port(), authorities);
            assertThat(health.reachable()).isFalse();
            assertThat(health.problem()).startsWith("the connection to Neo4j cannot be secured: ");
            return health.problem();
        }
    }
}
