// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.bench.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ErrorLogTest {
    @Test
    void countsWhatAServerWarnsOfAndShowsItWhole() {
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        ErrorLog log = new ErrorLog(new PrintStream(shown, true, StandardCharsets.UTF_8));
        List.of(
                        "2026-11-28T22:20:49.587Z INFO  Main ready",
                        "2026-11-28T22:20:49.588Z WARN  Dispatcher broke off",
                        "java.io.IOException: it broke off",
                        "22:20:49.588 ERROR Dispatcher as tests write it",
                        "22:20:49.589 INFO  Main as tests write it",
                        "more of it")
                .forEach(log);
        assertThat(log.errors()).isEqualTo(2);
        assertThat(shown.toString(StandardCharsets.UTF_8).lines().map(String::strip))
                .containsExactly(
                        "server: 2026-11-28T22:20:49.588Z WARN  Dispatcher broke off",
                        "server: java.io.IOException: it broke off",
                        "server: 22:20:49.588 ERROR Dispatcher as tests write it");
    }
}
