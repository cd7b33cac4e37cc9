// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.testing.Skips;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The console where keys are asked for: without one, with each role, and with one that does not count. */
class ConsoleKeysE2eIT {
    @TempDir
    private Path dataDir = Path.of("");

    @BeforeAll
    static void look() {
        Skips.unless(ConsoleBrowser.isInstalled(), ConsoleKeysE2eIT.class, "no chromium with chromedriver");
    }

    @Test
    void rolesDecideWhatIsShownAndNoKeyIsInAnAddress() throws Exception {
        Distribution distribution = new Distribution(dataDir);
        assertThat(distribution
                        .run("import", Path.of("..", "sample").toString())
                        .exitCode())
                .isZero();
        String reader = distribution.createKey("reader", "--role", "read");
        String writer = distribution.createKey("writer", "--role", "ingest");
        String operator = distribution.createKey("operator", "--role", "admin");
        try (Distribution.Server server = distribution.serve();
                ConsoleBrowser browser = new ConsoleBrowser(server.address())) {
            browser.awaitText("A key is needed");
            browser.open("#/sessions");
            browser.awaitText("A key is needed");
            assertThat(browser.text()).doesNotContain("support-4711");

            browser.open("#/key");
            browser.enter("#key", "cgk_" + "0".repeat(49));
            browser.awaitText("The server does not take the key");
            assertThat(browser.obstacles()).isEmpty();

            use(browser, writer, "writer");
            assertThat(browser.count("nav a")).isEqualTo(1);
            browser.open("#/sessions");
            browser.awaitText("This page needs the role read");

            use(browser, operator, "operator");
            browser.awaitText("Memory and tiers");
            assertThat(browser.text()).doesNotContain("Newest sessions");

            use(browser, reader, "reader");
            browser.awaitText("connected");
            assertThat(browser.text()).contains("support-4711").doesNotContain("Memory and tiers");
            assertThat(browser.wholeAddress()).doesNotContain("cgk_");
            browser.open("#/sessions/support-4711");
            browser.awaitText("My reading lamp should have come on Friday");
            browser.reload();
            browser.awaitText("My reading lamp should have come on Friday");
            assertThat(browser.script("return document.cookie + Object.keys(localStorage).length"))
                    .isEqualTo("0");
            // The browser logs answers of 401 and 403.
            assertThat(browser.complaints()).allMatch(complaint -> complaint.contains("status of 40"));
        }
    }

    private static void use(ConsoleBrowser browser, String key, String name) {
        browser.open("#/key");
        browser.enter("#key", key);
        browser.await(
                () -> browser.script("return document.querySelector('.who').innerText")
                                .equals(name)
                        && browser.hash().equals("#/"),
                "known as " + name);
    }
}
