// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.graph.neo4j;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.testing.Certificates;
import io.contextgraph.testing.TlsProxy;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A Neo4j with TLS: what is wrong with it is named. */
class Neo4jTlsIT {
    @TempDir
    private Path folder;

    private Certificates authority;

    @SuppressWarnings("NullAway.Init")
    Neo4jTlsIT() {}

    @BeforeEach
    void make() {
        authority = new Certificates(folder, "ours");
    }

    private static TlsProxy proxy(Certificates.Pair shown) {
        return TlsProxy.to(URI.create(CleanNeo4j.ADDRESS.uri()).getPort(), shown, Optional.empty());
    }

    private Neo4jHealth health(String scheme, int port, Optional<Path> authorities) {
        Neo4jSettings settings = Neo4jSettings.of(
                        scheme + "://localhost:" + port,
                        CleanNeo4j.ADDRESS.password().isEmpty() ? "" : CleanNeo4j.ADDRESS.user(),
                        CleanNeo4j.ADDRESS.password(),
                        "neo4j")
                .trusting(authorities);
        try (Neo4jGraph graph = new Neo4jGraph(settings)) {
            return graph.health();
        }
    }

    private Neo4jHealth trusting(String scheme, Certificates.Pair shown) {
        try (TlsProxy proxy = proxy(shown)) {
            return health(scheme, proxy.port(), Optional.of(authority.authority()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bolt+s", "neo4j+s"})
    void theGraphIsUsedOverTls(String scheme) {
        assertThat(trusting(scheme, authority.of("localhost")).reachable()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bolt+s", "neo4j+s"})
    void aServerThatIsNotTrustedIsRefused(String scheme) {
        try (TlsProxy proxy = proxy(authority.of("localhost"))) {
            assertThat(health(scheme, proxy.port(), Optional.empty()).problem())
                    .contains("its certificate is signed by an authority that is not trusted here");
        }
        assertThat(trusting(scheme, authority.of("graph.example.com")).problem())
                .contains("its certificate is for another host");
        assertThat(trusting(scheme, authority.expired("localhost")).problem()).contains("its certificate has expired");
    }

    @Test
    void bothSidesMustSpeakTheSame() {
        int plain = URI.create(CleanNeo4j.ADDRESS.uri()).getPort();
        assertThat(health("bolt+s", plain, Optional.of(authority.authority())).problem())
                .contains("speak TLS on this port");
        try (TlsProxy proxy = proxy(authority.of("localhost"))) {
            assertThat(health("bolt", proxy.port(), Optional.empty()).problem())
                    .contains("if this port speaks TLS, the address is bolt+s:// or neo4j+s://");
        }
    }
}
