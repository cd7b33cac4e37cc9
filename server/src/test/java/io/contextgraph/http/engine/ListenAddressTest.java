// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListenAddressTest {
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "localhost", "LocalHost", "::1", "[::1]", "0:0:0:0:0:0:0:1"})
    void loopbackNeedsNoKeys(String host) {
        assertThat(ListenAddress.refusal(host, false)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "::",
                "10.0.0.1",
                "127.0.0.1.example.org",
                "128.0.0.1",
                "example.org",
                "",
                "::2",
                "1::1",
                "127.0.0.1 ",
                "localhost.example.org",
                "::ffff:10.0.0.1"
            })
    void anythingElseNeedsKeys(String host) {
        assertThat(ListenAddress.refusal(host, false)).isPresent();
        assertThat(ListenAddress.refusal(host, true)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.0.0.1:8080", "localhost:80", "[::1]", "[::1]:65535", "LocalHost:1"})
    void namesOfLoopbackMayBeAskedFor(String authority) {
        assertThat(ListenAddress.namesLoopback(authority)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "example.org",
                "example.org:80",
                "localhost.example.org",
                "127.0.0.1.example.org:80",
                "localhost:",
                "localhost:80:80",
                "localhost:port",
                "user@localhost",
                "[::1]x:1",
                "[::2]:1",
                "::ffff:10.0.0.1"
            })
    void otherNamesMayNotBeAskedFor(String authority) {
        assertThat(ListenAddress.namesLoopback(authority)).isFalse();
    }
}
