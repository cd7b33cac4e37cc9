// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.http;

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
}
