// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.contextgraph.testing.Skips;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The filters of sessions where Redis indexes events in sorted sets, as it does without modules. */
class ConsoleSortedSetE2eIT {
    private static final String SUPPORT = "support-4711";
    private static final String RESEARCH = "research-heat-pumps";
    private static final String DINNER = "dinner-for-six";

    @TempDir
    private Path dataDir = Path.of("");

    @BeforeAll
    static void look() {
        Skips.unless(ConsoleBrowser.isInstalled(), ConsoleSortedSetE2eIT.class, "no chromium with chromedriver");
    }

    @Test
    void filtersFindTheSameSessions() throws Exception {
        Distribution distribution = new Distribution(dataDir).with("--redis.engine=sorted-set");
        assertThat(distribution
                        .run("import", Path.of("..", "sample").toString())
                        .exitCode())
                .isZero();
        try (Distribution.Server server = distribution.serve();
                ConsoleBrowser browser = new ConsoleBrowser(server.address())) {
            Map<String, List<String>> found = Map.of(
                    "", List.of(SUPPORT, RESEARCH, DINNER),
                    "tool_name=track_parcel&status=failed", List.of(SUPPORT),
                    "tool_name=get_order&status=failed", List.of(),
                    "prefix=research", List.of(RESEARCH),
                    "agent_id=lead-researcher", List.of(RESEARCH),
                    "event_type=tool.execute&agent_id=support-agent", List.of(SUPPORT),
                    "to=2000-01-01T00%3A00%3A00Z", List.of(),
                    "from=2000-01-01T00%3A00%3A00Z&prefix=dinner", List.of(DINNER));
            found.forEach((filters, sessions) -> {
                browser.open("#/sessions?" + filters);
                browser.await(
                        () -> sessions(browser).containsAll(sessions)
                                && sessions(browser).size() == sessions.size()
                                && !browser.text().contains("Looking for"),
                        filters);
            });
            assertThat(browser.obstacles()).isEmpty();
            assertThat(browser.complaints()).isEmpty();
            browser.open("#/sessions/" + SUPPORT);
            browser.awaitText("My reading lamp should have come on Friday");
        }
    }

    private static List<String> sessions(ConsoleBrowser browser) {
        return browser.texts(
                "return [...document.querySelectorAll('.sessions-grid .rows-window a')].map((one) => one.textContent)");
    }
}
