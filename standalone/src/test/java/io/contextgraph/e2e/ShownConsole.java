// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.testing.Skips;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** A console that all tests of a class look at, in one browser; where there is none they are skipped. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@SuppressWarnings("NullAway.Init")
abstract class ShownConsole {
    Distribution.Server server;
    ConsoleBrowser browser;

    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    @BeforeAll
    final void requireBrowser() {
        Skips.unless(ConsoleBrowser.isInstalled(), getClass(), "no chromium with chromedriver");
    }

    /** Brings the sample in. */
    static void importSample(Distribution distribution) throws IOException {
        Distribution.Result imported =
                distribution.run("import", Path.of("..", "sample").toString());
        assertThat(imported.exitCode()).as(imported.err()).isZero();
    }

    /** Starts the server, and a browser that shows its console. */
    final void show(Distribution distribution) throws IOException {
        server = opened(distribution.serve());
        browser = opened(new ConsoleBrowser(server.address()));
    }

    /** Is closed with the class, before what was opened before it. */
    final <T extends AutoCloseable> T opened(T one) {
        open.push(one);
        return one;
    }

    @AfterAll
    final void end() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }
}
