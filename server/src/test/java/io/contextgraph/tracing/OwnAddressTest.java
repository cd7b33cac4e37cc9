// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.tracing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.contextgraph.config.ConfigurationException;
import io.contextgraph.ops.Metrics;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OwnAddressTest {
    private static TracingSettings to(String endpoint) {
        return new TracingSettings(URI.create(endpoint), 1, "contextgraph", Map.of(), Optional.empty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:8080/v1/traces",
                "http://127.9.9.9:8080/v1/traces",
                "http://localhost:8080/v1/traces",
                "https://LOCALHOST:8080",
                "http://[::1]:8080/v1/traces",
                "http://0.0.0.0:8080/v1/traces",
                "http://[::ffff:127.0.0.1]:8080/v1/traces",
                "http://localhost:4317/v1/traces"
            })
    void whatLeadsHereIsRefused(String endpoint) {
        assertThat(OwnAddress.refusal(to(endpoint), 8080, 4317))
                .hasValueSatisfying(
                        why -> assertThat(why).startsWith("tracing.endpoint must not be this server itself"));
        assertThatThrownBy(() -> Tracing.start(
                        Optional.of(to(endpoint)), new OwnTraces(Optional::empty), "1", new Metrics(), 8080, 4317))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("tracing.endpoint");
    }

    @Test
    void everyAddressOfThisMachineLeadsHere() throws Exception {
        for (InetAddress address : NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .toList()) {
            String host = address.getHostAddress().replaceFirst("%.*", "");
            String literal = host.contains(":") ? "[" + host + "]" : host;
            if (!address.isLinkLocalAddress()) {
                assertThat(OwnAddress.refusal(to("http://" + literal + ":80"), 80))
                        .isPresent();
                assertThat(OwnAddress.refusal(to("http://" + literal), 80)).isPresent();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost:4318/v1/traces",
                "http://localhost",
                "https://localhost/v1/traces",
                "http://192.0.2.7:8080/v1/traces",
                "http://nobody.invalid:8080/v1/traces"
            })
    void whatLeadsElsewhereIsNot(String endpoint) {
        assertThat(OwnAddress.refusal(to(endpoint), 8080, 4317)).isEmpty();
    }
}
