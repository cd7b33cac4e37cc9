// Copyright the Context Graph authors.
// SPDX-License-Identifier: Apache-2.0
package io.contextgraph.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Makes the pictures of {@code docs/console.md} anew, where {@code contextgraph.pictures} is true. */
class ConsolePicturesE2eIT {
    private static final Path PICTURES = Path.of("..", "docs", "console");
    private static final String EVENT = "47110000-5a3e-4c0d-8e11-000000000004";

    @TempDir
    private Path dataDir = Path.of("");

    @Test
    void picturesAreMade() throws Exception {
        if (!Boolean.getBoolean("contextgraph.pictures")) {
            System.out.println("pictures are made with -Dcontextgraph.pictures=true only");
            return;
        }
        Distribution distribution = new Distribution(dataDir);
        assertThat(distribution
                        .run("import", Path.of("..", "sample").toString())
                        .exitCode())
                .isZero();
        try (Distribution.Server server = distribution.serve();
                ConsoleBrowser browser = new ConsoleBrowser(server.address())) {
            browser.open("#/lineage/" + EVENT);
            browser.await(() -> browser.count("svg.lineage .node") == 5, "the graph has the sample");
            browser.open("#/");
            browser.awaitText("support-4711");
            browser.await(() -> browser.text().contains("0 events\nParked"), "the graph is not behind");
            browser.picture(PICTURES.resolve("overview.png"));
            browser.open("#/sessions/research-heat-pumps");
            browser.awaitText("tokens in, 308 out");
            browser.picture(PICTURES.resolve("conversation.png"));
            browser.dark(true);
            browser.open("#/sessions/research-heat-pumps?view=timeline&event=74000000-6b1d-4a7e-9c20-000000000008");
            browser.awaitElement(".timeline-rows .row.selected");
            browser.awaitText("No answer from the tariff service");
            browser.picture(PICTURES.resolve("timeline.png"));
            browser.dark(false);
            browser.open("#/lineage/" + EVENT + "?depth=3");
            browser.await(() -> browser.count("svg.lineage .node") == 7, "three levels");
            browser.picture(PICTURES.resolve("lineage.png"));
        }
    }
}
